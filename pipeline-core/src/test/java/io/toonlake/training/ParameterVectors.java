package io.toonlake.training;

import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** One vector for each parameter of a learner, under its published name: its values, its gradients, its moments. */
final class ParameterVectors {
    private final Map<String, double[]> byName;

    private ParameterVectors(Map<String, double[]> byName) {
        this.byName = byName;
    }

    /** Splits an array that is laid out as the learner's flat parameters. */
    private static ParameterVectors split(Learner learner, INDArray flat) {
        Map<String, double[]> byName = new LinkedHashMap<>();
        long[] from = {0};
        learner.network().parameters().forEach((name, parameter) -> {
            long to = from[0] + parameter.length();
            byName.put(
                    learner.name() + "/" + name,
                    flat.get(NDArrayIndex.interval(from[0], to)).toDoubleVector());
            from[0] = to;
        });
        return new ParameterVectors(byName);
    }

    static ParameterVectors values(Learner learner) {
        return split(learner, learner.network().flatParameters());
    }

    /** Adam's mean gradients. */
    static ParameterVectors means(Learner learner) {
        return split(learner, learner.adam().state().get(NDArrayIndex.interval(0, length(learner))));
    }

    /** Sets Adam's moments to tensors named {@code mean/…} and {@code square/…}. */
    static void loadMoments(Learner learner, Tensors tensors) {
        long[] from = {0};
        learner.network().parameters().forEach((name, parameter) -> {
            long to = from[0] + parameter.length();
            INDArray state = learner.adam().state();
            String tensor = learner.name() + "/" + name;
            set(state, from[0], tensors.tensor("mean/" + tensor));
            set(state, length(learner) + from[0], tensors.tensor("square/" + tensor));
            from[0] = to;
        });
    }

    private static void set(INDArray state, long from, Tensor tensor) {
        float[] values = tensor.values();
        try (INDArray loaded = Nd4j.createFromArray(values)) {
            state.get(NDArrayIndex.interval(from, from + values.length)).assign(loaded);
        }
    }

    private static long length(Learner learner) {
        return learner.network().flatParameters().length();
    }

    /** Of tensors named {@code prefix}, the learner's name, a slash and the parameter's name. */
    static ParameterVectors of(Learner learner, Tensors tensors, String prefix) {
        Map<String, double[]> byName = new LinkedHashMap<>();
        learner.network().parameters().keySet().forEach(name -> {
            float[] values =
                    tensors.tensor(prefix + learner.name() + "/" + name).values();
            double[] widened = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                widened[i] = values[i];
            }
            byName.put(learner.name() + "/" + name, widened);
        });
        return new ParameterVectors(byName);
    }

    /** This plus {@code factor} times the other. */
    ParameterVectors plus(double factor, ParameterVectors other) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        byName.forEach((name, values) -> {
            double[] sum = new double[values.length];
            for (int i = 0; i < sum.length; i++) {
                sum[i] = values[i] + factor * other.byName.get(name)[i];
            }
            sums.put(name, sum);
        });
        return new ParameterVectors(sums);
    }

    ParameterVectors times(double factor) {
        return plus(factor - 1, this);
    }

    /**
     * For each parameter the largest difference from the reference, as a part of the reference's largest entry.
     *
     * @return by name; 0 where both are 0 throughout
     */
    Map<String, Double> largestDifferences(ParameterVectors reference) {
        return compare(reference, ParameterVectors::largest);
    }

    /** The same with Euclidean norms for largest entries. */
    Map<String, Double> normDifferences(ParameterVectors reference) {
        return compare(reference, ParameterVectors::norm);
    }

    private Map<String, Double> compare(ParameterVectors reference, ToDoubleFunction<double[]> size) {
        Map<String, Double> differences = new LinkedHashMap<>();
        plus(-1, reference).byName.forEach((name, difference) -> {
            double off = size.applyAsDouble(difference);
            differences.put(name, off == 0 ? 0 : off / size.applyAsDouble(reference.byName.get(name)));
        });
        return differences;
    }

    /** The largest entry of a parameter's vector, by its size. */
    double largest(String name) {
        return largest(byName.get(name));
    }

    /** The largest entry of all, by its size. */
    double largest() {
        return byName.values().stream()
                .mapToDouble(ParameterVectors::largest)
                .max()
                .orElseThrow();
    }

    private static double largest(double[] vector) {
        return DoubleStream.of(vector).map(Math::abs).max().orElseThrow();
    }

    private static double norm(double[] vector) {
        return Math.sqrt(DoubleStream.of(vector).map(value -> value * value).sum());
    }
}
