package io.toonlake.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What {@code model.json} says of a {@link ForeignModel}. */
final class ForeignDescription {
    private ForeignDescription() {}

    static void write(ForeignModel model, ObjectNode json) {
        json.putObject("architecture").put("kind", ForeignModel.KIND);
        ObjectNode input = json.putObject("input");
        write(model.input(), input);
        input.put("size-multiple", model.sizes().multiple())
                .put("min-width", model.sizes().minWidth())
                .put("min-height", model.sizes().minHeight())
                .put("fixed-size", model.sizes().fixed());
        write(model.output(), json.putObject("output"));
        json.putObject("memory").put("bytes-per-pixel", model.bytesPerPixel());
    }

    private static void write(PictureTensor picture, ObjectNode json) {
        json.put("name", picture.name())
                .put("data-type", picture.type().code())
                .put("layout", picture.layout().name())
                .put("channel-order", picture.channelOrder().name());
        json.putArray("value-range")
                .add(picture.range().low())
                .add(picture.range().high());
        picture.mean().forEach(json.putArray("mean")::add);
        picture.std().forEach(json.putArray("std")::add);
    }

    /** @param onnx the file that the description is of */
    static ForeignModel read(DescriptionFields description, byte[] onnx, ModelOrigin origin)
            throws ModelFormatException {
        try {
            return new ForeignModel(
                    onnx,
                    picture(description, "input"),
                    picture(description, "output"),
                    new PictureSizes(
                            (int) description.number("input.size-multiple"),
                            (int) description.number("input.min-width"),
                            (int) description.number("input.min-height"),
                            description.text("input.fixed-size").equals("true")),
                    (long) description.number("memory.bytes-per-pixel"),
                    origin);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException("Cannot read %s: %s".formatted(description.file(), e.getMessage()), e);
        }
    }

    private static PictureTensor picture(DescriptionFields description, String side) throws ModelFormatException {
        return new PictureTensor(
                description.text(side + ".name"),
                type(description, side + ".data-type"),
                one(description, side + ".layout", PictureLayout.values()),
                one(description, side + ".channel-order", ChannelOrder.values()),
                new ValueRange(
                        description.number(side + ".value-range.0"), description.number(side + ".value-range.1")),
                numbers(description, side + ".mean"),
                numbers(description, side + ".std"));
    }

    private static NumberType type(DescriptionFields description, String path) throws ModelFormatException {
        String code = description.text(path);
        return Arrays.stream(NumberType.values())
                .filter(type -> type.code().equals(code))
                .findFirst()
                .orElseThrow(() -> unknown(description, path, code, "float32, float16"));
    }

    private static <E extends Enum<E>> E one(DescriptionFields description, String path, E[] known)
            throws ModelFormatException {
        String name = description.text(path);
        return Arrays.stream(known)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(description, path, name, Arrays.toString(known)));
    }

    private static ModelFormatException unknown(
            DescriptionFields description, String path, String found, String known) {
        return new ModelFormatException("Cannot read %s: %s is %s, this version of Toonlake knows %s"
                .formatted(description.file(), path, found, known));
    }

    private static List<Double> numbers(DescriptionFields description, String path) throws ModelFormatException {
        List<Double> numbers = new ArrayList<>();
        for (int c = 0; c < PictureTensor.CHANNELS; c++) {
            numbers.add(description.number(path + "." + c));
        }
        return numbers;
    }
}
