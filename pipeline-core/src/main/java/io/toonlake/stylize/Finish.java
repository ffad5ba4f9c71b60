package io.toonlake.stylize;

import io.toonlake.image.PixelImage;
import java.io.Serializable;

/**
 * What is done to a cartoon once the generator has made it.
 *
 * @param keepColors whether it gets the photo's colours: its own luma, the photo's chroma (luminance-only transfer; Gatys et al., 2016,
 *     "Preserving Color in Neural Artistic Style Transfer", section 4), with the luma of BT.601
 * @param strength how much of the cartoon there is, the rest being the photo: 1 for the cartoon alone; > 0, <= 1
 */
public record Finish(boolean keepColors, double strength) implements Serializable {
    /** The cartoon as the generator made it. */
    public static final Finish NONE = new Finish(false, 1);

    private static final double BLUE_LUMA = 0.114;
    private static final double GREEN_LUMA = 0.587;
    private static final double RED_LUMA = 0.299;

    public Finish {
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException("Invalid strength: %s (must be > 0 and <= 1)".formatted(strength));
        }
    }

    /**
     * The finished cartoon. Values are rounded once, and clamped; a clamped pixel is not quite as bright as the generator's.
     *
     * @param photo as large as the cartoon
     * @return a new picture with the cartoon's alpha, or the cartoon itself where there is nothing to do
     * @throws IllegalArgumentException where the two differ in size
     */
    public PixelImage apply(PixelImage photo, PixelImage cartoon) {
        if (equals(NONE)) {
            return cartoon;
        }
        if (photo.width() != cartoon.width() || photo.height() != cartoon.height()) {
            throw new IllegalArgumentException("Cannot finish a cartoon of %dx%d pixels with a photo of %dx%d"
                    .formatted(cartoon.width(), cartoon.height(), photo.width(), photo.height()));
        }
        byte[] from = photo.pixels();
        byte[] made = cartoon.pixels();
        byte[] finished = made.clone();
        int count = cartoon.width() * cartoon.height();
        for (int pixel = 0; pixel < count; pixel++) {
            int p = pixel * photo.channels();
            int c = pixel * cartoon.channels();
            // Equal chroma is an equal distance of each channel from the luma.
            double brighter = keepColors ? luma(made, c) - luma(from, p) : 0;
            for (int channel = 0; channel < 3; channel++) {
                int before = from[p + channel] & 0xFF;
                double styled = keepColors ? before + brighter : made[c + channel] & 0xFF;
                finished[c + channel] = clamped(before + strength * (styled - before));
            }
        }
        return cartoon.hasAlpha()
                ? PixelImage.bgra(cartoon.width(), cartoon.height(), finished)
                : PixelImage.bgr(cartoon.width(), cartoon.height(), finished);
    }

    private static double luma(byte[] bgr, int at) {
        return BLUE_LUMA * (bgr[at] & 0xFF) + GREEN_LUMA * (bgr[at + 1] & 0xFF) + RED_LUMA * (bgr[at + 2] & 0xFF);
    }

    private static byte clamped(double value) {
        return (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
}
