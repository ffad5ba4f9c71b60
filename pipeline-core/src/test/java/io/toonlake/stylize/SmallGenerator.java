package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.NpyFile;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.SafetensorsFile;
import io.toonlake.model.Tensor;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The generator of width 4 and one block that {@code make_generator_fixture.py} made, and what PyTorch computes with it. */
final class SmallGenerator {
    private static final double EPSILON = 1e-5;

    private SmallGenerator() {}

    static Model model(Padding padding) throws IOException {
        return PublishedWeights.toModel(
                SafetensorsFile.read(bytes("small-generator.safetensors"), "small-generator.safetensors")
                        .tensors(),
                padding,
                EPSILON,
                ModelOrigin.imported("small", "make_generator_fixture.py", "CC0-1.0"));
    }

    static Tensor array(String name) throws IOException {
        return NpyFile.read(bytes(name + ".npy"), name);
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(SmallGenerator.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        }
    }
}
