package io.toonlake.scene;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;

/** How much of each pixel a shape covers: the shape drawn white on black, with soft borders. */
final class Mask {

    private final int width;
    private final int height;
    private final byte[] coverage;
    private final Graphics2D graphics;
    private final AffineTransform toPixels;

    Mask(int width, int height) {
        this.width = width;
        this.height = height;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        coverage = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        toPixels = AffineTransform.getScaleInstance(height, height);
    }

    /** Takes a shape in picture heights; answers the pixels it may touch, {@code margin} more on each side. */
    Rectangle draw(Shape shape, int margin) {
        graphics.setColor(Color.BLACK);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.WHITE);
        Shape scaled = toPixels.createTransformedShape(shape);
        graphics.fill(scaled);
        Rectangle touched = scaled.getBounds();
        touched.grow(margin + 1, margin + 1);
        return touched.intersection(new Rectangle(width, height));
    }

    /** Coverage from 0 to 1 at a point in pixels, between pixel centres by interpolation; continued beyond the border. */
    double at(double x, double y) {
        double cx = Math.min(Math.max(x, 0), width - 1);
        double cy = Math.min(Math.max(y, 0), height - 1);
        int left = (int) cx;
        int top = (int) cy;
        int right = Math.min(left + 1, width - 1);
        int bottom = Math.min(top + 1, height - 1);
        double u = cx - left;
        double v = cy - top;
        double above = of(left, top) * (1 - u) + of(right, top) * u;
        double below = of(left, bottom) * (1 - u) + of(right, bottom) * u;
        return (above * (1 - v) + below * v) / 255;
    }

    private int of(int x, int y) {
        return coverage[y * width + x] & 0xFF;
    }
}
