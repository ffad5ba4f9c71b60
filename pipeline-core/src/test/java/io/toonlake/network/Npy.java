package io.toonlake.network;

import io.toonlake.model.Tensors;
import io.toonlake.testing.ReferenceData;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Published weights and PyTorch's results, as arrays. */
final class Npy {
    private Npy() {}

    /** Every tensor of a folder of {@code .npy} files of the reference data. */
    static Map<String, INDArray> folder(String relative) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        Tensors.load(ReferenceData.require(relative))
                .asMap()
                .forEach((name, tensor) -> arrays.put(
                        name,
                        Nd4j.createFromArray(tensor.values())
                                .reshape(
                                        'c',
                                        tensor.shape().stream()
                                                .mapToLong(Integer::longValue)
                                                .toArray())));
        return arrays;
    }

    /** One {@code .npy} file of the reference data. */
    static INDArray file(String relative) {
        return Nd4j.createFromNpyFile(ReferenceData.require(relative).toFile());
    }
}
