package io.toonlake.scene;

import java.awt.geom.Path2D;

/** Motifs without streets. */
final class Landscapes {

    private Landscapes() {}

    /** Hills, fields, trees, perhaps a house and a walker. */
    static void countryside(Stage stage) {
        double horizon = stage.between(0.42, 0.56);
        stage.sky(horizon);
        if (stage.chance(0.5)) {
            Terrain.mountains(stage, horizon + 0.03, stage.between(0.12, 0.26), 1.3, 0.9);
        }
        stage.fill(Terrain.below(stage, horizon, 0.09, 1.4), Material.HILL, 0.75);
        stage.fill(Terrain.below(stage, horizon + 0.07, 0.07, 1.1), Material.HILL, 0.5);
        for (int tree = stage.between(3, 7); tree > 0; tree--) {
            double x = stage.width * stage.random.nextDouble();
            Plants.tree(stage, x, horizon + stage.between(0.1, 0.13), stage.between(0.07, 0.12), 0.45);
        }
        double field = horizon + 0.13;
        stage.fill(Terrain.below(stage, field, 0.03, 0.9), stage.chance(0.6) ? Material.FIELD : Material.GRASS, 0.3);
        if (stage.chance(0.75)) {
            Buildings.house(stage, stage.width * stage.between(0.08, 0.6), field + 0.09, stage.between(0.1, 0.15), 0.2);
        }
        double meadow = field + stage.between(0.1, 0.16);
        stage.fill(Terrain.below(stage, meadow, 0.035, 0.8), Material.GRASS, 0.1);
        path(stage, meadow);
        double side = stage.chance(0.5) ? stage.between(0.06, 0.25) : stage.between(0.75, 0.94);
        Plants.tree(stage, stage.width * side, meadow + stage.between(0.06, 0.12), stage.between(0.42, 0.62), 0.05);
        for (int bush = stage.between(1, 3); bush > 0; bush--) {
            Plants.bush(stage, stage.width * stage.random.nextDouble(), meadow + 0.08, stage.between(0.06, 0.11), 0.1);
        }
        if (stage.chance(0.6)) {
            Figures.person(stage, stage.width * stage.between(0.35, 0.65), meadow + 0.13, stage.between(0.13, 0.19));
        }
        if (stage.chance(0.5)) {
            Buildings.fence(stage, -0.05, stage.width * stage.between(0.4, 1.1), 0.94, stage.between(0.1, 0.14));
        }
        tufts(stage, meadow + 0.12);
    }

    /** A footpath that comes towards the viewer and widens. */
    private static void path(Stage stage, double from) {
        double end = stage.width * stage.between(0.3, 0.7);
        double start = stage.width * stage.between(0.3, 0.7);
        double bend = stage.between(-0.12, 0.12);
        int steps = 24;
        double[] xy = new double[4 * (steps + 1)];
        for (int i = 0; i <= steps; i++) {
            double t = (double) i / steps;
            double y = from + 0.035 + (0.99 - from) * t;
            double middle = end + (start - end) * t + bend * Math.sin(2 * Math.PI * t);
            double half = 0.008 + 0.15 * t * t;
            xy[2 * i] = middle - half;
            xy[2 * i + 1] = y;
            xy[xy.length - 2 - 2 * i] = middle + half;
            xy[xy.length - 1 - 2 * i] = y;
        }
        stage.fill(Stage.polygon(xy), Material.SAND, 0.1);
    }

    static void tufts(Stage stage, double from) {
        for (int tuft = stage.between(6, 14); tuft > 0; tuft--) {
            double y = stage.between(from, 1.0);
            Plants.tuft(stage, stage.width * stage.random.nextDouble(), y, 0.03 * (0.5 + y));
        }
    }

