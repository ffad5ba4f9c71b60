package io.toonlake.film;

import io.toonlake.image.PixelImage;
import java.io.Serializable;

/** The part of every frame of a film that is taken, in pixels of the upright frame. */
public record Crop(int x, int y, int width, int height) implements Serializable {

    /** That part of a frame. */
    public PixelImage of(PixelImage frame) {
        return x == 0 && y == 0 && width == frame.width() && height == frame.height()
                ? frame
                : frame.crop(x, y, width, height);
    }

    /** Whether it lies within a frame of that size. */
    public boolean fits(int frameWidth, int frameHeight) {
        return x >= 0
                && y >= 0
                && width >= 1
                && height >= 1
                && (long) x + width <= frameWidth
                && (long) y + height <= frameHeight;
    }
}
