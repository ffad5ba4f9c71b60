package io.toonlake.network;

import static io.toonlake.network.NumericGradient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Single precision goes through the loops, double precision through ND4J's operations, whose gradients are checked numerically. */
class HostLoopsTest {
    private static INDArray single(INDArray array) {
        INDArray single = array.castTo(DataType.FLOAT);
        assertThat(HostLoops.reach(single)).isTrue();
        return single;
    }

    private static void assertSame(INDArray single, INDArray expected, double tolerance) {
        assertThat(HostLoops.reach(expected)).isFalse();
        assertThat(single.shape()).isEqualTo(expected.shape());
        assertThat(single.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue())
                .isLessThan(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 5, 7", "1, 4, 64, 48", "3, 2, 50, 45"})
    void instanceNormIsThatOfTheOperations(int pictures, int channels, int height, int width) {
        InstanceNorm norm = new InstanceNorm(1e-5);
        // Far from 0, so that a sloppy variance would show.
        INDArray x = random(1, pictures, channels, height, width).muli(0.5).addi(20);
        INDArray scale = random(2, channels);
        INDArray shift = random(3, channels);
        INDArray upstream = random(4, x.shape());
        INDArray x32 = single(x);
        x = x32.castTo(DataType.DOUBLE);
        InstanceNorm.Statistics statistics = InstanceNorm.Statistics.of(x);
        InstanceNorm.Statistics statistics32 = InstanceNorm.Statistics.of(x32);
        INDArray scaleGradient = scale.ulike();
        INDArray shiftGradient = shift.ulike();
        INDArray scaleGradient32 = single(scaleGradient);
        INDArray shiftGradient32 = single(shiftGradient);

        assertSame(statistics32.mean(), statistics.mean(), 1e-5);
        assertSame(statistics32.variance(), statistics.variance(), 1e-5);
        assertSame(
                norm.forward(x32, statistics32, single(scale), single(shift)),
                norm.forward(x, statistics, scale, shift),
                2e-4);
        for (Activation activation : Activation.values()) {
            INDArray expected = norm.forward(x, statistics, scale, shift);
            activation.forward(expected);
            assertSame(norm.forward(x32, statistics32, single(scale), single(shift), activation), expected, 2e-4);
            assertSame(
                    norm.forward(x32, statistics32, single(scale), single(shift), activation),
                    norm.forward(x, statistics, scale, shift, activation),
                    2e-4);
        }
        assertSame(
                norm.backward(
                        x32,
                        statistics32,
                        single(scale),
                        single(shift),
                        single(upstream),
                        scaleGradient32,
                        shiftGradient32),
                norm.backward(x, statistics, scale, shift, upstream, scaleGradient, shiftGradient),
                1e-4);
        assertSame(scaleGradient32, scaleGradient, 1e-2);
        assertSame(shiftGradient32, shiftGradient, 1e-3);
    }

    @ParameterizedTest
    @EnumSource
    void activationsAreThoseOfTheOperations(Activation activation) {
        INDArray y = random(1, 2, 3, 37, 41);
        INDArray gradient = random(2, y.shape());
        INDArray y32 = single(y);
        INDArray gradient32 = single(gradient);

        activation.forward(y);
        activation.forward(y32);
        activation.backward(y, gradient);
        activation.backward(y32, gradient32);

        assertSame(y32, y, 1e-6);
        assertSame(gradient32, gradient, 1e-6);
    }

    @Test
    void noNumberStaysNoNumber() {
        for (Activation activation : new Activation[] {Activation.RELU, Activation.LEAKY_RELU}) {
            INDArray x = Nd4j.createFromArray(Float.NaN, 1f);

            activation.forward(x);

            assertThat(x.toFloatVector()).containsExactly(Float.NaN, 1f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void reflectionIsThatOfTheOperations(int pixels) {
        // 4 is the smallest height that 3 pixels can be mirrored in: every row is then mirrored above and below.
        for (int height : new int[] {4, 9}) {
            INDArray x = random(1, 2, 3, height, 6);
            INDArray padded = ReflectionPad.forward(x, pixels);
            INDArray upstream = random(2, padded.shape());

            assertSame(ReflectionPad.forward(single(x), pixels), padded, 1e-6);
            assertSame(
                    ReflectionPad.backward(single(upstream), pixels), ReflectionPad.backward(upstream, pixels), 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 10", "7, 9"})
    void maxPoolIsThatOfTheOperations(int height, int width) {
        INDArray x = random(1, 2, 3, height, width);
        INDArray y = MaxPool.forward(x);
        INDArray upstream = random(2, y.shape());

        assertSame(MaxPool.forward(single(x)), y, 1e-6);
        assertSame(MaxPool.backward(single(x), single(upstream)), MaxPool.backward(x, upstream), 1e-6);
    }

    @Test
    void gradientOfEqualPixelsGoesToOneOfThem() {
        INDArray gradient = MaxPool.backward(
                Nd4j.ones(DataType.FLOAT, 1, 1, 2, 4),
                Nd4j.createFromArray(3f, 5f).reshape(1, 1, 1, 2));

        assertThat(gradient.reshape(8).toFloatVector()).containsExactly(3, 0, 5, 0, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void arraysAreFilledAlikeWhateverTheirType(DataType type) {
        FloatBuffer values = FloatBuffer.wrap(new float[] {9, 1.5f, -2, 0, 3, 4, 5, 9});
        INDArray all = Nd4j.zeros(type, 8);
        INDArray part = all.get(NDArrayIndex.interval(1, 7)).reshape(2, 3);

        HostLoops.fill(part, values, 1);

        assertThat(all.toFloatVector()).containsExactly(0, 1.5f, -2, 0, 3, 4, 5, 0);
    }

    @Test
    void everyUnitOfWorkIsDoneOnce() {
        AtomicIntegerArray done = new AtomicIntegerArray(1001);

        HostLoops.run(1001, 1 << 20, (from, to) -> {
            for (int unit = from; unit < to; unit++) {
                done.incrementAndGet(unit);
            }
        });

        for (int unit = 0; unit < done.length(); unit++) {
            assertThat(done.get(unit)).isOne();
        }
    }

    @Test
    void failureOfAnyPartIsSeen() {
        assertThatThrownBy(() -> HostLoops.run(8, 1 << 20, (from, to) -> {
                    throw new IllegalArgumentException("part " + from);
                }))
                .hasStackTraceContaining("part ");
    }

    @Test
    void noPartIsAtWorkAnyMoreWhenAFailureIsTold() {
        for (int failing = 0; failing < 3; failing++) {
            int failingFirst = failing;
            AtomicInteger ended = new AtomicInteger();

            assertThatThrownBy(() -> HostLoops.inParts(4, 4, (from, to) -> {
                        if (from <= failingFirst) {
                            throw new IllegalArgumentException("part " + from);
                        }
                        LockSupport.parkNanos(50_000_000);
                        ended.incrementAndGet();
                    }))
                    .hasStackTraceContaining("part ");

            assertThat(ended).as("after failures of the first %d", failing + 1).hasValue(3 - failing);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 3, 5", "3, 4, 64, 48", "2, 5, 50, 45"})
    void channelSumsAreThoseOfTheOperations(int pictures, int channels, int height, int width) {
        INDArray x = random(1, pictures, channels, height, width).addi(0.5);
        INDArray sums = Nd4j.zeros(DataType.DOUBLE, channels);
        INDArray sums32 = sums.addi(7).castTo(DataType.FLOAT);

        ChannelSums.into(sums32, single(x));
        ChannelSums.into(sums, x);

        assertSame(sums32, sums, 1e-6 * pictures * height * width);
        for (int channel = 0; channel < channels; channel++) {
            double expected = 0;
            for (int picture = 0; picture < pictures; picture++) {
                expected += x.slice(picture).slice(channel).sumNumber().doubleValue();
            }
            assertThat(sums.getDouble(channel)).isCloseTo(expected, within(1e-9 * pictures * height * width));
        }
    }

    @Test
    void viewsAreReadFromTheirOwnPlaceOrLeftToTheOperations() {
        INDArray line = Nd4j.createFromArray(1f, 2f, 3f, 4f, 5f, 6f);
        INDArray tail = line.get(NDArrayIndex.interval(2, 6));
        INDArray columns = line.reshape('c', 2, 3).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));

        assertThat(HostLoops.reach(tail)).isTrue();
        assertThat(HostLoops.values(tail).get(0)).isEqualTo(3);
        assertThat(HostLoops.reach(columns)).isFalse();
    }
}
