package io.toonlake.scene;

import java.awt.geom.Area;
import java.awt.geom.Path2D;

/** Land from one side of the picture to the other. */
final class Terrain {

    private static final int POINTS = 160;

    private Terrain() {}

    /** Everything below a wavy skyline that stands around {@code y} and swings by {@code swing}. */
    static Path2D below(Stage stage, double y, double swing, double periods) {
        FractalNoise noise = new FractalNoise(stage.random.nextLong());
        int octaves = stage.painter.octaves() - 1;
        return land(stage, x -> y - swing * noise.at(x * periods, 0.5, Math.max(1, octaves)));
    }

    /** Mountains with sharp ridges, snow above {@code snowLine} where that is inside of them. */
    static void mountains(Stage stage, double foot, double tall, double periods, double depth) {
        FractalNoise noise = new FractalNoise(stage.random.nextLong());
        int octaves = stage.painter.octaves() + 1;
        Path2D ridge = land(stage, x -> foot - tall * (1 - 1.35 * Math.abs(noise.at(x * periods, 3.5, octaves))));
        stage.fill(ridge, Material.MOUNTAIN, depth);
        if (stage.chance(0.7)) {
            double line = foot - tall * stage.between(0.5, 0.68);
            FractalNoise edge = new FractalNoise(stage.random.nextLong());
            Area snow = new Area(land(stage, x -> line + 0.32 * tall * Math.abs(edge.at(x * 11, 0.5, 3))));
            Area capped = new Area(ridge);
            capped.subtract(snow);
            stage.fill(capped, Material.SNOW, depth);
        }
    }

    private static Path2D land(Stage stage, Skyline skyline) {
        Path2D path = new Path2D.Double();
        double margin = 0.05;
        path.moveTo(-margin, 1 + margin);
        for (int i = 0; i <= POINTS; i++) {
            double x = -margin + (stage.width + 2 * margin) * i / POINTS;
            path.lineTo(x, skyline.at(x));
        }
        path.lineTo(stage.width + margin, 1 + margin);
        path.closePath();
        return path;
    }

    private interface Skyline {
        double at(double x);
    }
}
