package io.toonlake.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where the parameters of a {@link ConvolutionBlock} lie in the network's flat array. Their values come with that array. */
enum ConvolutionBlockParameters implements ParamInitializer {
    INSTANCE;

    static final String WEIGHT = "weight";
    static final String BIAS = "bias";
    static final String SCALE = "scale";
    static final String SHIFT = "shift";

    /** Name to shape, in the order of the flat array. */
    static Map<String, long[]> shapes(ConvolutionBlock block) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(WEIGHT, block.filter().weightShape(block.inputChannels(), block.outputChannels()));
        shapes.put(BIAS, new long[] {block.outputChannels()});
        if (block.normalizes()) {
            shapes.put(SCALE, new long[] {block.outputChannels()});
            shapes.put(SHIFT, new long[] {block.outputChannels()});
        }
        return shapes;
    }

    static long length(long[] shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    @Override
    public long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return shapes((ConvolutionBlock) layer).values().stream()
                .mapToLong(ConvolutionBlockParameters::length)
                .sum();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return List.copyOf(shapes((ConvolutionBlock) layer).keySet());
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return List.of(WEIGHT);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of(BIAS);
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return WEIGHT.equals(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return BIAS.equals(key);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray flat, boolean initialize) {
        Map<String, INDArray> views = views((ConvolutionBlock) configuration.getLayer(), flat);
        views.keySet().forEach(configuration::addVariable);
        return views;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray flat) {
        return views((ConvolutionBlock) configuration.getLayer(), flat);
    }

    private static Map<String, INDArray> views(ConvolutionBlock block, INDArray flat) {
        INDArray line = flat.reshape(flat.length());
        Map<String, INDArray> views = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, long[]> entry : shapes(block).entrySet()) {
            long to = from + length(entry.getValue());
            views.put(entry.getKey(), line.get(NDArrayIndex.interval(from, to)).reshape('c', entry.getValue()));
            from = to;
        }
        return views;
    }
}
