package io.toonlake.testing;

import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import java.util.ArrayList;
import java.util.List;

/** Frames of films: scenes that are slow pans over drawn cartoons. */
public final class Scenes {
    private Scenes() {}

    /** A pan of so many frames, a pixel a frame. */
    public static List<PixelImage> pan(long seed, int frames, int width, int height) {
        PixelImage wide = SyntheticScenes.cartoon(seed, width + frames, height);
        List<PixelImage> pan = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            pan.add(wide.crop(i, 0, width, height));
        }
        return pan;
    }

    /** So many pans one after the other, each of another cartoon. */
    public static List<PixelImage> pans(int scenes, int framesEach, int width, int height) {
        List<PixelImage> film = new ArrayList<>();
        for (int scene = 0; scene < scenes; scene++) {
            film.addAll(pan(scene + 1, framesEach, width, height));
        }
        return film;
    }

    /** Frames of one colour, 0xRRGGBB. */
    public static List<PixelImage> plain(int rgb, int frames, int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) rgb;
            pixels[i + 1] = (byte) (rgb >> 8);
            pixels[i + 2] = (byte) (rgb >> 16);
        }
        return java.util.Collections.nCopies(frames, PixelImage.bgr(width, height, pixels));
    }

    /** The picture in the middle of a black one. */
    public static PixelImage barred(PixelImage picture, int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        int left = (width - picture.width()) / 2;
        int top = (height - picture.height()) / 2;
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(
                    picture.pixels(),
                    3 * y * picture.width(),
                    pixels,
                    3 * ((top + y) * width + left),
                    3 * picture.width());
        }
        return PixelImage.bgr(width, height, pixels);
    }
}
