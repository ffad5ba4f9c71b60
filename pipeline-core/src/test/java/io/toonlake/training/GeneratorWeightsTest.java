package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.network.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class GeneratorWeightsTest {
    private static final GeneratorArchitecture ARCHITECTURE = new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5);

    @Test
    void weightsOfAStateMakeAModelAndLoadIntoTheSameGenerator() {
        try (Network trained = ARCHITECTURE.build(DataType.FLOAT, 7);
                Network loaded = ARCHITECTURE.build(DataType.FLOAT, 8)) {
            float[] flat = trained.flatParameters().toFloatVector();
            StateLayout layout = new StateLayout(List.of(new StateLayout.Segment("to-cartoon", 0, flat.length)));

            Tensors weights = GeneratorWeights.of(ARCHITECTURE, new TrainingState(layout, flat));
            Map<String, float[]> values = new LinkedHashMap<>();
            weights.asMap().forEach((name, tensor) -> values.put(name, tensor.values()));
            loaded.load(values);

            Model model =
                    new Model(ARCHITECTURE, weights, ModelOrigin.trained("test", "none", "CC0-1.0", "run", "settings"));

            assertThat(model.tensors()).isEqualTo(weights);
            assertThat(loaded.flatParameters()).isEqualTo(trained.flatParameters());
            assertThat(weights.tensor("deconv01_1.weight").shape()).containsExactly(8, 4, 3, 3);
            assertThat(weights.tensor("in04_2.scale")).isEqualTo(Tensor.of(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, 8));
        }
    }
}
