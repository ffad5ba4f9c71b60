package io.toonlake.job;

import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.SafetensorsFile;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A generator of width 2 with one residual block and random weights: every layer is there, and a picture takes milliseconds. */
final class TinyModel {
    private TinyModel() {}

    static void save(Path folder, long seed) throws IOException {
        ModelOrigin origin = ModelOrigin.imported("tiny " + seed, "a test", "none");
        ModelFolder.write(
                PublishedWeights.toModel(weights(seed), Padding.ZERO, PublishedWeights.NORM_EPSILON, origin),
                ModelFiles.at(folder));
    }

    /** The same weights as users download them. */
    static void saveSafetensors(Path folder, String name, long seed) throws IOException {
        ModelFiles.at(folder).write(name, new SafetensorsFile(weights(seed), Map.of()).toBytes());
    }

    private static Tensors weights(long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        convolution(tensors, random, "conv01_1", 2, 3, 7, 2);
        norm(tensors, random, "in01_1", 2);
        convolution(tensors, random, "conv02_1", 4, 2, 3, 4);
        convolution(tensors, random, "conv02_2", 4, 4, 3, 4);
        norm(tensors, random, "in02_1", 4);
        convolution(tensors, random, "conv03_1", 8, 4, 3, 8);
        convolution(tensors, random, "conv03_2", 8, 8, 3, 8);
        norm(tensors, random, "in03_1", 8);
        for (String half : List.of("_1", "_2")) {
            convolution(tensors, random, "conv04" + half, 8, 8, 3, 8);
            norm(tensors, random, "in04" + half, 8);
        }
        convolution(tensors, random, "deconv01_1", 8, 4, 3, 4);
        convolution(tensors, random, "deconv01_2", 4, 4, 3, 4);
        norm(tensors, random, "in05_1", 4);
        convolution(tensors, random, "deconv02_1", 4, 2, 3, 2);
        convolution(tensors, random, "deconv02_2", 2, 2, 3, 2);
        norm(tensors, random, "in06_1", 2);
        convolution(tensors, random, "deconv03_1", 3, 2, 7, 3);
        return new Tensors(tensors);
    }

    private static void convolution(
            Map<String, Tensor> tensors, Random random, String name, int first, int second, int kernel, int biases) {
        tensors.put(name + ".weight", tensor(random, 0, first, second, kernel, kernel));
        tensors.put(name + ".bias", tensor(random, 0, biases));
    }

    private static void norm(Map<String, Tensor> tensors, Random random, String name, int channels) {
        tensors.put(name + ".scale", tensor(random, 1, channels));
        tensors.put(name + ".shift", tensor(random, 0, channels));
    }

    private static Tensor tensor(Random random, double mean, Integer... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + 0.3 * random.nextGaussian());
        }
        return new Tensor(List.of(shape), values);
    }
}
