package io.toonlake.training;

import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Takes a generator's weights out of training, under their published names, for a model, and a model's into training. */
public final class GeneratorWeights {
    private GeneratorWeights() {}

    /**
     * The weights in a training state.
     *
     * @param architecture the generator's in the settings the state was trained with
     */
    public static Tensors of(GeneratorArchitecture architecture, TrainingState state) {
        float[] values = state.segment(name(state));
        try (Network generator = architecture.build(DataType.FLOAT, 0);
                INDArray trained = Nd4j.createFromArray(values)) {
            generator.flatParameters().assign(trained);
            return of(generator);
        }
    }

    /**
     * A state that goes on from trained weights: those of {@code state}, but for the generator's parameters. Adam's moments stay, as
     * a model has none.
     *
     * @param architecture the generator's, which the weights are those of
     * @param weights by published name
     * @throws IllegalArgumentException if a tensor is missing, unknown or of another size
     */
    public static TrainingState into(GeneratorArchitecture architecture, Tensors weights, TrainingState state) {
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.asMap().forEach((name, tensor) -> values.put(name, tensor.values()));
        try (Network generator = architecture.build(DataType.FLOAT, 0)) {
            generator.load(values);
            return state.with(name(state), generator.flatParameters().toFloatVector());
        }
    }

    /** The first segment is the generator that becomes the model, whatever its plan calls it. */
    private static String name(TrainingState state) {
        return state.layout().segments().get(0).name();
    }

    /** The weights a generator has now. */
    public static Tensors of(Network generator) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        generator.parameters().forEach((name, parameter) -> {
            int[] shape = new int[parameter.rank()];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = Math.toIntExact(parameter.size(axis));
            }
            tensors.put(name, Tensor.of(parameter.ravel().toFloatVector(), shape));
        });
        return new Tensors(tensors);
    }
}
