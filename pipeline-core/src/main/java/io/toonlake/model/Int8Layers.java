package io.toonlake.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * Convolutions of 8-bit integers, for an {@link OnnxGenerator}. Weights have a step for each channel out; activations have one for each
 * channel, with zero at the same integer in all of them, and the steps of channels in are multiplied into the weights. So a channel of small
 * values keeps its 8 bits beside one of large values: with one step for all channels, cartoons were ten decibels further away.
 *
 * <p>From the strided convolutions to the first up-convolution, where nine tenths of the arithmetic is; what is near the picture stays
 * single precision: the first and the last convolution have few channels, and errors behind the first up-convolution, which no later
 * layer evens out, would be most of the picture's.
 */
final class Int8Layers {
    private static final int MOST = 255;
    /** What a bias may be at most, in steps of the sum. */
    private static final double MOST_BIAS = 1 << 24;

    private final OnnxGenerator generator;
    private final OnnxGraph graph;
    private final Model model;
    private final Calibration calibration;
    private final Map<String, Steps> quantized = new HashMap<>();

    /**
     * An activation in integers: value = (integer − zero) · step, but for a constant in each channel where an instance norm takes it away.
     *
     * @param tensor name in the graph
     * @param step [channels]
     */
    private record Steps(String tensor, float[] step, int zero) {}

    /** @param graph of the generator */
    Int8Layers(OnnxGenerator generator, OnnxGraph graph, Model model, Calibration calibration) {
        this.generator = generator;
        this.graph = graph;
        this.model = model;
        this.calibration = calibration;
    }

    /** Whether a convolution is one of integers in calibrated models. */
    static boolean contains(String layer) {
        return layer.startsWith("conv") && !layer.equals("conv01_1") || layer.equals("deconv01_1");
    }

    /** Whether a convolution's result goes into the next one, without a norm between them. */
    private static boolean isPlain(String layer) {
        return layer.startsWith("deconv") || layer.equals("conv02_1") || layer.equals("conv03_1");
    }

    /** The activation as floats, for what is not a convolution of integers. */
    String floats(String x) {
        Steps steps = quantized.get(x);
        if (steps == null) {
            return x;
        }
        int channels = steps.step().length;
        graph.add(OnnxGraph.node(
                        "DequantizeLinear",
                        x,
                        steps.tensor(),
                        floats(x + ".step", steps.step()),
                        bytes(x + ".zeros", repeated(steps.zero(), channels), TensorProto.DataType.UINT8))
                .addAttribute(OnnxGraph.integer("axis", 1)));
        quantized.remove(x);
        return x;
    }

    /** A convolution; its result's name is for {@link #floats} or another of these. */
    String convolved(String x, String name, int stride, int zeros, int reflected) {
        Tensor weight = model.tensors().tensor(name + ".weight");
        int kernel = weight.shape().get(3);
        return convolved(
                x,
                name,
                weight.values(),
                weight.shape().get(0),
                weight.shape().get(1),
                kernel,
                stride,
                new long[] {zeros, zeros, zeros, zeros},
                reflected,
                1);
    }

