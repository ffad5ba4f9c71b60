package io.toonlake.benchmark;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One forward pass of the generator for every line read; see {@code benchmarks/forward.py}, which writes the folder it starts from. */
final class GeneratorForward {
    private GeneratorForward() {}

    /** Arguments: the folder, batch size, crop pixels, width. Answers with how far the output is from the expected one. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int batch = Integer.parseInt(args[1]);
        int pixels = Integer.parseInt(args[2]);
        GeneratorArchitecture architecture = new GeneratorArchitecture(
                Integer.parseInt(args[3]), 8, Padding.ZERO, Upsampling.TRANSPOSED, GeneratorArchitecture.NORM_EPSILON);
        try (Network generator = architecture.build(DataType.FLOAT, 1);
                INDArray parameters = Answering.array(
                        folder.resolve("generator"), generator.flatParameters().length());
                INDArray photo = Answering.array(folder.resolve("photo"), batch, 3, pixels, pixels);
                INDArray expected = Answering.array(folder.resolve("expected"), batch, 3, pixels, pixels)) {
            generator.flatParameters().assign(parameters);
            Answering.loop(() -> {
                INDArray cartoon = generator.forward(photo);
                return () -> "{\"largest_difference\": %s}"
                        .formatted(cartoon.sub(expected).amaxNumber());
            });
        }
    }
}
