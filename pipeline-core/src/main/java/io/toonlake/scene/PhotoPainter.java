package io.toonlake.scene;

import io.toonlake.image.PixelImage;
import java.awt.Rectangle;
import java.awt.Shape;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.SplittableRandom;

/** Paints light: every pixel of a shape gets texture, relief, shading and haze of its own. */
final class PhotoPainter implements Painter {

    private static final double HAZE = 0.62;
    private static final double SHADOW = 0.52;

    private final int width;
    private final int height;
    private final Palette palette;
    private final FractalNoise noise;
    private final FractalNoise frayNoise;
    private final SplittableRandom random;
    private final Mask mask;
    private final Exposure exposure;

    private double horizon;
    /** -1 where light comes from the left edge, 1 from the right. */
    private double lightX;

    PhotoPainter(int width, int height, Palette palette, SplittableRandom random) {
        this.width = width;
        this.height = height;
        this.palette = palette;
        this.random = random;
        noise = new FractalNoise(random.nextLong());
        frayNoise = new FractalNoise(random.nextLong());
        mask = new Mask(width, height);
        exposure = new Exposure(width, height);
    }

    @Override
    public int octaves() {
        return 5;
    }

    @Override
    public void sky(double horizonLine, Point2D sun) {
        horizon = horizonLine;
        lightX = 2 * sun.getX() * height / width - 1;
        double[] colour = new double[3];
        for (int y = 0; y < height; y++) {
            double v = (y + 0.5) / height;
            double low = Math.pow(Math.min(1, v / horizon), 1.3);
            for (int x = 0; x < width; x++) {
                double u = (x + 0.5) / height;
                double glow = Math.exp(-4.5 * sun.distance(u, v));
                double cover = clouds(u, v);
                double thick = clouds(u + 0.03 * lightX, v - 0.03);
                double body = 0.94 - 0.3 * thick + 0.16 * (cover - thick);
                for (int c = 0; c < 3; c++) {
                    double clear = channel(palette.skyTop(), c) * (1 - low) + channel(palette.skyLow(), c) * low;
                    double cloud = body * (0.6 + 0.4 * channel(palette.light(), c));
                    double mixed = clear * (1 - 0.88 * cover) + cloud * 0.88 * cover;
                    colour[c] = mixed + (0.55 - 0.4 * palette.clouds()) * glow * channel(palette.light(), c);
                }
                exposure.set(x, y, colour);
            }
        }
    }

    /** Cover from 0 to 1: noise on a flat layer of air, which crowds towards the horizon. */
    private double clouds(double u, double v) {
        double far = 1 / (0.22 + Math.max(0, horizon - v));
        double field = noise.at((u - 0.6) * far * 0.9 + 11, far * 2.2, 6);
        return ramp(0.42 - 0.62 * palette.clouds(), 0.85 - 0.5 * palette.clouds(), field);
    }

    @Override
    public void fill(Shape shape, Material material, int rgb, double depth) {
        Rectangle2D bounds = shape.getBounds2D();
        // What is small, or far, frays by less: a distant tree is still a tree.
        double fray = height * Math.min(material.fray, 0.09 * Math.min(bounds.getWidth(), bounds.getHeight()));
        Rectangle touched = mask.draw(shape, (int) Math.ceil(fray));
        double offset = random.nextDouble() * 64;
        double haze = HAZE * depth * depth;
        double[] colour = new double[3];
        for (int y = touched.y; y < touched.y + touched.height; y++) {
            for (int x = touched.x; x < touched.x + touched.width; x++) {
                double cover = coverage(x, y, fray, offset);
                if (cover <= 0) {
                    continue;
                }
                double u = (x + 0.5) / height;
                double v = (y + 0.5) / height;
                double light = light(material, bounds, u, v, offset);
                // Texture is never of one hue: bright spots lean to the warm, dark ones to the cool.
                double warmth = 0.12 * (light - 1);
                for (int c = 0; c < 3; c++) {
                    double own = channel(rgb, c) * light * (1 + warmth * (c - 1));
                    own *= channel(palette.light(), c);
                    colour[c] = own * (1 - haze) + channel(palette.skyLow(), c) * haze;
                }
                exposure.blend(x, y, colour, cover);
            }
        }
    }

