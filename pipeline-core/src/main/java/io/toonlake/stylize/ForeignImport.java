package io.toonlake.stylize;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.PictureTensor;
import io.toonlake.model.ValueRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes a model of somebody's ONNX file: reads what the file says of its pictures, finds out by trying what sizes it takes, looks at a picture
 * that it makes, and measures its memory.
 */
public final class ForeignImport {
    /** Of [-1, 1], what rounding may add. */
    private static final double TOLERATED = 0.02;

    /** Of a picture's values, above which the range is taken to be wrong. */
    private static final double MOST_OUTSIDE = 0.25;

    /** Of a picture's values, above which there is something to say. */
    private static final double FEW_OUTSIDE = 0.001;

    /** Of [-1, 1], below which a picture of black and white is flat. */
    private static final double FLAT = 0.1;

    private static final List<ValueRange> USUAL =
            List.of(new ValueRange(0, 1), new ValueRange(-1, 1), new ValueRange(0, 255));

    private ForeignImport() {}

    /**
     * A model, and what its user should know of it.
     *
     * @param warnings each a sentence
     */
    public record Imported(ForeignModel model, List<String> warnings) {}

    /**
     * Makes the model.
     *
     * @param onnx a file with all its tensors in it
     * @param threads that work on one picture, as later ones will
     * @throws ModelFormatException where the network cannot be used, or not as it was told; the message says what to tell instead
     * @throws LinkageError where there is no ONNX Runtime for the platform
     */
    public static Imported of(byte[] onnx, ToldConvention told, ModelOrigin origin, int threads)
            throws ModelFormatException {
        ForeignSignature signature;
        PictureTensor input;
        ForeignTrial.Found found;
        try (OrtSession session =
                OrtSessions.open(onnx, threads, Processor.CPU, OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL)) {
            signature = ForeignSignature.of(session, told);
            input = new PictureTensor(
                    signature.inputName(),
                    signature.inputType(),
                    signature.layout(),
                    told.channelOrder(),
                    told.inputRange(),
                    told.mean(),
                    told.std());
            try (ForeignTrial trial = new ForeignTrial(session, input, signature.outputName())) {
                found = signature.fixedSize().isPresent()
                        ? trial.fixed(signature.fixedSize().get())
                        : trial.free(told.sizeMultiple());
            }
        } catch (OrtException e) {
            throw new ModelFormatException(
                    "ONNX Runtime does not load it: %s (libraries of operators are not loaded; export it with standard operators, of an opset that ONNX Runtime %s knows)"
                            .formatted(
                                    ForeignTrial.firstLine(e),
                                    OrtSessions.environment().getVersion()),
                    e);
        }
        PictureTensor output = new PictureTensor(
                signature.outputName(),
                signature.outputType(),
                found.layout(),
                told.outputChannelOrder(),
                told.outputRange(),
                PictureTensor.NO_MEAN,
                PictureTensor.NO_STD);
        ForeignModel unmeasured = new ForeignModel(onnx, input, output, found.sizes(), 1, origin);
        List<String> warnings = warnings(made(unmeasured, found, threads), output.range());
        long bytesPerPixel = told.bytesPerPixel().isPresent()
                ? told.bytesPerPixel().getAsLong()
                : ForeignMemory.bytesPerPixel(unmeasured, threads);
        if (bytesPerPixel < 1) {
            throw new ModelFormatException(
                    "what memory it takes cannot be measured on this system (say it, with --memory-per-pixel BYTES)");
        }
        return new Imported(new ForeignModel(onnx, input, output, found.sizes(), bytesPerPixel, origin), warnings);
    }

    private static float[] made(ForeignModel model, ForeignTrial.Found found, int threads) {
        try (ForeignEngine engine = new ForeignEngine(model, threads, Processor.CPU)) {
            return engine.stylize(ForeignTrial.drawn(found.width(), found.height()), found.width(), found.height());
        }
    }

    /** @param made in [-1, 1], where it is in the range that was told */
    static List<String> warnings(float[] made, ValueRange told) throws ModelFormatException {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        int outside = 0;
        for (float value : made) {
            if (!Float.isFinite(value)) {
                throw new ModelFormatException("its picture holds " + value
                        + " (is --input-range right? If so, its numbers overflow, as those of float16 may)");
            }
            least = Math.min(least, value);
            most = Math.max(most, value);
            if (Math.abs(value) > 1 + TOLERATED) {
                outside++;
            }
        }
        double share = (double) outside / made.length;
        String values = String.format(Locale.ROOT, "from %.3g to %.3g", of(least, told), of(most, told));
        if (share > MOST_OUTSIDE) {
            throw new ModelFormatException(String.format(
                    Locale.ROOT,
                    "%.0f %% of its picture's values lie outside of %s, and are %s (say what black and white are with --output-range; %s would hold them)",
                    100 * share,
                    told,
                    values,
                    holding(of(least, told), of(most, told))));
        }
        List<String> warnings = new ArrayList<>();
        if (share > FEW_OUTSIDE) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%.1f %% of a picture's values lie outside of %s, %s, and will be cut off (is --output-range right?)",
                    100 * share,
                    told,
                    values));
        }
        if (most - least < FLAT) {
            warnings.add("A picture from black to white has values %s, a small part of %s (is --output-range right?)"
                    .formatted(values, told));
        } else if (told.low() < 0 && told.high() > 0 && of(least, told) >= 0) {
            warnings.add("A picture from black to white has values %s, none below 0 (is --output-range %s?)"
                    .formatted(values, new ValueRange(0, told.high())));
        }
        return warnings;
    }

    /** The network's value. */
    private static double of(double value, ValueRange range) {
        return range.low() + (value + 1) / 2 * range.width();
    }

    private static ValueRange holding(double least, double most) {
        return USUAL.stream()
                .filter(range -> least >= range.low() - TOLERATED * range.width()
                        && most <= range.high() + TOLERATED * range.width())
                .findFirst()
                .orElse(new ValueRange(Math.floor(least), Math.ceil(most)));
    }
}
