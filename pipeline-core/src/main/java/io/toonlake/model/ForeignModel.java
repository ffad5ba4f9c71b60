package io.toonlake.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Somebody's photo-to-picture network: an ONNX file, and how it takes and gives pictures, which such a file does not say. It is data: no
 * operator comes from a library of its own, and no tensor from another file.
 */
public final class ForeignModel implements StylizingModel {
    static final String KIND = "onnx";

    private final byte[] onnx;
    private final PictureTensor input;
    private final PictureTensor output;
    private final PictureSizes sizes;
    private final long bytesPerPixel;
    private final ModelOrigin origin;
    private final String fingerprint;

    /**
     * @param onnx the file, whole; shared with the caller and immutable by convention
     * @param bytesPerPixel of working memory that ONNX Runtime takes for a picture, by measurement or as somebody said
     */
    public ForeignModel(
            byte[] onnx,
            PictureTensor input,
            PictureTensor output,
            PictureSizes sizes,
            long bytesPerPixel,
            ModelOrigin origin) {
        if (bytesPerPixel < 1) {
            throw new IllegalArgumentException("Invalid bytes per pixel: %d (must be >= 1)".formatted(bytesPerPixel));
        }
        this.onnx = onnx;
        this.input = input;
        this.output = output;
        this.sizes = sizes;
        this.bytesPerPixel = bytesPerPixel;
        this.origin = origin;
        this.fingerprint = fingerprint(onnx, input, output, sizes);
    }

    /** The file itself, not a copy: read only. */
    public byte[] onnx() {
        return onnx;
    }

    public PictureTensor input() {
        return input;
    }

    public PictureTensor output() {
        return output;
    }

    public PictureSizes sizes() {
        return sizes;
    }

    public long bytesPerPixel() {
        return bytesPerPixel;
    }

    @Override
    public ModelOrigin origin() {
        return origin;
    }

    /** SHA-256 over how pictures go in and out, and the file, as {@code docs/formats/model.md} spells out. */
    @Override
    public String fingerprint() {
        return fingerprint;
    }

    private static String fingerprint(byte[] onnx, PictureTensor input, PictureTensor output, PictureSizes sizes) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        String text = "toonlake-model %d\nkind %s\n".formatted(Model.FORMAT_VERSION, KIND)
                + canonical("input", input)
                + canonical("output", output)
                + "size-multiple %d\nleast %dx%d\nfixed %s\n"
                        .formatted(sizes.multiple(), sizes.minWidth(), sizes.minHeight(), sizes.fixed());
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update(onnx);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String canonical(String side, PictureTensor picture) {
        return "%s %s %s %s\nvalue-range %s\nmean %s\nstd %s\nname %s\n"
                .formatted(
                        side,
                        picture.type().code(),
                        picture.layout(),
                        picture.channelOrder(),
                        bits(List.of(picture.range().low(), picture.range().high())),
                        bits(picture.mean()),
                        bits(picture.std()),
                        picture.name());
    }

    /** As their bits, since their decimal digits are a matter of the printing library. */
    private static List<String> bits(List<Double> values) {
        return values.stream()
                // Zero has two signs and one meaning.
                .map(value -> "%016x".formatted(Double.doubleToLongBits(value + 0.0)))
                .toList();
    }

    @Override
    public String toString() {
        return "%s (%s, ONNX, %s in, %s out, %s)"
                .formatted(origin.title(), fingerprint.substring(0, 12), input, output, sizes);
    }
}
