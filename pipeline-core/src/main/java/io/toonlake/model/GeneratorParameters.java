package io.toonlake.model;

import io.toonlake.network.GeneratorArchitecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors that a generator of an architecture is made of. */
final class GeneratorParameters {
    private GeneratorParameters() {}

    /** Name to shape, in the order of the layers. */
    static Map<String, List<Integer>> shapes(GeneratorArchitecture architecture) {
        int w = architecture.width();
        int blocks = architecture.residualBlocks();
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        normalized(shapes, "conv01_1", List.of(w, 3, 7, 7), "in01_1");
        filter(shapes, "conv02_1", List.of(2 * w, w, 3, 3), 2 * w);
        normalized(shapes, "conv02_2", List.of(2 * w, 2 * w, 3, 3), "in02_1");
        filter(shapes, "conv03_1", List.of(4 * w, 2 * w, 3, 3), 4 * w);
        normalized(shapes, "conv03_2", List.of(4 * w, 4 * w, 3, 3), "in03_1");
        for (int stage = 4; stage < 4 + blocks; stage++) {
            for (int half = 1; half <= 2; half++) {
                String place = "%02d_%d".formatted(stage, half);
                normalized(shapes, "conv" + place, List.of(4 * w, 4 * w, 3, 3), "in" + place);
            }
        }
        filter(shapes, "deconv01_1", up(architecture, 4 * w, 2 * w), 2 * w);
        normalized(shapes, "deconv01_2", List.of(2 * w, 2 * w, 3, 3), "in%02d_1".formatted(4 + blocks));
        filter(shapes, "deconv02_1", up(architecture, 2 * w, w), w);
        normalized(shapes, "deconv02_2", List.of(w, w, 3, 3), "in%02d_1".formatted(5 + blocks));
        filter(shapes, "deconv03_1", List.of(3, w, 7, 7), 3);
        return shapes;
    }

    /** What is wrong with tensors for an architecture, in words; empty where they fit. */
    static Optional<String> misfit(GeneratorArchitecture architecture, Tensors tensors) {
        Map<String, List<Integer>> shapes = shapes(architecture);
        List<String> missing = new ArrayList<>(shapes.keySet());
        missing.removeAll(tensors.names());
        List<String> extra = new ArrayList<>(tensors.names());
        extra.removeAll(shapes.keySet());
        if (!missing.isEmpty() || !extra.isEmpty()) {
            return Optional.of("a generator of width %d with %d residual blocks has %d tensors; missing %s, unknown %s"
                    .formatted(architecture.width(), architecture.residualBlocks(), shapes.size(), missing, extra));
        }
        for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
            Tensor tensor = tensors.tensor(entry.getKey());
            if (!tensor.shape().equals(entry.getValue())) {
                return Optional.of("tensor %s has shape %s, expected %s for width %d"
                        .formatted(entry.getKey(), tensor.shape(), entry.getValue(), architecture.width()));
            }
            int bad = tensor.firstNotFinite();
            if (bad >= 0) {
                return Optional.of(
                        "tensor %s holds %s at index %d".formatted(entry.getKey(), tensor.values()[bad], bad));
            }
        }
        return Optional.empty();
    }

    private static List<Integer> up(GeneratorArchitecture architecture, int in, int out) {
        return Arrays.stream(architecture.upsampling().weightShape(in, out))
                .mapToObj(Math::toIntExact)
                .toList();
    }

    private static void filter(Map<String, List<Integer>> shapes, String name, List<Integer> weight, int out) {
        shapes.put(name + ".weight", weight);
        shapes.put(name + ".bias", List.of(out));
    }

    private static void normalized(Map<String, List<Integer>> shapes, String name, List<Integer> weight, String norm) {
        filter(shapes, name, weight, weight.get(0));
        shapes.put(norm + ".scale", List.of(weight.get(0)));
        shapes.put(norm + ".shift", List.of(weight.get(0)));
    }
}
