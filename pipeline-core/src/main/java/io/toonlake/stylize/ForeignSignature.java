package io.toonlake.stylize;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.NumberType;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.model.PictureTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an ONNX file says of its pictures, held against what was told.
 *
 * @param fixedSize the only one; empty where sides are free
 */
record ForeignSignature(
        String inputName,
        NumberType inputType,
        PictureLayout layout,
        Optional<PictureSizes> fixedSize,
        String outputName,
        NumberType outputType) {
    private static final int AXES = 4;

    /** @throws ModelFormatException where the network is not one that makes a picture of a picture, or not as it was told */
    static ForeignSignature of(OrtSession session, ToldConvention told) throws OrtException, ModelFormatException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        if (inputs.size() != 1) {
            throw new ModelFormatException(
                    "it has %d inputs, %s; only networks that take nothing but the photo can be imported (export it with the others as constants)"
                            .formatted(inputs.size(), listed(inputs)));
        }
        NodeInfo input = inputs.values().iterator().next();
        NodeInfo output = output(session.getOutputInfo(), told);
        TensorInfo photo = tensor(input, "input");
        NumberType inputType = type(input, photo, "takes");
        PictureLayout layout = layout(input.getName(), photo.getShape(), told);
        return new ForeignSignature(
                input.getName(),
                inputType,
                layout,
                fixedSize(input.getName(), photo.getShape(), layout, told),
                output.getName(),
                type(output, tensor(output, "output"), "gives"));
    }

    private static NodeInfo output(Map<String, NodeInfo> outputs, ToldConvention told) throws ModelFormatException {
        if (told.outputName().isPresent()) {
            NodeInfo named = outputs.get(told.outputName().get());
            if (named == null) {
                throw new ModelFormatException("it has no output %s (its outputs are %s; see --output-name)"
                        .formatted(told.outputName().get(), listed(outputs)));
            }
            return named;
        }
        if (outputs.size() != 1) {
            throw new ModelFormatException("it has %d outputs, %s (say which is the picture with --output-name)"
                    .formatted(outputs.size(), listed(outputs)));
        }
        return outputs.values().iterator().next();
    }

    private static TensorInfo tensor(NodeInfo node, String side) throws ModelFormatException {
        if (node.getInfo() instanceof TensorInfo tensor) {
            return tensor;
        }
        throw new ModelFormatException(
                "its %s %s is no tensor but %s (a picture is one)".formatted(side, node.getName(), node.getInfo()));
    }

    private static NumberType type(NodeInfo node, TensorInfo tensor, String does) throws ModelFormatException {
        return switch (tensor.type) {
            case FLOAT -> NumberType.FLOAT32;
            case FLOAT16 -> NumberType.FLOAT16;
            default ->
                throw new ModelFormatException(
                        "it %s %s as %s (float32 and float16 are read; export it with pictures of floats)"
                                .formatted(does, node.getName(), name(tensor.type)));
        };
    }

    private static String name(OnnxJavaType type) {
        return type.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static PictureLayout layout(String name, long[] shape, ToldConvention told) throws ModelFormatException {
        String said = "its input %s is %s".formatted(name, Arrays.toString(shape));
        if (shape.length != AXES || shape[0] != 1 && shape[0] >= 0) {
            throw new ModelFormatException(
                    said
                            + ", and a picture has 4 axes, the first of which is 1 or free (-1): [1, 3, height, width] or [1, height, width, 3]");
        }
        boolean nchw = isOrMayBe(shape, PictureLayout.NCHW);
        boolean nhwc = isOrMayBe(shape, PictureLayout.NHWC);
        if (!nchw && !nhwc) {
            throw new ModelFormatException(
                    said
                            + ", and neither its second nor its last axis is the 3 channels of a picture in colours (networks for others cannot be imported)");
        }
        boolean first = is(shape, PictureLayout.NCHW);
        boolean last = is(shape, PictureLayout.NHWC);
        if (told.layout().isPresent()) {
            PictureLayout layout = told.layout().get();
            boolean may = layout == PictureLayout.NCHW ? nchw && (first || !last) : nhwc && (last || !first);
            if (!may) {
                throw new ModelFormatException(said + ", which is not " + layout + " (leave --layout out)");
            }
            return layout;
        }
        if (first == last) {
            throw new ModelFormatException(
                    said
                            + ", which does not say where the colours are (say it with --layout: NCHW for [1, 3, height, width], NHWC for [1, height, width, 3])");
        }
        return first ? PictureLayout.NCHW : PictureLayout.NHWC;
    }

    private static boolean is(long[] shape, PictureLayout layout) {
        return shape[layout.channelAxis()] == PictureTensor.CHANNELS;
    }

    private static boolean isOrMayBe(long[] shape, PictureLayout layout) {
        return is(shape, layout) || shape[layout.channelAxis()] < 0;
    }

    private static Optional<PictureSizes> fixedSize(
            String name, long[] shape, PictureLayout layout, ToldConvention told) throws ModelFormatException {
        long width = shape[layout.widthAxis()];
        long height = shape[layout.heightAxis()];
        String said = "its input %s is %s".formatted(name, Arrays.toString(shape));
        if (told.fixedSize().isPresent()) {
            PictureSizes only = told.fixedSize().get();
            if (width >= 0 && width != only.minWidth() || height >= 0 && height != only.minHeight()) {
                throw new ModelFormatException("%s, which is not %s (leave --fixed-size out)".formatted(said, only));
            }
            return told.fixedSize();
        }
        if (width < 0 && height < 0) {
            return Optional.empty();
        }
        if (width < 0 || height < 0) {
            throw new ModelFormatException(
                    said + ", of which one side is free (say which size to take with --fixed-size WIDTHxHEIGHT)");
        }
        try {
            return Optional.of(PictureSizes.only(Math.toIntExact(width), Math.toIntExact(height)));
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new ModelFormatException(said + ", which is no size of a picture (" + e.getMessage() + ")", e);
        }
    }

    private static String listed(Map<String, NodeInfo> nodes) {
        return nodes.keySet().stream().collect(Collectors.joining(", "));
    }
}
