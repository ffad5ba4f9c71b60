package io.toonlake.scene;

import io.toonlake.image.PixelImage;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.SplittableRandom;

/** Paints as on celluloid: a flat colour, a hard shade on the side away from the sun, a dark line around. */
final class CartoonPainter implements Painter {

    private static final int VIOLET = 0x4A3C8C;
    private static final double LINE = 0.0062;

    private final int width;
    private final int height;
    private final Palette palette;
    private final SplittableRandom random;
    private final BufferedImage image;
    private final Graphics2D graphics;
    private double lightX;

    CartoonPainter(int width, int height, Palette palette, SplittableRandom random) {
        this.width = width;
        this.height = height;
        this.palette = palette;
        this.random = random;
        image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(height, height);
    }

    @Override
    public int octaves() {
        return 2;
    }

    @Override
    public void sky(double horizon, Point2D sun) {
        double across = (double) width / height;
        lightX = 2 * sun.getX() / across - 1;
        int bands = 3;
        for (int band = 0; band < bands; band++) {
            paint(
                    Stage.box(0, horizon * band / bands, across, 1),
                    Palette.mix(palette.skyTop(), palette.skyLow(), band / (bands - 1.0)));
        }
        paint(circle(sun, 0.12), Palette.mix(palette.skyLow(), 0xFFF6C0, 0.55));
        paint(circle(sun, 0.075), 0xFFF3B0);
        int clouds = (int) Math.round(2 + 4 * palette.clouds());
        for (int cloud = 0; cloud < clouds; cloud++) {
            double x = across * (cloud + random.nextDouble()) / clouds;
            cloud(x, horizon * (0.15 + 0.6 * random.nextDouble()), 0.035 + 0.04 * random.nextDouble());
        }
    }

    private void cloud(double x, double y, double size) {
        Area puffs = new Area(Stage.box(x - 2.2 * size, y - 0.45 * size, 4.4 * size, 0.45 * size));
        for (int puff = -2; puff <= 2; puff++) {
            double radius = size * (1.25 - 0.3 * Math.abs(puff)) * (0.85 + 0.3 * random.nextDouble());
            puffs.add(new Area(circle(new Point2D.Double(x + puff * size, y - 0.3 * radius), radius)));
        }
        puffs.subtract(new Area(Stage.box(x - 9 * size, y, 18 * size, 9 * size)));
        int white = Palette.lit(0xFFFFFF, palette.light());
        paint(puffs, Palette.mix(white, palette.skyTop(), 0.28));
        Area bright = new Area(puffs);
        bright.intersect(moved(puffs, 0.25 * size * Math.signum(lightX), -0.35 * size));
        paint(bright, white);
        line(puffs, Palette.mix(palette.line(), palette.skyTop(), 0.45), 0.7 * LINE);
    }

    @Override
    public void fill(Shape shape, Material material, int rgb, double depth) {
        int colour = Palette.mix(Palette.lit(rgb, palette.light()), palette.skyLow(), 0.4 * depth);
        paint(shape, colour);
        if (!material.ground && material != Material.GLASS && material != Material.MARKING) {
            shade(shape, colour, material);
        }
        if (material == Material.GLASS) {
            glint(shape, colour);
        }
        if (material.outlined()) {
            line(shape, Palette.mix(palette.line(), palette.skyLow(), 0.35 * depth), LINE * (1 - 0.45 * depth));
        }
    }

    /** What stays of the shape when a copy of it, moved towards the sun, is taken away. */
    private void shade(Shape shape, int colour, Material material) {
        Rectangle2D bounds = shape.getBounds2D();
        double size = Math.min(bounds.getWidth(), bounds.getHeight());
        double by = size * (material == Material.WALL || material == Material.ROOF ? 0.07 : 0.2);
        // Land ends just outside of the picture: moved by more, its end would show.
        by = Math.min(by, 0.045);
        Area dark = new Area(shape);
        dark.subtract(moved(dark, by * (lightX < 0 ? -1 : 1), -by));
        paint(dark, Palette.mix(colour, VIOLET, 0.3));
    }

    private void glint(Shape shape, int colour) {
        Rectangle2D bounds = shape.getBounds2D();
        double x = bounds.getX();
        double y = bounds.getY();
        double w = bounds.getWidth();
        double h = bounds.getHeight();
        Area stripe = new Area(Stage.polygon(x + 0.15 * w, y + h, x + 0.65 * w, y, x + w, y, x + 0.5 * w, y + h));
        stripe.intersect(new Area(shape));
        paint(stripe, Palette.mix(colour, 0xFFFFFF, 0.6));
    }

    @Override
    public void water(Shape shape, double shore, int rgb) {
        int colour = Palette.lit(rgb, palette.light());
        paint(shape, colour);
        Shape outside = graphics.getClip();
        graphics.clip(shape);
        Rectangle2D bounds = shape.getBounds2D();
        paint(
                Stage.box(bounds.getX(), shore, bounds.getWidth(), 0.25 * bounds.getHeight()),
                Palette.mix(colour, palette.skyLow(), 0.45));
        for (int wave = 0; wave < 22; wave++) {
            double near = Math.pow(random.nextDouble(), 1.5);
            double length = 0.03 + 0.16 * near;
            double x = bounds.getX() + bounds.getWidth() * random.nextDouble();
            double y = shore + bounds.getHeight() * (0.04 + 0.95 * near);
            paint(
                    new Ellipse2D.Double(x, y, length, 0.004 + 0.006 * near),
                    Palette.mix(colour, 0xFFFFFF, wave % 3 == 0 ? 0.85 : 0.4));
        }
        graphics.setClip(outside);
        line(shape, palette.line(), 0.8 * LINE);
    }

    @Override
    public void shadow(Shape shape) {
        graphics.setColor(new Color(VIOLET >> 16, VIOLET >> 8 & 0xFF, VIOLET & 0xFF, 88));
        graphics.fill(shape);
    }

    @Override
    public PixelImage finish() {
        graphics.dispose();
        return PixelImage.bgr(width, height, ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
    }

    private void paint(Shape shape, int rgb) {
        graphics.setColor(new Color(rgb));
        graphics.fill(shape);
    }

    private void line(Shape shape, int rgb, double thick) {
        graphics.setColor(new Color(rgb));
        // Below a pixel a line turns into a grey haze.
        float stroke = (float) Math.max(thick, 1.1 / height);
        graphics.setStroke(new BasicStroke(stroke, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(shape);
    }

    private static Area moved(Area area, double x, double y) {
        return area.createTransformedArea(AffineTransform.getTranslateInstance(x, y));
    }

    private static Area moved(Shape shape, double x, double y) {
        return moved(new Area(shape), x, y);
    }

    private static Shape circle(Point2D centre, double radius) {
        return new Ellipse2D.Double(centre.getX() - radius, centre.getY() - radius, 2 * radius, 2 * radius);
    }
}
