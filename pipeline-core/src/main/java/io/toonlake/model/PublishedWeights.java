package io.toonlake.model;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The CartoonGAN authors' generator weights, as ports of them are published: one array for each of {@code conv01_1.weight},
 * {@code conv01_1.bias}, {@code in01_1.scale}, {@code in01_1.shift}, … {@code deconv03_1.bias}, either as a folder of
 * {@code .npy} files or as one {@code .safetensors} file ({@link StoredTensors}).
 *
 * <p>Weights are [out, in, kH, kW], those of {@code deconv01_1} and {@code deconv02_1} (transposed convolutions)
 * [in, out, kH, kW]. Biases, scales and shifts are [C], or with axes of length 1 around it, such as [1, C, 1, 1].
 */
public final class PublishedWeights {
    /** What ports of the authors' weights add to variances; the authors' own Torch code adds 1e-5. */
    public static final double NORM_EPSILON = 1e-9;

    private static final String FIRST = "conv01_1.weight";

    private PublishedWeights() {}

    /**
     * Makes a model of published weights. Its width and its number of residual blocks follow from the tensors.
     *
     * @param padding around the strided, paired and up convolutions: nothing in the weights tells it. Zeros as the authors
     *     have it, reflection as a TensorFlow port
     * @param normEpsilon added to variances, {@link #NORM_EPSILON} for the published ports
     * @throws ModelFormatException where the tensors are not those of a CartoonGAN generator
     */
    public static Model toModel(Tensors tensors, Padding padding, double normEpsilon, ModelOrigin origin)
            throws ModelFormatException {
        GeneratorArchitecture architecture =
                new GeneratorArchitecture(width(tensors), residualBlocks(tensors), padding, normEpsilon);
        Tensors flattened = flattened(tensors);
        var misfit = GeneratorParameters.misfit(architecture, flattened);
        if (misfit.isPresent()) {
            throw new ModelFormatException("Cannot import weights: " + misfit.get());
        }
        // In the order of the layers, so that the same weights give the same file wherever they came from.
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        GeneratorParameters.shapes(architecture).keySet().forEach(name -> ordered.put(name, flattened.tensor(name)));
        return new Model(architecture, new Tensors(ordered), origin);
    }

    private static int width(Tensors tensors) throws ModelFormatException {
        if (!tensors.contains(FIRST)) {
            throw new ModelFormatException(
                    "Cannot import weights: no tensor %s among %s".formatted(FIRST, tensors.names()));
        }
        List<Integer> shape = tensors.tensor(FIRST).shape();
        if (shape.size() != 4 || shape.get(0) < 1) {
            throw new ModelFormatException(
                    "Cannot import weights: tensor %s has shape %s, expected [width, 3, 7, 7]".formatted(FIRST, shape));
        }
        return shape.get(0);
    }

    /** Stages 4 and on are residual blocks. */
    private static int residualBlocks(Tensors tensors) {
        int blocks = 0;
        while (tensors.contains("conv%02d_1.weight".formatted(4 + blocks))) {
            blocks++;
        }
        return blocks;
    }

    private static Tensors flattened(Tensors tensors) {
        Map<String, Tensor> flattened = new LinkedHashMap<>();
        tensors.asMap().forEach((name, tensor) -> {
            boolean vector = !name.endsWith(".weight")
                    && tensor.shape().stream().filter(axis -> axis != 1).count() <= 1;
            flattened.put(name, vector ? tensor.reshape(List.of(tensor.values().length)) : tensor);
        });
        return new Tensors(flattened);
    }
}
