package io.toonlake.job;

import io.toonlake.model.ChannelOrder;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.model.PictureTensor;
import io.toonlake.model.ValueRange;
import io.toonlake.stylize.ToldConvention;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How the network of {@code import-model --onnx} takes and gives pictures, as far as its file does not say it. */
final class OnnxOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

    @Option(
            names = "--channel-order",
            paramLabel = "RGB|BGR",
            description = "Needed with --onnx: in what order the network takes colours.")
    private String channelOrder;

    @Option(
            names = "--input-range",
            paramLabel = "LOW..HIGH",
            description =
                    "Needed with --onnx: what black and white are where the picture goes in: -1..1, 0..1 or 0..255.")
    private String inputRange;

    @Option(
            names = "--mean",
            paramLabel = "A,B,C",
            description =
                    "Taken from the values in that range, a number for each channel in the network's order. Default: 0,0,0.")
    private String mean;

    @Option(names = "--std", paramLabel = "A,B,C", description = "What is divided by then. Default: 1,1,1.")
    private String std;

    @Option(
            names = "--output-range",
            paramLabel = "LOW..HIGH",
            description = "What black and white are where the picture comes out. Default: --input-range.")
    private String outputRange;

    @Option(
            names = "--output-channel-order",
            paramLabel = "RGB|BGR",
            description = "In what order the network gives colours. Default: --channel-order.")
    private String outputChannelOrder;

    @Option(
            names = "--layout",
            paramLabel = "NCHW|NHWC",
            description =
                    "Where the network takes colours: [1, 3, height, width] or [1, height, width, 3]. Default: read from the file.")
    private String layout;

    @Option(
            names = "--size-multiple",
            paramLabel = "N",
            description =
                    "What height and width have to be multiples of. Default: the least of 1, 2, 4 ... 64 at which the picture is as large "
                            + "as the photo.")
    private Integer sizeMultiple;

    @Option(
            names = "--fixed-size",
            paramLabel = "WIDTHxHEIGHT",
            description = "The only size that the network takes. Default: read from the file.")
    private String fixedSize;

    @Option(
            names = "--output-name",
            paramLabel = "NAME",
            description = "Which output is the picture, of a network that has several.")
    private String outputName;

    @Option(
            names = "--memory-per-pixel",
            paramLabel = "BYTES",
            description = "Working memory that the network takes for each pixel. Default: measured on two pictures.")
    private Long memoryPerPixel;

    /** @throws UsageException where one of them was given without {@code --onnx} */
    void refuse() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("--channel-order", channelOrder);
        given.put("--input-range", inputRange);
        given.put("--mean", mean);
        given.put("--std", std);
        given.put("--output-range", outputRange);
        given.put("--output-channel-order", outputChannelOrder);
        given.put("--layout", layout);
        given.put("--size-multiple", sizeMultiple);
        given.put("--fixed-size", fixedSize);
        given.put("--output-name", outputName);
        given.put("--memory-per-pixel", memoryPerPixel);
        given.values().removeIf(Objects::isNull);
        given.forEach((option, value) -> {
            throw new UsageException("Invalid " + option + ": " + value + " (it goes with --onnx)");
        });
    }

    /** @throws UsageException where something is missing or cannot be understood */
    ToldConvention told() {
        ChannelOrder order = one("--channel-order", needed("--channel-order", channelOrder), ChannelOrder.values());
        ValueRange range = range("--input-range", needed("--input-range", inputRange));
        return new ToldConvention(
                Optional.ofNullable(layout).map(word -> one("--layout", word, PictureLayout.values())),
                order,
                range,
                numbers("--mean", mean, PictureTensor.NO_MEAN, false),
                numbers("--std", std, PictureTensor.NO_STD, true),
                Optional.ofNullable(outputName),
                outputChannelOrder == null
                        ? order
                        : one("--output-channel-order", outputChannelOrder, ChannelOrder.values()),
                outputRange == null ? range : range("--output-range", outputRange),
                multiple(),
                Optional.ofNullable(fixedSize).map(OnnxOptions::size),
                memory());
    }

    private static String needed(String option, String value) {
        if (value == null) {
            throw new UsageException(
                    "Missing " + option + ": an ONNX file does not say what its numbers mean; the network's "
                            + "authors do, in how they prepare a picture (--channel-order RGB or BGR; --input-range -1..1, 0..1 or 0..255)");
        }
        return value;
    }

    private static <E extends Enum<E>> E one(String option, String word, E[] known) {
        return Arrays.stream(known)
                .filter(each -> each.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "Invalid " + option + ": " + word + " (must be " + known[0] + " or " + known[1] + ")"));
    }

    private static ValueRange range(String option, String text) {
        try {
            return ValueRange.of(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid " + option + ": " + text
                    + " (must be LOW..HIGH, LOW below HIGH, such as -1..1, 0..1 or 0..255)");
        }
    }

    private static List<Double> numbers(String option, String text, List<Double> otherwise, boolean positive) {
        if (text == null) {
            return otherwise;
        }
        try {
            List<Double> numbers = Arrays.stream(text.split(","))
                    .map(number -> Double.valueOf(number.strip()))
                    .toList();
            if (numbers.size() == PictureTensor.CHANNELS
                    && numbers.stream().allMatch(number -> Double.isFinite(number) && (!positive || number > 0))) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new UsageException("Invalid " + option + ": " + text + " (must be 3 numbers"
                + (positive ? " above 0" : "") + ", such as 0.485,0.456,0.406)");
    }

    private OptionalInt multiple() {
        if (sizeMultiple == null) {
            return OptionalInt.empty();
        }
        if (sizeMultiple < 1 || sizeMultiple > 1024) {
            throw new UsageException("Invalid --size-multiple: " + sizeMultiple + " (must be between 1 and 1024)");
        }
        return OptionalInt.of(sizeMultiple);
    }

    private static PictureSizes size(String text) {
        Matcher matcher = SIZE.matcher(text);
        try {
            if (matcher.matches()) {
                return PictureSizes.only(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new UsageException("Invalid --fixed-size: " + text + " (must be WIDTHxHEIGHT, such as 256x256)");
    }

    private OptionalLong memory() {
        if (memoryPerPixel == null) {
            return OptionalLong.empty();
        }
        if (memoryPerPixel < 1 || memoryPerPixel > 1L << 30) {
            throw new UsageException(
                    "Invalid --memory-per-pixel: " + memoryPerPixel + " (must be between 1 and 1073741824 bytes)");
        }
        return OptionalLong.of(memoryPerPixel);
    }
}
