package io.toonlake.scene;

import io.toonlake.image.PixelImage;
import java.util.SplittableRandom;

/** Light gathered in full precision, and the camera that makes a picture of it: lens, tone curve, sensor noise. */
final class Exposure {

    private static final double LENS_BLUR = 0.16;

    private final int width;
    private final int height;
    /** Blue, green, red of each pixel; 1 is white. */
    private final float[] light;

    Exposure(int width, int height) {
        this.width = width;
        this.height = height;
        light = new float[width * height * 3];
    }

    void set(int x, int y, double[] bgr) {
        blend(x, y, bgr, 1);
    }

    void blend(int x, int y, double[] bgr, double cover) {
        int at = 3 * (y * width + x);
        for (int c = 0; c < 3; c++) {
            light[at + c] += (float) ((bgr[c] - light[at + c]) * cover);
        }
    }

    /** Shade is not only darker but bluer: the sky still lights it. */
    void darken(int x, int y, double by) {
        int at = 3 * (y * width + x);
        light[at] *= (float) (1 - 0.82 * by);
        light[at + 1] *= (float) (1 - 0.95 * by);
        light[at + 2] *= (float) (1 - by);
    }

    /** One channel at the nearest pixel, continued beyond the border. */
    double at(double x, double y, int c) {
        int column = (int) Math.min(Math.max(x, 0), width - 1);
        int row = (int) Math.min(Math.max(y, 0), height - 1);
        return light[3 * (row * width + column) + c];
    }

    PixelImage develop(SplittableRandom random) {
        blur(3, width, height, 3 * width);
        blur(3 * width, height, width, 3);
        byte[] pixels = new byte[light.length];
        double grain = 0.008 + 0.012 * random.nextDouble();
        double corner = 0.14 + 0.12 * random.nextDouble();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromCentreX = (x - width / 2.0) / width;
                double fromCentreY = (y - height / 2.0) / height;
                double vignette = 1 - 2 * corner * (fromCentreX * fromCentreX + fromCentreY * fromCentreY);
                double shared = random.nextGaussian();
                for (int c = 0; c < 3; c++) {
                    int at = 3 * (y * width + x) + c;
                    double tone = tone(1.14 * light[at] * vignette);
                    double noise = grain * (0.6 * shared + 0.8 * random.nextGaussian()) * (1.25 - tone);
                    pixels[at] = (byte) Math.round(255 * Math.min(1, Math.max(0, tone + noise)));
                }
            }
        }
        return PixelImage.bgr(width, height, pixels);
    }

    /** Deeper in the shadows, and bright light runs softly into white. */
    private static double tone(double light) {
        double t = Math.max(0, light);
        double shoulder = t < 0.75 ? t : 0.75 + 0.25 * (1 - Math.exp(-(t - 0.75) / 0.25));
        return shoulder * (0.82 + 0.36 * shoulder - 0.18 * shoulder * shoulder);
    }

    /** A small blur along lines of {@code length} pixels {@code step} apart; there are {@code lines}, {@code stride} apart. */
    private void blur(int step, int length, int lines, int stride) {
        for (int line = 0; line < lines; line++) {
            for (int c = 0; c < 3; c++) {
                int at = line * stride + c;
                float before = light[at];
                for (int i = 0; i < length; i++, at += step) {
                    float here = light[at];
                    float after = i + 1 < length ? light[at + step] : here;
                    light[at] = (float) (LENS_BLUR * before + (1 - 2 * LENS_BLUR) * here + LENS_BLUR * after);
                    before = here;
                }
            }
        }
    }
}
