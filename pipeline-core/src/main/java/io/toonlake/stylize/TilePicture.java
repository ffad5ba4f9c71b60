package io.toonlake.stylize;

import java.nio.FloatBuffer;

/** A picture before or after the generator, in tiles: [3, height, width]. */
record TilePicture(float[] values, int width, int height) implements TilePass.Source, TilePass.Sink {
    private static final int COLOURS = 3;

    /** One that is still to be filled. */
    TilePicture(int width, int height) {
        this(new float[COLOURS * width * height], width, height);
    }

    @Override
    public void read(Tile tile, FloatBuffer into) {
        int at = 0;
        for (int c = 0; c < COLOURS; c++) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += tile.width()) {
                into.put(at, values, index(c, y, tile), tile.width());
            }
        }
    }

    @Override
    public void accept(Tile tile, FloatBuffer made) {
        int at = 0;
        for (int c = 0; c < COLOURS; c++) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += tile.width()) {
                made.get(at, values, index(c, y, tile), tile.width());
            }
        }
    }

    private int index(int channel, int y, Tile tile) {
        return (channel * height + y) * width + tile.columns().from();
    }
}
