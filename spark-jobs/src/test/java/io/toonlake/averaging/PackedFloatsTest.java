package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class PackedFloatsTest {
    @ParameterizedTest
    @ValueSource(classes = {JavaSerializer.class, KryoSerializer.class})
    void whatTravelsArrivesByEitherOfSparksSerializers(Class<? extends Serializer> kind) throws Exception {
        SerializerInstance serializer = kind.getConstructor(SparkConf.class)
                .newInstance(new SparkConf())
                .newInstance();
        float[] after = {1.5f, -2, 3};
        FloatBuffer before = FloatBuffer.wrap(new float[] {1, 1, 1});
        for (PackedFloats packed :
                List.of(PackedFloats.of(after, 1, 3), PackedFloats.differences(before, after, 1, 3))) {
            Shard shard = new Shard(ParameterAveragingTest.report(2, 7), packed);
            Shard arrived = arrived(serializer, shard);
            Chunk chunk = arrived(serializer, Chunk.average(0, List.of(arrived)));

            assertThat(arrived.report().worker()).isEqualTo(2);
            assertThat(chunk.reports()).extracting(WorkerReport::examples).containsExactly(7L);
            assertThat(ParameterAveragingTest.values(chunk.mean()))
                    .containsExactly(ParameterAveragingTest.values(packed));
        }
    }

    private static <T> T arrived(SerializerInstance serializer, T sent) {
        ClassTag<T> tag = ClassTag$.MODULE$.apply(sent.getClass());
        return serializer.deserialize(serializer.serialize(sent, tag), tag);
    }
}
