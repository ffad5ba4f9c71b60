package io.toonlake.network;

import static io.toonlake.network.ConvolutionBlockParameters.BIAS;
import static io.toonlake.network.ConvolutionBlockParameters.SCALE;
import static io.toonlake.network.ConvolutionBlockParameters.SHIFT;
import static io.toonlake.network.ConvolutionBlockParameters.WEIGHT;

import io.toonlake.network.InstanceNorm.Statistics;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link ConvolutionBlock} at work: forward in training mode keeps what backward needs, backward frees it.
 *
 * <p>An array is freed as soon as nothing can want it: the gradient that came in after its use, the output after the
 * gradient passed through (whoever took it as input has been visited by then). What the graph itself lets go, such as
 * a gradient that was added to another, is freed by {@link #release}.
 */
final class ConvolutionBlockLayer extends BaseLayer<ConvolutionBlock> {
    private static final long serialVersionUID = 1;

    private transient INDArray filtered;
    private transient Statistics statistics;
    private transient INDArray output;
    private transient INDArray inputGradient;
    private transient boolean learning = true;

    ConvolutionBlockLayer(NeuralNetConfiguration configuration, DataType dataType) {
        super(configuration, dataType);
    }

    @Override
    public Type type() {
        return Type.CONVOLUTIONAL;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        release();
        ConvolutionBlock block = layerConf();
        output = block.filter().forward(input, getParam(WEIGHT), getParam(BIAS));
        if (block.normalizes()) {
            filtered = output;
            statistics = Statistics.of(filtered);
            output = block.norm().forward(filtered, statistics, getParam(SCALE), getParam(SHIFT), block.activation());
        } else {
            block.activation().forward(output);
        }
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray outputGradient, LayerWorkspaceMgr workspaces) {
        ConvolutionBlock block = layerConf();
        INDArray gradient = outputGradient;
        block.activation().backward(output, gradient);
        if (block.normalizes()) {
            gradient = block.norm()
                    .backward(
                            filtered,
                            statistics,
                            getParam(SCALE),
                            getParam(SHIFT),
                            outputGradient,
                            gradientViews.get(SCALE),
                            gradientViews.get(SHIFT));
            Freed.close(outputGradient);
        }
        Freed.close(output, filtered);
        if (learning) {
            inputGradient = block.filter()
                    .backward(
                            input,
                            getParam(WEIGHT),
                            getParam(BIAS),
                            gradient,
                            gradientViews.get(WEIGHT),
                            block.normalizes() ? null : gradientViews.get(BIAS));
            if (block.normalizes()) {
                gradientViews.get(BIAS).assign(0);
            }
        } else {
            inputGradient = block.filter().inputGradient(input, getParam(WEIGHT), gradient);
        }
        Freed.close(gradient);
        Gradient gradients = new DefaultGradient();
        gradientViews.forEach(gradients::setGradientFor);
        return Pair.of(gradients, inputGradient);
    }

    /** Whether backward passes give the gradients of the filter's parameters; without, the norm's are of no meaning either. */
    void learning(boolean learning) {
        this.learning = learning;
    }

    /** The gradient at the input, as the last backward pass left it. */
    INDArray takeInputGradient() {
        INDArray taken = inputGradient;
        inputGradient = null;
        return taken;
    }

    /** Frees whatever is still held of the last pass. */
    void release() {
        Freed.close(filtered, output, inputGradient);
        if (statistics != null) {
            Freed.close(statistics.mean(), statistics.variance());
        }
        filtered = null;
        statistics = null;
        output = null;
        inputGradient = null;
    }
}
