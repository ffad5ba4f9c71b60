package io.toonlake.scene;

/**
 * What a shape is made of, and so how each painter renders it.
 *
 * <p>The numbers are the photo painter's: how strongly brightness varies, how fine that texture is (periods per picture
 * height), how much it is lit as a relief, how much the shape as a whole is lit as a solid body, and by how much its outline
 * frays (in picture heights).
 */
enum Material {
    MOUNTAIN(0.2, 11, 2.0, 0.1, 0.004, false),
    SNOW(0.1, 10, 1.9, 0.05, 0.004, false),
    HILL(0.2, 26, 0.7, 0, 0.004, false),
    GRASS(0.34, 16, 0.6, 0, 0.003, true),
    FIELD(0.24, 14, 0.45, 0, 0.003, true),
    SAND(0.1, 22, 0.35, 0, 0.002, true),
    ROAD(0.13, 26, 0.15, 0, 0.0008, true),
    PAVEMENT(0.11, 20, 0.2, 0, 0.0008, true),
    MARKING(0.18, 40, 0, 0, 0.002, false),
    LEAVES(0.36, 36, 1.5, 0.36, 0.018, false),
    CONIFER(0.36, 44, 1.3, 0.3, 0.012, false),
    TRUNK(0.3, 50, 0.6, 0.35, 0.002, false),
    WALL(0.09, 22, 0.25, 0.05, 0.0006, false),
    ROOF(0.2, 46, 0.5, 0.06, 0.001, false),
    GLASS(0.3, 9, 0, 0.25, 0.0004, false),
    WOOD(0.18, 40, 0.3, 0.12, 0.0008, false),
    SKIN(0.04, 40, 0, 0.3, 0.0004, false),
    CLOTH(0.12, 40, 0.3, 0.3, 0.0008, false),
    SAIL(0.05, 20, 0.1, 0.12, 0.0004, false),
    STONE(0.24, 36, 1.0, 0.35, 0.003, false);

    final double texture;
    final double periods;
    final double relief;
    final double solid;
    final double fray;
    /** Lies flat, so that its texture grows finer towards the horizon. */
    final boolean ground;

    Material(double texture, double periods, double relief, double solid, double fray, boolean ground) {
        this.texture = texture;
        this.periods = periods;
        this.relief = relief;
        this.solid = solid;
        this.fray = fray;
        this.ground = ground;
    }

    /** A cartoonist draws no line around paint on a road, nor around snow. */
    boolean outlined() {
        return this != MARKING && this != SNOW;
    }
}
