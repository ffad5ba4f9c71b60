package io.toonlake.scene;

import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** Trees and what grows under them. */
final class Plants {

    private Plants() {}

    /** A broad-leaved tree that stands at ({@code x}, {@code base}). */
    static void tree(Stage stage, double x, double base, double tall, double depth) {
        double trunk = tall * stage.between(0.026, 0.04);
        double lean = tall * stage.between(-0.04, 0.04);
        double fork = base - 0.5 * tall;
        Path2D stem = Stage.polygon(
                x - 1.4 * trunk,
                base,
                x - 0.7 * trunk + lean,
                fork,
                x + 0.7 * trunk + lean,
                fork,
                x + 1.4 * trunk,
                base);
        Area crown = crown(stage, x + lean, base - 0.64 * tall, 0.3 * tall);
        Area whole = new Area(crown);
        whole.add(new Area(stem));
        stage.shadow(whole, base);
        stage.fill(stem, Material.TRUNK, depth);
        int green = stage.palette.pick(Material.LEAVES, stage.random);
        stage.fill(crown, Material.LEAVES, green, depth);
        for (int tuft = 0; tuft < 3; tuft++) {
            double tx = x + lean + 0.17 * tall * stage.between(-1.0, 1.0);
            double ty = base - 0.64 * tall + 0.15 * tall * stage.between(-1.0, 0.8);
            Area clump = crown(stage, tx, ty, tall * stage.between(0.06, 0.1));
            clump.intersect(crown);
            stage.fill(clump, Material.LEAVES, Palette.mix(green, 0xFFFFC0, 0.1), depth);
        }
    }

    static void bush(Stage stage, double x, double base, double size, double depth) {
        Area bush = crown(stage, x, base - 0.4 * size, 0.6 * size);
        bush.subtract(new Area(Stage.box(x - 4 * size, base, 8 * size, 4 * size)));
        stage.shadow(bush, base);
        stage.fill(bush, Material.LEAVES, depth);
    }

    private static Area crown(Stage stage, double x, double y, double radius) {
        Area crown = new Area(circle(x, y, 0.8 * radius));
        int lobes = stage.between(6, 8);
        double turn = stage.between(0, Math.PI);
        for (int lobe = 0; lobe < lobes; lobe++) {
            double angle = turn + 2 * Math.PI * lobe / lobes;
            double lobeRadius = radius * stage.between(0.42, 0.58);
            crown.add(new Area(
                    circle(x + 0.72 * radius * Math.cos(angle), y + 0.62 * radius * Math.sin(angle), lobeRadius)));
        }
        return crown;
    }

    /** A fir of four to six tiers. */
    static void conifer(Stage stage, double x, double base, double tall, double depth) {
        int tiers = stage.between(4, 6);
        double wide = tall * stage.between(0.17, 0.23);
        Path2D fir = new Path2D.Double();
        fir.moveTo(x, base - tall);
        for (int tier = 1; tier <= tiers; tier++) {
            tier(fir, x, base, tall, wide, tier / (double) tiers, 1);
        }
        fir.lineTo(x - wide, base - 0.1 * tall);
        for (int tier = tiers - 1; tier >= 1; tier--) {
            double part = tier / (double) tiers;
            double y = base - tall + 0.9 * tall * part;
            fir.lineTo(x - 0.5 * wide * part, y - 0.02 * tall);
            fir.lineTo(x - wide * part, y);
        }
        fir.closePath();
        stage.shadow(fir, base);
        stage.fill(Stage.box(x - 0.03 * tall, base - 0.12 * tall, 0.06 * tall, 0.12 * tall), Material.TRUNK, depth);
        stage.fill(fir, Material.CONIFER, depth);
    }

    private static void tier(Path2D fir, double x, double base, double tall, double wide, double part, int side) {
        double y = base - tall + 0.9 * tall * part;
        fir.lineTo(x + side * wide * part, y);
        if (part < 1) {
            fir.lineTo(x + side * 0.5 * wide * part, y - 0.02 * tall);
        }
    }

    /** Blades of grass, or a flower, in the foreground. */
    static void tuft(Stage stage, double x, double base, double tall) {
        Path2D blades = new Path2D.Double();
        for (int blade = -2; blade <= 2; blade++) {
            double tip = x + 0.4 * tall * blade;
            blades.moveTo(x + 0.12 * tall * blade - 0.06 * tall, base);
            blades.quadTo(x + 0.15 * tall * blade, base - 0.6 * tall, tip, base - tall * stage.between(0.7, 1.1));
            blades.quadTo(x + 0.2 * tall * blade, base - 0.5 * tall, x + 0.12 * tall * blade + 0.08 * tall, base);
            blades.closePath();
        }
        int green = Palette.mix(stage.palette.pick(Material.GRASS, stage.random), 0x103010, 0.25);
        stage.fill(blades, Material.MARKING, green, 0);
    }

    static Ellipse2D circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }
}
