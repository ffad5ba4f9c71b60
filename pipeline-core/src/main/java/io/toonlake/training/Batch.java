package io.toonlake.training;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The pictures of one step, [N, 3, H, W] for each domain, BGR, [-1, 1], H and W multiples of 4.
 *
 * @param pictures by the domain's name
 * @param draw which batch it is, for whatever else the step draws
 */
public record Batch(Map<String, INDArray> pictures, Draw draw) implements AutoCloseable {
    public Batch {
        pictures = Map.copyOf(pictures);
    }

    /**
     * The pictures of a domain; they stay the batch's.
     *
     * @throws IllegalArgumentException if the batch has none
     */
    public INDArray of(Domain domain) {
        INDArray array = pictures.get(domain.name());
        if (array == null) {
            throw new IllegalArgumentException("Cannot take a step without pictures of domain %s (the batch has %s)"
                    .formatted(domain.name(), pictures.keySet()));
        }
        return array;
    }

    @Override
    public void close() {
        pictures.values().forEach(INDArray::close);
    }
}
