package io.toonlake.network;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The configuration of the one layer all our networks are made of: a filter, then an affine instance norm or none,
 * then an activation.
 *
 * <p>Parameters, in this order: weight (shaped as the filter has it), bias [out], and with a norm scale [out] and
 * shift [out]. A bias before a norm has no effect and no true gradient; its gradient is set to zero, so that rounding
 * noise does not make it wander.
 */
final class ConvolutionBlock extends BaseLayer {
    private static final long serialVersionUID = 1;

    private final int inputChannels;
    private final int outputChannels;
    private final Filter filter;
    private final String normName;
    private final double normEpsilon;
    private final Activation activation;

    private ConvolutionBlock(
            int inputChannels,
            int outputChannels,
            Filter filter,
            String normName,
            double normEpsilon,
            Activation activation) {
        this.inputChannels = inputChannels;
        this.outputChannels = outputChannels;
        this.filter = filter;
        this.normName = normName;
        this.normEpsilon = normEpsilon;
        this.activation = activation;
    }

    /** A block without a norm. */
    static ConvolutionBlock of(int inputChannels, int outputChannels, Filter filter, Activation activation) {
        return new ConvolutionBlock(inputChannels, outputChannels, filter, null, 0, activation);
    }

    /** The same with an instance norm between filter and activation. */
    ConvolutionBlock normalized(String name, double epsilon) {
        return new ConvolutionBlock(inputChannels, outputChannels, filter, name, epsilon, activation);
    }

    int inputChannels() {
        return inputChannels;
    }

    int outputChannels() {
        return outputChannels;
    }

    Filter filter() {
        return filter;
    }

    boolean normalizes() {
        return normName != null;
    }

    /** The norm's part of its parameters' names. */
    String normName() {
        return normName;
    }

    InstanceNorm norm() {
        return new InstanceNorm(normEpsilon);
    }

    Activation activation() {
        return activation;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        ConvolutionBlockLayer layer = new ConvolutionBlockLayer(configuration, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        return layer;
    }

    @Override
    public ParamInitializer initializer() {
        return ConvolutionBlockParameters.INSTANCE;
    }

    @Override
    public InputType getOutputType(int index, InputType inputType) {
        throw new UnsupportedOperationException("Cannot infer sizes: channels are given, and any picture size will do");
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        // Channels are given when the block is made.
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return null;
    }

    @Override
    public boolean isPretrainParam(String name) {
        return false;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        throw new UnsupportedOperationException("Cannot report memory: it depends on the picture size");
    }
}