    private double coverage(int x, int y, double fray, double offset) {
        if (fray < 0.5) {
            return mask.at(x, y);
        }
        double s = 0.22 * x + offset;
        double t = 0.22 * y;
        return mask.at(x + 2 * fray * frayNoise.at(s, t, 3), y + 2 * fray * frayNoise.at(s + 31, t + 17, 3));
    }

    private double light(Material material, Rectangle2D bounds, double u, double v, double offset) {
        double s = u * material.periods + offset;
        double t = v * material.periods;
        if (material.ground) {
            double far = 0.35 / (Math.max(0, v - horizon) + 0.07);
            s = (u - 0.6) * far * material.periods + offset;
            t = 1.2 * far * material.periods;
        }
        double here = noise.at(s, t, 5);
        double beside = material.relief == 0 ? here : noise.at(s + 0.3 * lightX, t - 0.3, 5);
        double across = 2 * (u - bounds.getCenterX()) / Math.max(1e-6, bounds.getWidth());
        double down = 2 * (v - bounds.getCenterY()) / Math.max(1e-6, bounds.getHeight());
        double solid = material.solid * (0.75 * across * lightX - 0.65 * down);
        double light = (1 + material.texture * here) * (1 + material.relief * 0.45 * (here - beside)) * (1 + solid);
        if (material.ground) {
            // Meadows and streets are brighter in places, on a scale of their own.
            light *= 1 + 0.16 * noise.at(u * 2.2 + offset, v * 5, 3);
        }
        return Math.max(0.12, light);
    }

    @Override
    public void water(Shape shape, double shore, int rgb) {
        Rectangle touched = mask.draw(shape, 0);
        double[] colour = new double[3];
        for (int y = touched.y; y < touched.y + touched.height; y++) {
            double v = (y + 0.5) / height;
            double far = 0.2 / (Math.max(0, v - shore) + 0.03);
            for (int x = touched.x; x < touched.x + touched.width; x++) {
                double cover = mask.at(x, y);
                if (cover <= 0) {
                    continue;
                }
                double u = (x + 0.5) / height;
                double ripple = noise.at((u - 0.6) * far * 7, far * 34, 4);
                double mirroredY = (2 * shore - v) * height + ripple * (2 + 0.05 * (y - shore * height));
                double mirror = 0.72 - 0.3 * Math.min(1, (v - shore) * 2);
                double sparkle = 1 + 0.22 * ripple;
                for (int c = 0; c < 3; c++) {
                    double above = exposure.at(x + 1.5 * ripple, Math.min(mirroredY, shore * height - 1), c);
                    colour[c] =
                            (above * mirror + channel(rgb, c) * channel(palette.light(), c) * (1 - mirror)) * sparkle;
                }
                exposure.blend(x, y, colour, cover);
            }
        }
    }

    @Override
    public void shadow(Shape shape) {
        double soft = 0.006 * height;
        double strength = SHADOW * (1 - 0.75 * palette.clouds());
        Rectangle touched = mask.draw(shape, (int) Math.ceil(soft));
        for (int y = touched.y; y < touched.y + touched.height; y++) {
            for (int x = touched.x; x < touched.x + touched.width; x++) {
                double cover = (2 * mask.at(x, y)
                                + mask.at(x - soft, y)
                                + mask.at(x + soft, y)
                                + mask.at(x, y - soft / 2)
                                + mask.at(x, y + soft / 2))
                        / 6;
                exposure.darken(x, y, strength * cover);
            }
        }
    }

    @Override
    public PixelImage finish() {
        return exposure.develop(random);
    }

    /** Blue, green or red of a colour, 0 to 1. */
    private static double channel(int rgb, int c) {
        return (rgb >> 8 * c & 0xFF) / 255.0;
    }

    private static double ramp(double low, double high, double value) {
        double t = Math.min(1, Math.max(0, (value - low) / (high - low)));
        return t * t * (3 - 2 * t);
    }
}
