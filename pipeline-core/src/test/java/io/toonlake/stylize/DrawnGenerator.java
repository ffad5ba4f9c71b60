package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/** Generators of any architecture with their initial weights. */
final class DrawnGenerator {
    private DrawnGenerator() {}

    static Model model(GeneratorArchitecture architecture) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Network network = architecture.build(DataType.FLOAT, 1)) {
            network.parameters().forEach((name, view) -> {
                int[] shape =
                        Arrays.stream(view.shape()).mapToInt(Math::toIntExact).toArray();
                tensors.put(name, Tensor.of(view.dup('c').data().asFloat(), shape));
            });
        }
        return new Model(architecture, new Tensors(tensors), ModelOrigin.imported("drawn", "a test", "CC0-1.0"));
    }
}
