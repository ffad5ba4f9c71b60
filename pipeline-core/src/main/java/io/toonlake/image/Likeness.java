package io.toonlake.image;

import java.io.Serializable;

/**
 * How near two pictures of one size are.
 *
 * @param psnr peak signal-to-noise ratio over blue, green and red together, in dB; {@value #MOST_PSNR} at most
 * @param ssim structural similarity of the brightness (BT.601), 1 where equal: mean over windows of 8×8 pixels, every 4 pixels, each pixel
 *     with the same weight (the constants are the paper's, 0.01 and 0.03 of 255)
 */
public record Likeness(double psnr, double ssim) implements Serializable {
    /** What equal pictures have, whose ratio is infinite. */
    public static final double MOST_PSNR = 99;

    private static final int WINDOW = 8;
    private static final int STEP = 4;
    private static final double C1 = 0.01 * 255 * 0.01 * 255;
    private static final double C2 = 0.03 * 255 * 0.03 * 255;

    /** @throws IllegalArgumentException where the sizes differ */
    public static Likeness of(PixelImage first, PixelImage second) {
        if (first.width() != second.width() || first.height() != second.height()) {
            throw new IllegalArgumentException("Cannot compare %dx%d pixels with %dx%d"
                    .formatted(first.width(), first.height(), second.width(), second.height()));
        }
        return new Likeness(psnr(first, second), ssim(first, second));
    }

    private static double psnr(PixelImage first, PixelImage second) {
        long squares = 0;
        int pixels = first.width() * first.height();
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < 3; c++) {
                int difference = (first.pixels()[i * first.channels() + c] & 255)
                        - (second.pixels()[i * second.channels() + c] & 255);
                squares += (long) difference * difference;
            }
        }
        return squares == 0 ? MOST_PSNR : Math.min(MOST_PSNR, 10 * Math.log10(255.0 * 255 * 3 * pixels / squares));
    }

    private static double ssim(PixelImage first, PixelImage second) {
        double sum = 0;
        long windows = 0;
        for (int y = 0; y == 0 || y + WINDOW <= first.height(); y += STEP) {
            for (int x = 0; x == 0 || x + WINDOW <= first.width(); x += STEP) {
                sum += window(first, second, x, y);
                windows++;
            }
        }
        return sum / windows;
    }

    private static double window(PixelImage first, PixelImage second, int left, int top) {
        double a = 0;
        double b = 0;
        double aa = 0;
        double bb = 0;
        double ab = 0;
        int right = Math.min(left + WINDOW, first.width());
        int bottom = Math.min(top + WINDOW, first.height());
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                double p = brightness(first, y * first.width() + x);
                double q = brightness(second, y * first.width() + x);
                a += p;
                b += q;
                aa += p * p;
                bb += q * q;
                ab += p * q;
            }
        }
        double n = (double) (right - left) * (bottom - top);
        double meanA = a / n;
        double meanB = b / n;
        double varianceA = aa / n - meanA * meanA;
        double varianceB = bb / n - meanB * meanB;
        double covariance = ab / n - meanA * meanB;
        return (2 * meanA * meanB + C1)
                * (2 * covariance + C2)
                / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
    }

    private static double brightness(PixelImage picture, int pixel) {
        int at = pixel * picture.channels();
        byte[] bgr = picture.pixels();
        return 0.114 * (bgr[at] & 255) + 0.587 * (bgr[at + 1] & 255) + 0.299 * (bgr[at + 2] & 255);
    }
}
