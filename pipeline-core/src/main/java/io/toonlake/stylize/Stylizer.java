package io.toonlake.stylize;

import io.toonlake.image.PixelImage;

/**
 * Turns pictures into cartoons of the same size.
 *
 * <p>The network's sizes are multiples of a few pixels and no smaller than a few more; other pictures are padded at the
 * bottom and the right, and cropped after. The padding mirrors the picture at its last row and column, which are not
 * repeated ({@code a b c | b a b c}), as often as it takes; a single row or column is repeated.
 *
 * <p>An alpha channel is kept as it is, and only the colours are stylized. Colours under transparent pixels are stylized
 * like any others, as they are stored, and take part in what the network makes of the whole picture: a caller to whom they
 * are noise lays the picture on a background first ({@link PixelImage#over}).
 *
 * <p>As safe for use by threads as its engine: by one at a time.
 */
public final class Stylizer {
    private static final float HALF_RANGE = 127.5f;
    private static final int COLOURS = 3;

    private final StylizingEngine engine;

    /** @param engine stays the caller's to close */
    public Stylizer(StylizingEngine engine) {
        this.engine = engine;
    }

    /** The cartoon of a picture: as wide, as high, with its alpha. */
    public PixelImage stylize(PixelImage picture) {
        int width = workingWidth(picture.width());
        int height = workingHeight(picture.height());
        float[] stylized = engine.stylize(toNetwork(picture, width, height), width, height);
        return fromNetwork(stylized, width, height, picture);
    }

    /** The most memory that stylizing a picture of that size takes beyond the idle engine, in bytes. */
    public long estimatedBytes(int width, int height) {
        // The cartoon's own bytes come on top of the engine's.
        return engine.estimatedBytes(workingWidth(width), workingHeight(height)) + cartoonBytes(width, height);
    }

    /** What of that, and whatever the engine, is in the heap: the network's input and output, and the cartoon. */
    public static long heapBytes(int width, int height) {
        return 2L * COLOURS * Float.BYTES * width * height + cartoonBytes(width, height);
    }

    /** What a cartoon's pixels take, with alpha. */
    static long cartoonBytes(int width, int height) {
        return 4L * width * height;
    }

    /** What computes the cartoon of a picture of that size. */
    public EngineKind kindFor(int width, int height) {
        return engine.kindFor(workingWidth(width), workingHeight(height));
    }

    private int workingWidth(int width) {
        return workingSide(width, engine.minWidthPixels());
    }

    private int workingHeight(int height) {
        return workingSide(height, engine.minHeightPixels());
    }

    /** The side of the padded picture. */
    private int workingSide(int side, int least) {
        int multiple = engine.sizeMultiple();
        return Math.max((side + multiple - 1) / multiple * multiple, least);
    }

    /** Pixels as [3, height, width], value = byte / 127.5 − 1, mirrored beyond the picture's own size. */
    private static float[] toNetwork(PixelImage picture, int width, int height) {
        int plane = Math.multiplyExact(width, height);
        float[] values = new float[Math.multiplyExact(COLOURS, plane)];
        byte[] pixels = picture.pixels();
        for (int y = 0; y < height; y++) {
            int row = mirrored(y, picture.height()) * picture.width();
            for (int x = 0; x < width; x++) {
                int from = (row + mirrored(x, picture.width())) * picture.channels();
                for (int c = 0; c < COLOURS; c++) {
                    values[c * plane + y * width + x] = (pixels[from + c] & 0xFF) / HALF_RANGE - 1;
                }
            }
        }
        return values;
    }

    /** Where position {@code at >= 0} lands after mirroring at both ends of {@code length} pixels. */
    static int mirrored(int at, int length) {
        if (at < length || length == 1) {
            return Math.min(at, length - 1);
        }
        int period = 2 * (length - 1);
        int within = at % period;
        return Math.min(within, period - within);
    }

    /** The top left part as pixels, byte = (value + 1) · 127.5, rounded and clamped; with the photo's alpha. */
    private static PixelImage fromNetwork(float[] values, int width, int height, PixelImage photo) {
        int plane = width * height;
        int channels = photo.channels();
        byte[] pixels = new byte[photo.pixels().length];
        for (int y = 0; y < photo.height(); y++) {
            for (int x = 0; x < photo.width(); x++) {
                int to = (y * photo.width() + x) * channels;
                for (int c = 0; c < COLOURS; c++) {
                    int value = Math.round((values[c * plane + y * width + x] + 1) * HALF_RANGE);
                    pixels[to + c] = (byte) Math.max(0, Math.min(255, value));
                }
                if (photo.hasAlpha()) {
                    pixels[to + COLOURS] = photo.pixels()[to + COLOURS];
                }
            }
        }
        return photo.hasAlpha()
                ? PixelImage.bgra(photo.width(), photo.height(), pixels)
                : PixelImage.bgr(photo.width(), photo.height(), pixels);
    }
}
