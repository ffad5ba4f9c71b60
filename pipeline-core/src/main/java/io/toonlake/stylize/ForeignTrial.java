package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.model.PictureTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/** Finds out by trying what sizes of picture somebody's network takes, and what it gives for them. */
final class ForeignTrial implements AutoCloseable {
    /** Sides that are tried, about: the second for networks that do not take the first. */
    private static final int[] SIDES = {96, 256};

    /** Of sides, tried in this order. */
    private static final int[] MULTIPLES = {1, 2, 4, 8, 16, 32, 64};

    /** Least sides that are tried, about. */
    private static final int[] LEAST_SIDES = {16, 64};

    private final OrtEnvironment environment = OrtSessions.environment();
    private final OrtSession session;
    private final PictureTensor input;
    private final String output;
    private final NativePicture photo;
    private String problem = "";

    /**
     * A network's sizes and what it gives.
     *
     * @param width of a picture that was made
     * @param height of that picture
     * @param layout of what it gives
     */
    record Found(PictureSizes sizes, int width, int height, PictureLayout layout) {}

    /** @param session stays the caller's to close */
    ForeignTrial(OrtSession session, PictureTensor input, String output) {
        this.session = session;
        this.input = input;
        this.output = output;
        photo = new NativePicture(input);
    }

    /** @throws ModelFormatException where it gives no picture of that size */
    Found fixed(PictureSizes only) throws ModelFormatException {
        PictureLayout layout = layout(only.minWidth(), only.minHeight())
                .orElseThrow(() ->
                        new ModelFormatException("it makes no picture of one of %s: %s".formatted(only, problem)));
        return new Found(only, only.minWidth(), only.minHeight(), layout);
    }

    /**
     * @param told the multiple, or empty for the least that works
     * @throws ModelFormatException where it gives no picture of any size tried
     */
    Found free(OptionalInt told) throws ModelFormatException {
        int[] multiples = told.isPresent() ? new int[] {told.getAsInt()} : MULTIPLES;
        for (int side : SIDES) {
            for (int multiple : multiples) {
                // Odd multiples: of 64 pixels a network that wants multiples of 32 would take any.
                int times = Math.max(1, (side + multiple - 1) / multiple) | 1;
                int width = multiple * (times + 2);
                int height = multiple * times;
                Optional<PictureLayout> layout = layout(width, height);
                if (layout.isPresent()) {
                    return new Found(
                            PictureSizes.multiplesOf(multiple, least(multiple, height)), width, height, layout.get());
                }
            }
        }
        throw new ModelFormatException(
                "it makes no picture as large as the photo, at any size tried: %s (a network that was exported for one size has to be told it, with --fixed-size WIDTHxHEIGHT%s)"
                        .formatted(problem, told.isPresent() ? "; or look at --size-multiple" : ""));
    }

    /** Below which mirrored borders may be wider than what they mirror. */
    private int least(int multiple, int otherwise) {
        for (int side : LEAST_SIDES) {
            int least = (side + multiple - 1) / multiple * multiple;
            if (least < otherwise && layout(least, least).isPresent()) {
                return least;
            }
        }
        return otherwise;
    }

    /** The layout of what it gives for a picture of that size; empty where it fails or gives another size, which is remembered. */
    private Optional<PictureLayout> layout(int width, int height) {
        try (OnnxTensor tensor = photo.tensor(environment, width, height)) {
            photo.write(drawn(width, height));
            try (OrtSession.Result made = session.run(Map.of(input.name(), tensor), Set.of(output))) {
                return layout(made.get(0), width, height);
            }
        } catch (OrtException e) {
            problem = "of %dx%d, ONNX Runtime says: %s".formatted(width, height, firstLine(e));
            return Optional.empty();
        }
    }

    private Optional<PictureLayout> layout(OnnxValue made, int width, int height) {
        long[] shape = ((TensorInfo) made.getInfo()).getShape();
        for (PictureLayout layout : PictureLayout.values()) {
            if (Arrays.equals(shape, layout.shape(width, height))) {
                return Optional.of(layout);
            }
        }
        problem = "of %s it makes %s"
                .formatted(Arrays.toString(input.layout().shape(width, height)), Arrays.toString(shape));
        return Optional.empty();
    }

    static String firstLine(OrtException e) {
        return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    }

    /** From black to white in every colour, with an edge and some noise: what a network finds something in. */
    static float[] drawn(int width, int height) {
        SplittableRandom random = new SplittableRandom(1);
        int pixels = width * height;
        float[] picture = new float[PictureTensor.CHANNELS * pixels];
        for (int pixel = 0; pixel < pixels; pixel++) {
            double x = (pixel % width + 0.5) / width;
            double y = (pixel / width + 0.5) / height;
            double[] values = {x, y, x + y > 1 ? 1 - x : 1 - y};
            for (int c = 0; c < values.length; c++) {
                double value = 2.2 * values[c] - 1.1 + random.nextDouble(-0.1, 0.1);
                picture[c * pixels + pixel] = (float) Math.max(-1, Math.min(1, value));
            }
        }
        return picture;
    }

    @Override
    public void close() {
        photo.close();
    }
}
