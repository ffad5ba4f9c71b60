package io.toonlake.scene;

import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;

/** People, boats, cars: small, but they give a scene its scale. */
final class Figures {

    private static final int[] HAIR = {0x3A2A22, 0x1E1A1C, 0x7A4A24, 0xB08040, 0x5A2E20};

    private Figures() {}

    static void person(Stage stage, double x, double base, double tall) {
        double head = 0.11 * tall;
        double hip = base - 0.45 * tall;
        double shoulder = base - 0.8 * tall;
        double stride = stage.between(0.03, 0.1) * tall;
        Path2D body = Stage.polygon(
                x - 0.13 * tall, hip, x - 0.12 * tall, shoulder, x + 0.12 * tall, shoulder, x + 0.13 * tall, hip);
        Path2D legs = Stage.polygon(
                x - 0.12 * tall,
                hip - 0.02 * tall,
                x + 0.12 * tall,
                hip - 0.02 * tall,
                x + stride + 0.05 * tall,
                base,
                x + stride - 0.05 * tall,
                base,
                x,
                hip + 0.12 * tall,
                x - stride + 0.05 * tall,
                base,
                x - stride - 0.05 * tall,
                base);
        Path2D arms = Stage.polygon(
                x - 0.12 * tall,
                shoulder,
                x - 0.22 * tall,
                base - 0.48 * tall,
                x - 0.17 * tall,
                base - 0.46 * tall,
                x - 0.08 * tall,
                shoulder + 0.1 * tall,
                x + 0.08 * tall,
                shoulder + 0.1 * tall,
                x + 0.17 * tall,
                base - 0.46 * tall,
                x + 0.22 * tall,
                base - 0.48 * tall,
                x + 0.12 * tall,
                shoulder);
        Path2D standing = new Path2D.Double(body);
        standing.append(legs, false);
        standing.append(Plants.circle(x, shoulder - head, head), false);
        stage.shadow(standing, base);
        int skin = stage.palette.pick(Material.SKIN, stage.random);
        int cloth = stage.palette.pick(Material.CLOTH, stage.random);
        stage.fill(
                legs, Material.CLOTH, Palette.mix(stage.palette.pick(Material.CLOTH, stage.random), 0x202030, 0.4), 0);
        stage.fill(arms, Material.CLOTH, cloth, 0);
        stage.fill(body, Material.CLOTH, cloth, 0);
        stage.fill(
                Plants.circle(x, shoulder - 1.22 * head, 0.9 * head),
                Material.CLOTH,
                HAIR[stage.random.nextInt(HAIR.length)],
                0);
        stage.fill(Plants.circle(x, shoulder - 0.9 * head, 0.8 * head), Material.SKIN, skin, 0);
    }

    static void boat(Stage stage, double x, double base, double size, double depth) {
        Path2D hull = Stage.polygon(
                x - 0.5 * size,
                base - 0.14 * size,
                x + 0.55 * size,
                base - 0.14 * size,
                x + 0.38 * size,
                base,
                x - 0.38 * size,
                base);
        Path2D sail = Stage.polygon(x, base - size, x, base - 0.2 * size, x + 0.45 * size, base - 0.2 * size);
        Path2D jib = Stage.polygon(
                x - 0.04 * size,
                base - 0.9 * size,
                x - 0.04 * size,
                base - 0.2 * size,
                x - 0.36 * size,
                base - 0.2 * size);
        stage.fill(Stage.box(x - 0.02 * size, base - size, 0.03 * size, 0.9 * size), Material.WOOD, depth);
        stage.fill(sail, Material.SAIL, depth);
        stage.fill(jib, Material.SAIL, depth);
        stage.fill(hull, Material.WOOD, depth);
    }

    /** A car from the side, {@code size} long. */
    static void car(Stage stage, double x, double base, double size) {
        int paint = stage.palette.pick(Material.CLOTH, stage.random);
        Path2D cabin = Stage.polygon(
                x + 0.2 * size,
                base - 0.26 * size,
                x + 0.32 * size,
                base - 0.42 * size,
                x + 0.68 * size,
                base - 0.42 * size,
                x + 0.82 * size,
                base - 0.26 * size);
        RoundRectangle2D body =
                new RoundRectangle2D.Double(x, base - 0.28 * size, size, 0.2 * size, 0.12 * size, 0.12 * size);
        stage.shadow(body, base - 0.02 * size);
        stage.fill(cabin, Material.SAIL, paint, 0);
        stage.fill(
                Stage.polygon(
                        x + 0.26 * size,
                        base - 0.27 * size,
                        x + 0.35 * size,
                        base - 0.38 * size,
                        x + 0.48 * size,
                        base - 0.38 * size,
                        x + 0.48 * size,
                        base - 0.27 * size),
                Material.GLASS,
                0);
        stage.fill(
                Stage.polygon(
                        x + 0.52 * size,
                        base - 0.27 * size,
                        x + 0.52 * size,
                        base - 0.38 * size,
                        x + 0.66 * size,
                        base - 0.38 * size,
                        x + 0.75 * size,
                        base - 0.27 * size),
                Material.GLASS,
                0);
        stage.fill(body, Material.SAIL, paint, 0);
        for (double wheel : new double[] {0.22, 0.78}) {
            stage.fill(Plants.circle(x + wheel * size, base - 0.08 * size, 0.09 * size), Material.STONE, 0x26262C, 0);
            stage.fill(Plants.circle(x + wheel * size, base - 0.08 * size, 0.04 * size), Material.STONE, 0xB8B8BC, 0);
        }
    }
}
