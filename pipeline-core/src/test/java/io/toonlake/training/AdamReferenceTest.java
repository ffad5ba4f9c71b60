package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.training.TrainingSettings.AdamSettings;
import java.io.IOException;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adam against {@code torch.optim.Adam}, on gradients far below epsilon, about it and far above, steady and changing sign. */
class AdamReferenceTest {
    @Test
    void everyStepIsPyTorchs() throws IOException {
        JsonNode steps = TrainingReference.json(TrainingReference.folder().resolve("adam.json"));
        int parameters = steps.path(0).path("gradient").size();
        Adam adam = new Adam(AdamSettings.PUBLISHED, DataType.DOUBLE, parameters);
        INDArray values = Nd4j.zeros(DataType.DOUBLE, parameters);

        for (int step = 0; step < steps.size(); step++) {
            adam.step(values, Nd4j.createFromArray(numbers(steps.path(step).path("gradient"))), 0.01, step);

            double[] expected = numbers(steps.path(step).path("parameter"));
            for (int i = 0; i < parameters; i++) {
                assertThat(values.getDouble(i))
                        .as("parameter %d after step %d", i, step)
                        .isCloseTo(expected[i], within(1e-9 * Math.abs(expected[i])));
            }
        }
        assertThat(steps).hasSizeGreaterThan(5);
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
