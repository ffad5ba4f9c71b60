package io.toonlake.scene;

import java.awt.geom.Path2D;

/** Motifs with houses along a way. */
final class Streets {

    private Streets() {}

    /** A street towards its vanishing point, with rows of houses on both sides. */
    static void street(Stage stage) {
        double horizon = stage.between(0.46, 0.56);
        double vanish = stage.width * stage.between(0.38, 0.62);
        stage.sky(horizon);
        stage.fill(Terrain.below(stage, horizon - 0.03, 0.06, 2.2), Material.HILL, 0.85);
        View view = new View(stage, vanish, horizon);
        stage.fill(Stage.box(-0.05, horizon, stage.width + 0.1, 1.1 - horizon), Material.PAVEMENT, 0.1);
        stage.fill(view.floor(-0.62, 0.62, 0.55, 40), Material.ROAD, 0.1);
        for (double z = 0.9; z < 14; z *= 1.45) {
            stage.fill(view.floor(-0.025, 0.025, z, z * 1.2), Material.MARKING, 0);
        }
        row(view, -1);
        row(view, 1);
        for (double z = 7; z > 1.4; z *= 0.62) {
            for (int side = -1; side <= 1; side += 2) {
                if (stage.chance(0.55)) {
                    Plants.tree(stage, view.x(side * 0.82, z), view.y(z), 0.95 / z, Math.min(0.6, z / 12));
                }
            }
        }
        for (int person = stage.between(1, 3); person > 0; person--) {
            double z = stage.between(1.3, 3.0);
            int side = stage.chance(0.5) ? 1 : -1;
            Figures.person(stage, view.x(side * stage.between(0.68, 0.9), z), view.y(z), 0.5 / z);
        }
        if (stage.chance(0.6)) {
            double z = stage.between(1.6, 2.4);
            Figures.car(stage, view.x(-0.5, z), view.y(z), 0.62 / z);
        }
    }

    /** Houses along one side, the farthest first. */
    private static void row(View view, int side) {
        Stage stage = view.stage;
        double[] ends = new double[6];
        ends[0] = stage.between(0.75, 0.95);
        for (int i = 1; i < ends.length; i++) {
            ends[i] = ends[i - 1] * stage.between(1.45, 1.8);
        }
        for (int i = ends.length - 2; i >= 0; i--) {
            double near = ends[i];
            double far = ends[i + 1];
            double tall = stage.between(0.75, 1.5);
            double depth = Math.min(0.7, near / 14);
            double at = side * 1.02;
            int wall = stage.palette.pick(Material.WALL, stage.random);
            // The face towards the viewer first: the row's own wall overlaps its edge.
            double corner = view.x(at, near);
            Path2D front = Stage.polygon(
                    corner,
                    view.y(near),
                    corner,
                    view.y(near, tall),
                    corner + side * 2.0 / near,
                    view.y(near, tall),
                    corner + side * 2.0 / near,
                    view.y(near));
            stage.fill(front, Material.WALL, Palette.mix(wall, 0x404060, 0.3), depth);
            stage.fill(view.side(at, near, far, 0, tall), Material.WALL, wall, depth);
            stage.fill(view.side(at, near, far, tall, tall + 0.1), Material.ROOF, depth);
            storeys(view, at, near, far, tall, depth);
        }
    }

    private static void storeys(View view, double at, double near, double far, double tall, double depth) {
        Stage stage = view.stage;
        int storeys = Math.max(2, (int) (tall / 0.36));
        int columns = stage.between(2, 3);
        for (int column = 0; column < columns; column++) {
            // Evenly spaced in depth, which the view turns into perspective.
            double from = near + (far - near) * (column + 0.25) / columns;
            double to = near + (far - near) * (column + 0.75) / columns;
            for (int storey = 0; storey < storeys; storey++) {
                double low = tall * (storey + (storey == 0 ? 0.0 : 0.25)) / storeys;
                double high = tall * (storey + 0.78) / storeys;
                boolean door = storey == 0 && column == 0;
                if (storey == 0 && !door) {
                    low = tall * 0.22 / storeys;
                }
                stage.fill(view.side(at, from, to, low, high), door ? Material.WOOD : Material.GLASS, depth);
            }
        }
    }

    /** Houses beside each other on a green, trees between, hills behind. */
    static void village(Stage stage) {
        double horizon = stage.between(0.44, 0.54);
        stage.sky(horizon);
        Terrain.mountains(stage, horizon + 0.04, stage.between(0.12, 0.24), 1.2, 0.9);
        stage.fill(Terrain.below(stage, horizon + 0.02, 0.08, 1.6), Material.HILL, 0.6);
        for (double x = 0; x < stage.width; x += stage.between(0.12, 0.3)) {
            if (stage.chance(0.6)) {
                Buildings.house(stage, x, horizon + 0.12, stage.between(0.06, 0.09), 0.5);
            } else {
                Plants.tree(stage, x, horizon + 0.12, stage.between(0.12, 0.2), 0.45);
            }
        }
        stage.fill(Terrain.below(stage, horizon + 0.11, 0.02, 1), Material.GRASS, 0.2);
        double street = stage.between(0.82, 0.88);
        double base = street - 0.04;
        double x = stage.between(-0.1, 0.12);
        while (x < stage.width) {
            double tall = stage.between(0.17, 0.25);
            Buildings.house(stage, x, base, tall, 0.1);
            x += 2.2 * tall + stage.between(0.06, 0.2);
            Plants.tree(stage, x - 0.05, base + 0.005, stage.between(0.26, 0.42), 0.1);
            Plants.bush(stage, x + 0.04, base + 0.015, stage.between(0.05, 0.08), 0.05);
        }
        stage.fill(Terrain.below(stage, street - 0.01, 0.004, 1), Material.PAVEMENT, 0.05);
        stage.fill(Stage.box(-0.05, street + 0.02, stage.width + 0.1, 0.3), Material.ROAD, 0);
        for (double dash = 0.02; dash < stage.width; dash += 0.2) {
            stage.fill(
                    Stage.polygon(
                            dash,
                            street + 0.1,
                            dash + 0.1,
                            street + 0.1,
                            dash + 0.105,
                            street + 0.115,
                            dash - 0.005,
                            street + 0.115),
                    Material.MARKING,
                    0);
        }
        for (int person = stage.between(1, 2); person > 0; person--) {
            Figures.person(stage, stage.width * stage.between(0.1, 0.9), street + 0.015, stage.between(0.13, 0.17));
        }
        if (stage.chance(0.6)) {
            Figures.car(stage, stage.width * stage.between(0.1, 0.6), street + 0.08, stage.between(0.28, 0.34));
        }
    }

    /** A camera one unit above a plain: a point at ({@code across}, {@code up}) and {@code z} away is drawn at 1/z. */
    private record View(Stage stage, double vanish, double horizon) {

        private static final double EYE = 0.5;

        double x(double across, double z) {
            return vanish + across / z;
        }

        double y(double z) {
            return y(z, 0);
        }

        double y(double z, double up) {
            return horizon + (EYE - up) / z;
        }

        Path2D floor(double left, double right, double near, double far) {
            return Stage.polygon(
                    x(left, near), y(near), x(left, far), y(far), x(right, far), y(far), x(right, near), y(near));
        }

        /** An upright rectangle along the way. */
        Path2D side(double across, double near, double far, double low, double high) {
            return Stage.polygon(
                    x(across, near),
                    y(near, low),
                    x(across, near),
                    y(near, high),
                    x(across, far),
                    y(far, high),
                    x(across, far),
                    y(far, low));
        }
    }
}
