package io.toonlake.image;

import java.util.Arrays;
import java.util.Optional;

/**
 * A picture in memory: 8 bits a sample, sRGB, rows from top to bottom.
 *
 * <p>Samples are interleaved, {@code pixels()[(y * width + x) * channels + c]}, in the order blue, green, red and, where
 * there is a fourth channel, straight (not premultiplied) alpha: the order of OpenCV and of the published CartoonGAN
 * weights. Immutable by convention: {@link #pixels()} is the array itself, so that large pictures are not copied at every
 * step, and nobody writes to it after the picture was made.
 */
public final class PixelImage {

    private static final int OPAQUE = 255;

    private final int width;
    private final int height;
    private final int channels;
    private final byte[] pixels;

    private PixelImage(int width, int height, int channels, byte[] pixels) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "Invalid picture size: " + width + "x" + height + " (both sides must be >= 1)");
        }
        long expected = (long) width * height * channels;
        if (pixels.length != expected) {
            throw new IllegalArgumentException("Invalid pixels: " + pixels.length + " bytes (a " + width + "x" + height
                    + " picture of " + channels + " channels has " + expected + ")");
        }
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.pixels = pixels;
    }

    /** A picture without alpha; takes over {@code pixels}, {@code width * height * 3} bytes in BGR order. */
    public static PixelImage bgr(int width, int height, byte[] pixels) {
        return new PixelImage(width, height, 3, pixels);
    }

    /** A picture with straight alpha; takes over {@code pixels}, {@code width * height * 4} bytes in BGRA order. */
    public static PixelImage bgra(int width, int height, byte[] pixels) {
        return new PixelImage(width, height, 4, pixels);
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** 3 for BGR, 4 for BGRA. */
    public int channels() {
        return channels;
    }

    /** The samples themselves, not a copy: read only. */
    public byte[] pixels() {
        return pixels;
    }

    /** Whether there is an alpha channel, even one that is opaque throughout. */
    public boolean hasAlpha() {
        return channels == 4;
    }

    /**
     * The picture laid on a plain background, without alpha.
     *
     * @param rgbBackground {@code 0xRRGGBB}
     */
    public PixelImage over(int rgbBackground) {
        if (!hasAlpha()) {
            return this;
        }
        int[] background = {rgbBackground & 0xFF, rgbBackground >> 8 & 0xFF, rgbBackground >> 16 & 0xFF};
        byte[] flat = new byte[width * height * 3];
        for (int from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
            int alpha = pixels[from + 3] & 0xFF;
            for (int c = 0; c < 3; c++) {
                int mixed = (pixels[from + c] & 0xFF) * alpha + background[c] * (OPAQUE - alpha);
                flat[to + c] = (byte) ((mixed + OPAQUE / 2) / OPAQUE);
            }
        }
        return bgr(width, height, flat);
    }

    /**
     * The picture with a colour under its wholly transparent pixels, which have whatever their program left there; what is seen of it stays.
     *
     * @param rgbBackground {@code 0xRRGGBB}
     * @return this one where nothing is wholly transparent
     */
    public PixelImage withColorBeneath(int rgbBackground) {
        byte[] colored = null;
        for (int at = 0; hasAlpha() && at < pixels.length; at += 4) {
            if (pixels[at + 3] == 0) {
                colored = colored == null ? pixels.clone() : colored;
                colored[at] = (byte) rgbBackground;
                colored[at + 1] = (byte) (rgbBackground >> 8);
                colored[at + 2] = (byte) (rgbBackground >> 16);
            }
        }
        return colored == null ? this : bgra(width, height, colored);
    }

    /** The alpha channel, {@code width * height} bytes, as a copy; empty where there is none. */
    public Optional<byte[]> alpha() {
        if (!hasAlpha()) {
            return Optional.empty();
        }
        byte[] alpha = new byte[width * height];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = pixels[4 * i + 3];
        }
        return Optional.of(alpha);
    }

    /**
     * The same colours under another alpha channel.
     *
     * @param alpha {@code width * height} bytes
     */
    public PixelImage withAlpha(byte[] alpha) {
        if (alpha.length != width * height) {
            throw new IllegalArgumentException("Invalid alpha: " + alpha.length + " bytes (a " + width + "x" + height
                    + " picture has " + width * height + ")");
        }
        byte[] both = new byte[Math.multiplyExact(alpha.length, 4)];
        for (int i = 0; i < alpha.length; i++) {
            System.arraycopy(pixels, i * channels, both, 4 * i, 3);
            both[4 * i + 3] = alpha[i];
        }
        return bgra(width, height, both);
    }

    /** The rectangle of {@code cropWidth * cropHeight} pixels whose top left corner is at ({@code x}, {@code y}). */
    public PixelImage crop(int x, int y, int cropWidth, int cropHeight) {
        if (x < 0 || y < 0 || cropWidth < 1 || cropHeight < 1 || cropWidth > width - x || cropHeight > height - y) {
            throw new IllegalArgumentException("Invalid crop: " + cropWidth + "x" + cropHeight + " at (" + x + ", " + y
                    + ") (must lie within " + width + "x" + height + ")");
        }
        byte[] cut = new byte[cropWidth * cropHeight * channels];
        int row = cropWidth * channels;
        for (int line = 0; line < cropHeight; line++) {
            System.arraycopy(pixels, ((y + line) * width + x) * channels, cut, line * row, row);
        }
        return new PixelImage(cropWidth, cropHeight, channels, cut);
    }

    /**
     * The picture at another size: averaged over areas where both sides shrink, bicubic otherwise. Colours are weighted by
     * their alpha, so what is invisible does not bleed into what is seen.
     */
    public PixelImage resize(int newWidth, int newHeight) {
        if (newWidth < 1 || newHeight < 1) {
            throw new IllegalArgumentException(
                    "Invalid size to resize to: " + newWidth + "x" + newHeight + " (both sides must be >= 1)");
        }
        if (newWidth == width && newHeight == height) {
            return this;
        }
        return new PixelImage(
                newWidth,
                newHeight,
                channels,
                NativePixels.resize(pixels, width, height, channels, newWidth, newHeight));
    }

    /**
     * The picture with its longer side shortened to so many pixels, the shorter one in proportion (1 at least); this one where it is no
     * longer than that.
     */
    public PixelImage within(int maxEdgePixels) {
        return within(maxEdgePixels, maxEdgePixels);
    }

    /** The picture made smaller in proportion, to be no wider and no higher than that; this one where it is neither. */
    public PixelImage within(int maxWidth, int maxHeight) {
        double scale = Math.min((double) maxWidth / width, (double) maxHeight / height);
        return scale >= 1 ? this : resize(scaled(width, scale), scaled(height, scale));
    }

    private static int scaled(int side, double scale) {
        return (int) Math.max(1, Math.round(side * scale));
    }

    /** The picture with left and right exchanged. */
    public PixelImage mirrored() {
        byte[] turned = new byte[pixels.length];
        for (int y = 0; y < height; y++) {
            int from = y * width * channels;
            int to = from + (width - 1) * channels;
            for (int x = 0; x < width; x++, from += channels, to -= channels) {
                for (int c = 0; c < channels; c++) {
                    turned[to + c] = pixels[from + c];
                }
            }
        }
        return new PixelImage(width, height, channels, turned);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PixelImage that
                && width == that.width
                && height == that.height
                && channels == that.channels
                && Arrays.equals(pixels, that.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * width + height) + channels) + Arrays.hashCode(pixels);
    }

    /** Size and kind, not the pixels. */
    @Override
    public String toString() {
        return width + "x" + height + (hasAlpha() ? " BGRA" : " BGR");
    }
}
