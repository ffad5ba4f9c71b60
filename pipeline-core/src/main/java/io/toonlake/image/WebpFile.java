package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.FileBytes.truncated;
import static io.toonlake.image.RefusalReason.ANIMATED;

import io.toonlake.image.Samples.Layout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A WebP, walked chunk by chunk (RFC 9649); its pixels come from libwebp, which refuses data that ends early. */
final class WebpFile implements PictureFile {

    private static final int ANIMATION_FLAG = 0x02;
    private static final int START_CODE = 0x2A019D;

    private final FileBytes file;
    private final DecodeLimits limits;
    private final long end;
    private long canvasWidth;
    private long canvasHeight;
    private int width;
    private int height;
    private int orientation = 1;
    private byte[] profile;
    private byte[] exif = {};
    private byte[] xmp = {};
    private Samples samples;

    WebpFile(byte[] data, DecodeLimits limits) throws ImageRefusedException {
        this.file = new FileBytes(data, ByteOrder.LITTLE_ENDIAN);
        this.limits = limits;
        this.end = 8 + file.u32(4);
        long at = 12;
        while (at + 8 <= end && at + 8 <= data.length) {
            String type = file.text(at, 4);
            long length = file.u32(at + 4);
            sizes(type, at + 8);
            if (at + 8 + length > end) {
                throw corrupt("chunk at byte " + at + " of length " + length + " goes past the file's own end, " + end);
            }
            if (at + 8 + length > data.length) {
                break;
            }
            metadata(type, at + 8, length);
            at += 8 + length + (length & 1);
        }
        if (end > data.length) {
            throw truncated("data ends at byte " + data.length + " of " + end);
        }
        if (width == 0) {
            throw corrupt("no image data");
        }
    }

    /** Reads a size from the chunks that state one, before anything else about them is believed. */
    private void sizes(String type, long at) throws ImageRefusedException {
        switch (type) {
            case "VP8X" -> {
                if ((file.u8(at) & ANIMATION_FLAG) != 0) {
                    throw animated();
                }
                canvasWidth = (file.u32(at + 3) >> 8) + 1;
                canvasHeight = file.u16(at + 7) + (file.u8(at + 9) << 16) + 1L;
                limits.checkSize(canvasWidth, canvasHeight);
            }
            case "VP8 " -> {
                if ((file.u8(at) & 1) != 0 || (file.u32(at + 2) >> 8) != START_CODE) {
                    throw corrupt("no key frame at byte " + at);
                }
                frame(file.u16(at + 6) & 0x3FFF, file.u16(at + 8) & 0x3FFF);
            }
            case "VP8L" -> {
                if (file.u8(at) != 0x2F) {
                    throw corrupt("no lossless image data at byte " + at);
                }
                long bits = file.u32(at + 1);
                frame((int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1);
            }
            case "ANIM", "ANMF" -> throw animated();
            default -> {
                // Metadata, or a chunk of a later version: readers are to pass over it.
            }
        }
    }

    private void frame(int frameWidth, int frameHeight) throws ImageRefusedException {
        limits.checkSize(frameWidth, frameHeight);
        if (width != 0) {
            throw corrupt("a second picture");
        }
        if (canvasWidth != 0 && (canvasWidth != frameWidth || canvasHeight != frameHeight)) {
            throw corrupt("the header states " + canvasWidth + "x" + canvasHeight + ", the picture " + frameWidth + "x"
                    + frameHeight);
        }
        width = frameWidth;
        height = frameHeight;
    }

    private void metadata(String type, long at, long length) throws ImageRefusedException {
        if (type.equals("EXIF")) {
            exif = file.copy(at, length);
            orientation = Orientation.of(exif);
            // Some write a JPEG's letters before it.
            exif = length > 6 && file.text(at, 6).equals("Exif\0\0") ? file.copy(at + 6, length - 6) : exif;
        } else if (type.equals("XMP ")) {
            xmp = file.copy(at, length);
        } else if (type.equals("ICCP")) {
            profile = file.copy(at, length);
        }
    }

    private static ImageRefusedException animated() {
        return new ImageRefusedException(ANIMATED, "an animated WebP: one picture is expected");
    }

    @Override
    public int orientation() {
        return orientation;
    }

    @Override
    public Optional<byte[]> profile() {
        return Optional.ofNullable(profile);
    }

    @Override
    public EmbeddedMetadata metadata() {
        return EmbeddedMetadata.of(exif, xmp, Map.of());
    }

    @Override
    public int bitDepth() {
        return 8;
    }

    @Override
    public String colour() {
        return samples != null && samples.layout() == Layout.BGRA ? "rgb-alpha" : "rgb";
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public Samples decode() throws ImageRefusedException {
        byte[] data = file.data();
        samples = NativePixels.decode(end == data.length ? data : Arrays.copyOf(data, (int) end), width, height);
        return samples;
    }
}
