package io.toonlake.scene;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Path2D;

/** Houses seen from the side, a lighthouse, a fence. */
final class Buildings {

    private Buildings() {}

    /** A house: its gable faces the viewer, its long side goes off to the right. {@code tall} is the height of its walls. */
    static void house(Stage stage, double x, double base, double tall, double depth) {
        double front = tall * stage.between(0.8, 1.1);
        double side = tall * stage.between(0.7, 1.4);
        double roof = tall * stage.between(0.5, 0.8);
        double eaves = base - tall;
        double middle = x + front / 2;
        double back = x + front + side;
        double rise = 0.06 * tall;
        int wall = stage.palette.pick(Material.WALL, stage.random);
        int tiles = stage.palette.pick(Material.ROOF, stage.random);
        Path2D gable = Stage.polygon(x, base, x, eaves, middle, eaves - roof, x + front, eaves, x + front, base);
        Path2D flank = Stage.polygon(x + front, base, x + front, eaves, back, eaves - rise, back, base - rise);
        double over = 0.07 * tall;
        Path2D slope = Stage.polygon(
                middle,
                eaves - roof - over,
                back - front / 2 + over,
                eaves - roof - rise - over,
                back + over,
                eaves - rise + over,
                x + front + over,
                eaves + over);
        Path2D verge = Stage.polygon(
                x - over,
                eaves + over,
                middle,
                eaves - roof - over,
                x + front + over,
                eaves + over,
                x + front + over,
                eaves + 2 * over,
                middle,
                eaves - roof + 0.5 * over,
                x - over,
                eaves + 2 * over);
        Area whole = new Area(gable);
        whole.add(new Area(flank));
        whole.add(new Area(slope));
        stage.shadow(whole, base);
        if (stage.chance(0.7)) {
            double cx = back - front * 0.6;
            stage.fill(Stage.box(cx, eaves - roof - 0.3 * tall, 0.14 * tall, 0.5 * tall), Material.STONE, depth);
        }
        stage.fill(flank, Material.WALL, Palette.mix(wall, 0x404060, 0.24), depth);
        stage.fill(gable, Material.WALL, wall, depth);
        stage.fill(slope, Material.ROOF, tiles, depth);
        stage.fill(verge, Material.ROOF, Palette.mix(tiles, 0x301820, 0.3), depth);
        openings(stage, x, base, tall, front, side, depth);
    }

    private static void openings(
            Stage stage, double x, double base, double tall, double front, double side, double depth) {
        double wide = 0.2 * front;
        double door = x + front * (stage.chance(0.5) ? 0.16 : 0.6);
        stage.fill(Stage.box(door, base - 0.5 * tall, 0.24 * front, 0.5 * tall), Material.WOOD, depth);
        window(stage, x + front - (door - x) - wide, base - 0.62 * tall, wide, 0.26 * tall, depth);
        window(stage, x + front / 2 - wide / 2, base - 1.08 * tall, wide, 0.22 * tall, depth);
        int windows = Math.max(1, (int) Math.round(side / tall * 2));
        for (int i = 0; i < windows; i++) {
            double left = x + front + side * (i + 0.3) / windows;
            window(stage, left, base - 0.68 * tall, Math.min(wide, 0.45 * side / windows), 0.27 * tall, depth);
        }
    }

    /** A pane in a frame, with a bar across. */
    static void window(Stage stage, double x, double y, double wide, double tall, double depth) {
        double frame = 0.12 * Math.min(wide, tall);
        stage.fill(Stage.box(x - frame, y - frame, wide + 2 * frame, tall + 2 * frame), Material.SAIL, depth);
        stage.fill(Stage.box(x, y, wide, tall), Material.GLASS, depth);
        stage.fill(Stage.box(x + wide / 2 - frame / 3, y, frame * 0.7, tall), Material.MARKING, 0xF0EEE6, depth);
    }

    static void lighthouse(Stage stage, double x, double base, double tall) {
        double wide = 0.11 * tall;
        Shape tower = Stage.polygon(
                x - wide, base, x - 0.6 * wide, base - 0.8 * tall, x + 0.6 * wide, base - 0.8 * tall, x + wide, base);
        stage.shadow(tower, base);
        stage.fill(tower, Material.WALL, 0xF4F0E8, 0.15);
        for (int band = 0; band < 3; band++) {
            Area stripe = new Area(tower);
            stripe.intersect(new Area(Stage.box(x - wide, base - tall * (0.24 + 0.24 * band), 2 * wide, 0.12 * tall)));
            stage.fill(stripe, Material.WALL, 0xC23A34, 0.15);
        }
        stage.fill(Stage.box(x - 0.75 * wide, base - 0.84 * tall, 1.5 * wide, 0.04 * tall), Material.STONE, 0.15);
        stage.fill(Stage.box(x - 0.4 * wide, base - 0.93 * tall, 0.8 * wide, 0.09 * tall), Material.GLASS, 0.15);
        stage.fill(
                Stage.polygon(x - 0.6 * wide, base - 0.93 * tall, x, base - tall, x + 0.6 * wide, base - 0.93 * tall),
                Material.ROOF,
                0xB23A30,
                0.15);
    }

    static void fence(Stage stage, double from, double to, double base, double tall) {
        int wood = stage.palette.pick(Material.WOOD, stage.random);
        for (double rail : new double[] {0.35, 0.75}) {
            stage.fill(Stage.box(from, base - rail * tall, to - from, 0.1 * tall), Material.WOOD, wood, 0);
        }
        for (double x = from; x < to; x += 0.62 * tall) {
            Path2D post = Stage.polygon(
                    x,
                    base,
                    x,
                    base - 0.92 * tall,
                    x + 0.09 * tall,
                    base - 1.05 * tall,
                    x + 0.18 * tall,
                    base - 0.92 * tall,
                    x + 0.18 * tall,
                    base);
            stage.shadow(post, base);
            stage.fill(post, Material.WOOD, wood, 0);
        }
    }
}
