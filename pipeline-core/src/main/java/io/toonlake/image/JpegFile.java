package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.FileBytes.truncated;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A JPEG, walked marker by marker (ITU-T T.81, annex B) from its beginning to its end-of-image marker.
 *
 * <p>While walking, a cleaned copy is gathered for the decoder: tables, frame and scans as they stand, no metadata. So odd
 * or broken metadata cannot cost a picture, thumbnails are out of the way, and the choice between RGB, YCbCr, CMYK and YCCK
 * is made here, once, by the rules of libjpeg.
 */
final class JpegFile implements PictureFile {

    /** More scans than any encoder writes; each costs a pass over the whole picture. */
    private static final int MOST_SCANS = 100;

    private static final int ADOBE_NONE = -1;

    private final FileBytes file;
    private final DecodeLimits limits;
    private final ByteArrayOutputStream cleaned;
    private final JpegProfile profile = new JpegProfile();
    private final JpegMetadata metadata = new JpegMetadata();
    private JpegFrame frame;
    private int scans;
    private boolean jfif;
    private int adobeTransform = ADOBE_NONE;
    private int orientation = 1;

    JpegFile(byte[] data, DecodeLimits limits) throws ImageRefusedException {
        this.file = new FileBytes(data, ByteOrder.BIG_ENDIAN);
        this.limits = limits;
        this.cleaned = new ByteArrayOutputStream(data.length);
        int at = 2;
        while (true) {
            at = marker(at);
            int code = byteAt(at - 1);
            if (code == 0xD9) {
                break;
            }
            if (code != 0x01) { // TEM stands alone and means nothing
                at = segment(code, at);
            }
        }
        if (frame == null || scans == 0) {
            throw corrupt("the picture ends at byte " + at + " without image data");
        }
        frame.checkScanned();
    }

    /** The position after the next marker. */
    private int marker(int from) throws ImageRefusedException {
        int at = from;
        while (byteAt(at) != 0xFF || byteAt(at + 1) == 0x00) {
            // Some cameras leave a few bytes between segments; decoders step over them.
            if (++at - from > JpegDamage.MOST_STRAY_BYTES) {
                throw corrupt("no marker at byte " + from);
            }
        }
        while (byteAt(at) == 0xFF) {
            at++;
        }
        return at + 1;
    }

    /** Takes in the segment whose length stands at {@code at}; returns the position after it and its image data. */
    private int segment(int code, int at) throws ImageRefusedException {
        if (code >= 0xD0 && code <= 0xD8) {
            throw corrupt(String.format("misplaced marker FF%02X before byte %d", code, at));
        }
        byteAt(at + 1);
        int length = file.u16(at);
        if (length < 2) {
            throw corrupt("a segment of length " + length + " at byte " + at);
        }
        byteAt(at + length - 1);
        switch (code) {
            case 0xE0 -> jfif |= begins(at, length, "JFIF\0");
            case 0xE1 -> {
                exif(at, length);
                metadata.add(file, at + 2, length - 2);
            }
            case 0xED -> metadata.add(file, at + 2, length - 2);
            case 0xE2 -> profile.add(file, at + 2, length - 2);
            case 0xEE -> {
                if (length >= 14 && begins(at, length, "Adobe")) {
                    adobeTransform = file.u8(at + 13);
                }
            }
            case 0xC4, 0xDB, 0xDD -> keep(code, at, length); // Huffman tables, quantization tables, restart interval
            case 0xDA -> {
                return scan(at, length);
            }
            default -> {
                if (code >= 0xC0 && code <= 0xCF) {
                    startFrame(code, at, length);
                }
                // What is left says nothing about the pixels: application data, comments, reserved markers.
            }
        }
        return at + length;
    }

    private void startFrame(int code, int at, int length) throws ImageRefusedException {
        if (frame != null) {
            throw corrupt("a second frame header at byte " + at);
        }
        frame = JpegFrame.read(file, code, at, length, limits);
        keep(code, at, length);
    }

    private int scan(int at, int length) throws ImageRefusedException {
        if (frame == null) {
            throw corrupt("image data at byte " + at + " before the frame header");
        }
        if (++scans > MOST_SCANS) {
            throw corrupt("more than " + MOST_SCANS + " scans");
        }
        cleaned.writeBytes(frame.scanHeader(file, at, length));
        int start = at + length;
        byte[] data = file.data();
        int end = start;
        while (true) {
            while (end < data.length && data[end] != (byte) 0xFF) {
                end++;
            }
            int next = byteAt(end + 1);
            if (next != 0x00 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
                break;
            }
            end += next == 0xFF ? 1 : 2;
        }
        cleaned.write(data, start, end - start);
        return end;
    }

    private void exif(int at, int length) throws ImageRefusedException {
        if (begins(at, length, "Exif\0") && orientation == 1) {
            orientation = Orientation.of(file.copy(at + 2, length - 2));
        }
    }

    private boolean begins(int at, int length, String letters) throws ImageRefusedException {
        return length - 2 >= letters.length()
                && file.text(at + 2, letters.length()).equals(letters);
    }

    private void keep(int code, int at, int length) {
        cleaned.write(0xFF);
        cleaned.write(code);
        cleaned.write(file.data(), at, length);
    }

    private int byteAt(int at) throws ImageRefusedException {
        if (at >= file.length()) {
            throw truncated("data ends at byte " + file.length() + " without an end-of-image marker");
        }
        return file.data()[at] & 0xFF;
    }

    @Override
    public int orientation() {
        return orientation;
    }

    @Override
    public Optional<byte[]> profile() {
        return profile.bytes();
    }

    @Override
    public EmbeddedMetadata metadata() {
        return metadata.found();
    }

    @Override
    public int bitDepth() {
        return 8;
    }

    @Override
    public String colour() {
        return switch (frame.components()) {
            case 1 -> "grey";
            case 3 -> "rgb";
            default -> "cmyk";
        };
    }

    @Override
    public int width() {
        return frame.width();
    }

    @Override
    public int height() {
        return frame.height();
    }

    @Override
    public Samples decode() throws ImageRefusedException {
        JpegPixels pixels = new JpegPixels(frame.width(), frame.height(), cleaned.toByteArray());
        return switch (frame.components()) {
            case 1 -> pixels.grey();
            case 3 -> pixels.colour(storesLuma());
            default -> pixels.cmyk(adobeTransform != ADOBE_NONE && adobeTransform != 0);
        };
    }

    /** Whether three components are YCbCr rather than RGB, by libjpeg's rules: JFIF, then Adobe, then the components' names. */
    private boolean storesLuma() {
        if (jfif) {
            return true;
        }
        return adobeTransform == ADOBE_NONE ? !frame.namesRgb() : adobeTransform != 0;
    }
}
