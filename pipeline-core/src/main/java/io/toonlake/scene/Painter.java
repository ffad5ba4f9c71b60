package io.toonlake.scene;

import io.toonlake.image.PixelImage;
import java.awt.Shape;
import java.awt.geom.Point2D;

/** Turns shapes into pixels, one way for photos and another for cartoons. Shapes come from the back to the front. */
interface Painter {

    /** Fills the picture with sky; first of all calls. */
    void sky(double horizon, Point2D sun);

    /**
     * Fills a shape.
     *
     * @param rgb {@code 0xRRGGBB}, the colour in plain light
     * @param depth 0 near, 1 at the horizon: what is far is paler
     */
    void fill(Shape shape, Material material, int rgb, double depth);

    /** Fills a shape with water that mirrors what was painted above {@code shore}, the line where it begins. */
    void water(Shape shape, double shore, int rgb);

    /** Darkens a shape, where something casts its shadow. */
    void shadow(Shape shape);

    /** Ends with the picture. */
    PixelImage finish();

    /** How many octaves of noise a skyline has: a photo shows every rock, a cartoonist draws the large forms. */
    int octaves();
}
