package io.toonlake.image;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Writes pictures by OpenCV: the same picture, format and quality give the same bytes. Holds no state, so one encoder
 * serves any number of threads; the native memory of a call is freed before it returns.
 */
public final class ImageEncoder {

    /**
     * Encodes a picture.
     *
     * @param image BGR, or BGRA for PNG and WebP
     * @param format {@link ImageFormat#JPEG} (4:2:0), {@link ImageFormat#PNG} or {@link ImageFormat#WEBP} (lossy colour;
     *     alpha exact)
     * @param quality 1 to 100, the encoders' own scale; PNG is lossless and takes no notice of it
     * @throws IllegalArgumentException if the format is not written here, if the quality is out of range, if a picture
     *     with alpha is to become a JPEG (lay it on a background first), or if the picture is too large for the format
     */
    public byte[] encode(PixelImage image, ImageFormat format, int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("Invalid quality: " + quality + " (must be >= 1 and <= 100)");
        }
        int longest = Math.max(image.width(), image.height());
        return switch (format) {
            case JPEG -> {
                if (image.hasAlpha()) {
                    throw new IllegalArgumentException(
                            "Cannot encode a picture with alpha as JPEG: lay it on a background first");
                }
                checkSide(format, longest, 65_500);
                yield encode(image, ".jpg", opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality);
            }
            case PNG -> {
                checkSide(format, longest, 1_000_000); // libpng's own bound
                yield encode(image, ".png");
            }
            case WEBP -> {
                checkSide(format, longest, 16_383);
                // Above 100 OpenCV's quality means lossless.
                yield encode(image, ".webp", opencv_imgcodecs.IMWRITE_WEBP_QUALITY, quality);
            }
            case BMP, TIFF ->
                throw new IllegalArgumentException("Cannot encode as " + format + ": JPEG, PNG and WEBP are written");
        };
    }

    private static void checkSide(ImageFormat format, int longest, int most) {
        if (longest > most) {
            throw new IllegalArgumentException(
                    "Cannot encode a side of " + longest + " pixels as " + format + " (must be <= " + most + ")");
        }
    }

    @SuppressWarnings("try") // the scope works by being open
    private static byte[] encode(PixelImage image, String extension, int... settings) {
        try (PointerScope scope = new PointerScope()) {
            Mat matrix = NativePixels.matrix(image.pixels(), image.width(), image.height(), image.channels());
            BytePointer buffer = new BytePointer();
            if (!opencv_imgcodecs.imencode(extension, matrix, buffer, new IntPointer(settings))) {
                throw new IllegalStateException("OpenCV gave no " + extension + " for a picture of " + image);
            }
            byte[] bytes = new byte[Math.toIntExact(buffer.limit())];
            buffer.get(bytes);
            return bytes;
        }
    }
}