    /**
     * A transposed convolution, as a plain one with a 2×2 kernel that makes the four pixels of each as channels: integers have no other.
     * Output row 2i + a is made of input row i by kernel row 1 where a = 0, and of rows i and i + 1 by kernel rows 2 and 0 where a = 1.
     */
    String doubled(String x, String name) {
        Tensor weight = model.tensors().tensor(name + ".weight");
        int in = weight.shape().get(0);
        int out = weight.shape().get(1);
        float[] phases = new float[4 * out * in * 4];
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 2; b++) {
                for (int rows = 0; rows <= a; rows++) {
                    for (int columns = 0; columns <= b; columns++) {
                        int tap = 3 * kernelPixel(a, rows) + kernelPixel(b, columns);
                        for (int o = 0; o < out; o++) {
                            for (int i = 0; i < in; i++) {
                                phases[(((2 * a + b) * out + o) * in + i) * 4 + 2 * rows + columns] =
                                        weight.values()[(i * out + o) * 9 + tap];
                            }
                        }
                    }
                }
            }
        }
        return convolved(x, name, phases, 4 * out, in, 2, 1, new long[] {0, 0, 1, 1}, 0, 4);
    }

    private static int kernelPixel(int phase, int from) {
        return phase == 0 ? 1 : from == 0 ? 2 : 0;
    }

    private String convolved(
            String x,
            String name,
            float[] weights,
            int out,
            int in,
            int kernel,
            int stride,
            long[] pads,
            int reflected,
            int phases) {
        Steps input = quantized.containsKey(x) ? quantized.remove(x) : quantized(x, name, in);
        int channels = out / phases;
        float[] bias = model.tensors().tensor(name + ".bias").values();
        ChannelRanges range = calibration.of(name, channels);
        float[] step = new float[channels];
        float[] scales = new float[out];
        byte[] integers = new byte[weights.length];
        ByteBuffer biases = ByteBuffer.allocate(Integer.BYTES * out).order(ByteOrder.LITTLE_ENDIAN);
        int perChannel = weights.length / out;
        for (int o = 0; o < out; o++) {
            int c = o % channels;
            double least = range.least()[c];
            double most = range.most()[c];
            // What a norm follows may be shifted to where its range is used best. Else zero must be exact, for borders.
            double middle = isPlain(name) ? 0 : (least + most) / 2;
            double half = isPlain(name) ? Math.max(Math.abs(least), Math.abs(most)) : (most - least) / 2;
            step[c] = (float) Math.max(half / 127, Float.MIN_NORMAL);
            double largest = 0;
            for (int k = 0; k < perChannel; k++) {
                largest = Math.max(largest, Math.abs(weights[o * perChannel + k] * input.step()[channel(k, kernel)]));
            }
            double unit = Math.max(Math.max(largest / 127, Math.abs(bias[c] - middle) / MOST_BIAS), Float.MIN_NORMAL);
            for (int k = 0; k < perChannel; k++) {
                int at = o * perChannel + k;
                integers[at] = (byte) Math.round(weights[at] * input.step()[channel(k, kernel)] / unit);
            }
            scales[o] = (float) (unit / step[c]);
            biases.putInt((int) Math.round((bias[c] - middle) / unit));
        }
        TensorProto.Builder weight = TensorProto.newBuilder()
                .setName(name + ".int8")
                .setDataType(TensorProto.DataType.INT8_VALUE)
                .setRawData(ByteString.copyFrom(integers));
        for (int axis : new int[] {out, in, kernel, kernel}) {
            weight.addDims(axis);
        }
        graph.constant(weight);
        graph.constant(TensorProto.newBuilder()
                .setName(name + ".bias32")
                .setDataType(TensorProto.DataType.INT32_VALUE)
                .addDims(out)
                .setRawData(ByteString.copyFrom(biases.flip())));
        String padded = reflected > 0 ? generator.reflected(input.tensor(), name, reflected) : input.tensor();
        String made = name + ".uint8";
        String one = graph.constant("one", new Tensor(List.of(), new float[] {1}));
        graph.add(OnnxGraph.node(
                        "QLinearConv",
                        made,
                        padded,
                        one,
                        zero(input.zero()),
                        name + ".int8",
                        floats(name + ".scales", scales),
                        bytes("none." + out, new byte[out], TensorProto.DataType.INT8),
                        one,
                        zero(128),
                        name + ".bias32")
                .addAttribute(OnnxGraph.integers("kernel_shape", kernel, kernel))
                .addAttribute(OnnxGraph.integers("strides", stride, stride))
                .addAttribute(OnnxGraph.integers("pads", pads)));
        if (phases > 1) {
            String spread = name + ".spread";
            graph.add(OnnxGraph.node("DepthToSpace", spread, made)
                    .addAttribute(OnnxGraph.integer("blocksize", 2))
                    .addAttribute(OnnxGraph.text("mode", "DCR")));
            made = spread;
        }
        quantized.put(name, new Steps(made, step, 128));
        return name;
    }

    /** The channel in that a weight of one channel out is for. */
    private static int channel(int weight, int kernel) {
        return weight / (kernel * kernel);
    }

    /** Makes floats integers. Zero is where all channels together use most of the 256 integers, and every channel fits. */
    private Steps quantized(String x, String name, int channels) {
        ChannelRanges range = calibration.of(x, channels);
        double below = 0;
        double above = 0;
        for (int c = 0; c < channels; c++) {
            below += Math.max(0, -range.least()[c]);
            above += Math.max(0, range.most()[c]);
        }
        int zero = below == 0 ? 0 : (int) Math.max(1, Math.min(MOST - 1, Math.round(MOST * below / (below + above))));
        float[] step = new float[channels];
        for (int c = 0; c < channels; c++) {
            double needed = Math.max(
                    range.most()[c] / (double) (MOST - zero), zero == 0 ? 0 : -range.least()[c] / (double) zero);
            step[c] = (float) Math.max(needed, Float.MIN_NORMAL);
        }
        String made = name + ".in";
        graph.add(OnnxGraph.node(
                        "QuantizeLinear",
                        made,
                        x,
                        floats(made + ".step", step),
                        bytes(made + ".zeros", repeated(zero, channels), TensorProto.DataType.UINT8))
                .addAttribute(OnnxGraph.integer("axis", 1)));
        return new Steps(made, step, zero);
    }

    private String floats(String name, float[] values) {
        return graph.constant(name, Tensor.of(values, values.length));
    }

    private String zero(int integer) {
        return graph.constant(TensorProto.newBuilder()
                .setName("zero." + integer)
                .setDataType(TensorProto.DataType.UINT8_VALUE)
                .setRawData(ByteString.copyFrom(new byte[] {(byte) integer})));
    }

    private String bytes(String name, byte[] values, TensorProto.DataType type) {
        return graph.constant(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(values)));
    }

    private static byte[] repeated(int value, int times) {
        byte[] values = new byte[times];
        java.util.Arrays.fill(values, (byte) value);
        return values;
    }
}
