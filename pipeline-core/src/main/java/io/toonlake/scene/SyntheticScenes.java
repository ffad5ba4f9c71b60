package io.toonlake.scene;

import io.toonlake.image.PixelImage;
import java.util.SplittableRandom;

/**
 * Pictures drawn from a seed. The same seed and size give the same bytes on the same JDK; different seeds give different
 * scenes, and a photo and a cartoon of one seed have nothing in common. May be used by several threads at once.
 */
public final class SyntheticScenes {

    private static final int MIN_SIDE_PIXELS = 16;
    private static final long PHOTO = 0x70686F746FL;
    private static final long CARTOON = 0x636172746F6F6EL;

    private SyntheticScenes() {}

    /**
     * A photo-like picture: gradients, textures, soft shading, haze, a little blur and noise.
     *
     * @param seed any number; it chooses the scene, the time of day and the colours
     * @return a BGR picture of {@code width * height} pixels
     * @throws IllegalArgumentException where a side has fewer than 16 pixels
     */
    public static PixelImage photo(long seed, int width, int height) {
        checkSize(width, height);
        SplittableRandom random = random(seed, PHOTO);
        Palette palette = Palette.photo(random);
        return draw(seed, random, palette, new PhotoPainter(width, height, palette, random.split()), width, height);
    }

    /**
     * A cartoon-like picture: flat saturated regions of two or three shades, dark outlines, hard shadows.
     *
     * @param seed any number; it chooses the scene and the palette
     * @return a BGR picture of {@code width * height} pixels
     * @throws IllegalArgumentException where a side has fewer than 16 pixels
     */
    public static PixelImage cartoon(long seed, int width, int height) {
        checkSize(width, height);
        SplittableRandom random = random(seed, CARTOON);
        Palette palette = Palette.cartoon(random);
        return draw(seed, random, palette, new CartoonPainter(width, height, palette, random.split()), width, height);
    }

    private static PixelImage draw(
            long seed, SplittableRandom random, Palette palette, Painter painter, int width, int height) {
        Stage stage = new Stage(random, palette, painter, (double) width / height);
        // In turn rather than by chance: a small collection should show every motif.
        Motif.values()[(int) Math.floorMod(seed, (long) Motif.values().length)].compose(stage);
        return painter.finish();
    }

    /** Spreads neighbouring seeds over the whole range first (David Stafford's 13th mix of MurmurHash3's finalizer). */
    private static SplittableRandom random(long seed, long domain) {
        long mixed = seed * 0x9E3779B97F4A7C15L + domain;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return new SplittableRandom(mixed ^ (mixed >>> 31));
    }

    private static void checkSize(int width, int height) {
        if (width < MIN_SIDE_PIXELS || height < MIN_SIDE_PIXELS) {
            throw new IllegalArgumentException(
                    "Invalid scene size: " + width + "x" + height + " (both sides must be >= " + MIN_SIDE_PIXELS + ")");
        }
    }
}
