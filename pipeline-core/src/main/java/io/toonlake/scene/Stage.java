package io.toonlake.scene;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.SplittableRandom;

/** What a motif draws on: the painter, the palette, and the chance that decides. */
final class Stage {

    final SplittableRandom random;
    final Palette palette;
    final Painter painter;
    /** The picture's width in heights. */
    final double width;

    private Point2D sun = new Point2D.Double();

    Stage(SplittableRandom random, Palette palette, Painter painter, double width) {
        this.random = random;
        this.palette = palette;
        this.painter = painter;
        this.width = width;
    }

    void sky(double horizon) {
        sun = new Point2D.Double(width * between(0.1, 0.9), horizon * between(0.12, 0.55));
        painter.sky(horizon, sun);
    }

    void fill(Shape shape, Material material, double depth) {
        painter.fill(shape, material, palette.pick(material, random), depth);
    }

    void fill(Shape shape, Material material, int rgb, double depth) {
        painter.fill(shape, material, rgb, depth);
    }

    /** The shadow that something standing at {@code baseY} throws on level ground: towards the viewer, away from the sun. */
    void shadow(Shape standing, double baseY) {
        Rectangle2D bounds = standing.getBounds2D();
        double away = (bounds.getCenterX() - sun.getX()) / width;
        AffineTransform fall = AffineTransform.getTranslateInstance(0, baseY);
        fall.concatenate(new AffineTransform(1, 0, -0.9 * away - 0.15 * Math.signum(away), -0.28, 0, 0));
        fall.translate(0, -baseY);
        painter.shadow(fall.createTransformedShape(standing));
    }

    double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A closed shape through x, y, x, y, … */
    static Path2D polygon(double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        path.closePath();
        return path;
    }

    static Rectangle2D box(double x, double y, double width, double height) {
        return new Rectangle2D.Double(x, y, width, height);
    }
}
