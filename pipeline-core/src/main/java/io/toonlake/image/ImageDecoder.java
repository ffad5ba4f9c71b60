package io.toonlake.image;

import static io.toonlake.image.RefusalReason.EMPTY;
import static io.toonlake.image.RefusalReason.NOT_AN_IMAGE;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads JPEG, PNG, WebP, BMP and TIFF strictly: a file is either one whole picture, or refused with a reason.
 *
 * <p>The format is told by content. A file's structure is walked first, which finds its size, its end and its metadata;
 * only then are pixels decoded, from the parts that make them. Bytes after the picture's end are passed over. EXIF
 * orientation is applied, ICC profiles are converted to sRGB, 16 bits are rounded to 8.
 *
 * <p>Holds no state but its limits: one decoder serves any number of threads.
 */
public final class ImageDecoder {

    private final DecodeLimits limits;

    public ImageDecoder(DecodeLimits limits) {
        this.limits = Objects.requireNonNull(limits);
    }

    /**
     * Decodes one file.
     *
     * @param file all its bytes; not changed
     * @throws ImageRefusedException if this is no picture, no whole picture, or none within the limits; nothing else is
     *     thrown, whatever the bytes are
     */
    public DecodedImage decode(byte[] file) throws ImageRefusedException {
        return open(file).decode();
    }

    /**
     * Walks one file, which tells its size; its pixels take no memory yet.
     *
     * @param file all its bytes; not changed, and kept by what is returned
     * @throws ImageRefusedException if this is no picture, no whole picture as far as its structure tells, or none within the limits;
     *     nothing else is thrown, whatever the bytes are
     */
    public UndecodedImage open(byte[] file) throws ImageRefusedException {
        limits.checkBytes(file.length);
        ImageFormat format = format(file);
        return guarded(format, () -> new UndecodedImage(format, open(format, file)));
    }

    /** What may meet damage of any kind. */
    @FunctionalInterface
    interface Step<T> {
        T run() throws ImageRefusedException;
    }

    static <T> T guarded(ImageFormat format, Step<T> step) throws ImageRefusedException {
        try {
            return step.run();
        } catch (RuntimeException | StackOverflowError e) {
            throw unreadable(format, e);
        } catch (OutOfMemoryError e) {
            // An array no heap could hold was asked for by a file that lies. A heap that is merely full is not the
            // file's fault, and must not put a good picture into quarantine.
            if (String.valueOf(e.getMessage()).contains("exceeds VM limit")) {
                throw unreadable(format, e);
            }
            throw e;
        }
    }

    private static ImageRefusedException unreadable(ImageFormat format, Throwable cause) {
        return new ImageRefusedException(
                RefusalReason.CORRUPT, "the " + format + " reader fails on its data (" + cause + ")", cause);
    }

    private static ImageFormat format(byte[] file) throws ImageRefusedException {
        if (file.length == 0) {
            throw new ImageRefusedException(EMPTY, "the file has no bytes");
        }
        Optional<ImageFormat> format = ImageFormat.of(file);
        if (format.isPresent()) {
            return format.get();
        }
        Optional<ForeignFormat> foreign = ForeignFormat.of(file);
        if (foreign.isPresent()) {
            throw new ImageRefusedException(
                    UNSUPPORTED_FORMAT,
                    foreign.get().label() + " is not read: convert it to JPEG, PNG, WebP, BMP or TIFF");
        }
        String head = HexFormat.ofDelimiter(" ").withUpperCase().formatHex(file, 0, Math.min(8, file.length));
        throw new ImageRefusedException(NOT_AN_IMAGE, "no picture begins with the bytes " + head);
    }

    private PictureFile open(ImageFormat format, byte[] file) throws ImageRefusedException {
        return switch (format) {
            case JPEG -> new JpegFile(file, limits);
            case PNG -> new PngFile(file, limits);
            case WEBP -> new WebpFile(file, limits);
            case BMP -> new BmpFile(file, limits);
            case TIFF -> new TiffFile(file, limits);
        };
    }
}