    /** Mountains mirrored in a lake, firs on its shore. */
    static void lake(Stage stage) {
        double shore = stage.between(0.52, 0.62);
        stage.sky(shore);
        Terrain.mountains(stage, shore, stage.between(0.36, 0.48), 1.1, 0.85);
        Terrain.mountains(stage, shore, stage.between(0.2, 0.3), 1.5, 0.6);
        stage.fill(Terrain.below(stage, shore - 0.04, 0.04, 2.5), Material.HILL, 0.5);
        for (int fir = stage.between(14, 26); fir > 0; fir--) {
            double x = stage.width * stage.random.nextDouble();
            Plants.conifer(stage, x, shore, stage.between(0.06, 0.13), 0.4);
        }
        if (stage.chance(0.6)) {
            Buildings.house(
                    stage, stage.width * stage.between(0.1, 0.7), shore + 0.002, stage.between(0.05, 0.08), 0.3);
        }
        int deep = Palette.mix(stage.palette.skyTop(), 0x1E5A6A, 0.5);
        stage.painter.water(Stage.box(-0.05, shore, stage.width + 0.1, 1.1 - shore), shore, deep);
        if (stage.chance(0.6)) {
            Figures.boat(
                    stage,
                    stage.width * stage.between(0.3, 0.7),
                    shore + stage.between(0.08, 0.16),
                    stage.between(0.12, 0.2),
                    0.1);
        }
        stage.fill(Terrain.below(stage, stage.between(0.9, 0.96), 0.05, 1.2), Material.GRASS, 0);
        double side = stage.chance(0.5) ? 0.12 : 0.88;
        for (int fir = stage.between(2, 4); fir > 0; fir--) {
            double x = stage.width * (side + stage.between(-0.14, 0.14));
            Plants.conifer(stage, x, stage.between(0.93, 1.02), stage.between(0.4, 0.66), 0);
        }
        if (stage.chance(0.5)) {
            Figures.person(stage, stage.width * stage.between(0.35, 0.65), 0.99, stage.between(0.2, 0.26));
        }
        tufts(stage, 0.95);
    }

    /** The sea, a beach, boats, perhaps a lighthouse. */
    static void seaside(Stage stage) {
        double horizon = stage.between(0.42, 0.52);
        stage.sky(horizon);
        if (stage.chance(0.5)) {
            Terrain.mountains(stage, horizon, stage.between(0.05, 0.12), 1.6, 0.95);
        }
        int deep = Palette.mix(stage.palette.skyTop(), 0x0E6A80, 0.45);
        stage.painter.water(Stage.box(-0.05, horizon, stage.width + 0.1, 0.4), horizon, deep);
        for (int boat = stage.between(1, 3); boat > 0; boat--) {
            double y = stage.between(0.02, 0.14);
            Figures.boat(stage, stage.width * stage.between(0.1, 0.9), horizon + y, 0.08 + 0.9 * y, 0.5 - 2.5 * y);
        }
        double beach = stage.between(0.72, 0.8);
        stage.fill(Terrain.below(stage, beach - 0.012, 0.05, 0.9), Material.SNOW, 0xF2F6F4, 0.1);
        stage.fill(Terrain.below(stage, beach, 0.05, 0.9), Material.SAND, 0);
        boolean left = stage.chance(0.5);
        double rock = stage.width * (left ? 0.14 : 0.86);
        Path2D cape = Stage.polygon(
                rock - 0.3,
                beach + 0.06,
                rock - 0.22,
                beach - 0.14,
                rock - 0.05,
                beach - 0.2,
                rock + 0.1,
                beach - 0.17,
                rock + 0.2,
                beach - 0.06,
                rock + 0.3,
                beach + 0.05);
        stage.fill(cape, Material.STONE, 0.15);
        if (stage.chance(0.7)) {
            Buildings.lighthouse(stage, rock, beach - 0.17, stage.between(0.34, 0.46));
        } else {
            Plants.tree(stage, rock, beach - 0.16, 0.36, 0.1);
        }
        for (int stone = stage.between(2, 6); stone > 0; stone--) {
            double x = stage.width * stage.random.nextDouble();
            double size = stage.between(0.015, 0.04);
            stage.fill(Plants.circle(x, stage.between(beach + 0.1, 1.0), size), Material.STONE, 0);
        }
        for (int person = stage.between(1, 3); person > 0; person--) {
            double x = stage.width * (left ? stage.between(0.4, 0.95) : stage.between(0.05, 0.6));
            Figures.person(stage, x, stage.between(beach + 0.1, 0.95), stage.between(0.15, 0.2));
        }
    }
}
