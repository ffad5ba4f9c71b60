package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileMapTest {
    private static final int SIDE = 7;

    /** Every pass replaces each value by itself and the values right and left, above and below, at the distance of the margin. */
    @Test
    void overwritingShowsNothingOfItToLaterTiles() {
        for (int margin = 1; margin <= 2; margin++) {
            double[][] expected = new double[SIDE][SIDE];
            try (TileMap map = new TileMap(1, SIDE, SIDE, margin)) {
                FloatBuffer start = FloatBuffer.allocate(SIDE * SIDE);
                for (int i = 0; i < SIDE * SIDE; i++) {
                    expected[i / SIDE][i % SIDE] = i * i % 31;
                    start.put(i, i * i % 31);
                }
                map.write(whole(), start);
                for (int pass = 0; pass < 5; pass++) {
                    overwrite(map, margin);
                    expected = summed(expected, margin);
                    FloatBuffer read = FloatBuffer.allocate(SIDE * SIDE);
                    map.read(whole(), read);
                    for (int i = 0; i < SIDE * SIDE; i++) {
                        assertThat((double) read.get(i)).isEqualTo(expected[i / SIDE][i % SIDE]);
                    }
                }
            }
        }
    }

    private static void overwrite(TileMap map, int margin) {
        List<Tile> tiles = new ArrayList<>();
        for (Span rows : Span.cut(SIDE, 3)) {
            for (Span columns : Span.cut(SIDE, 2)) {
                tiles.add(new Tile(rows, columns));
            }
        }
        if (map.lastTileFirst()) {
            Collections.reverse(tiles);
        }
        map.startOverwriting();
        for (Tile tile : tiles) {
            Tile around = new Tile(around(tile.rows(), margin), around(tile.columns(), margin));
            FloatBuffer read = FloatBuffer.allocate(around.pixels());
            map.read(around, read);
            double[][] values = new double[SIDE][SIDE];
            for (int i = 0; i < around.pixels(); i++) {
                values[around.rows().from() + i / around.width()][
                                around.columns().from() + i % around.width()] =
                        read.get(i);
            }
            double[][] sums = summed(values, margin);
            FloatBuffer made = FloatBuffer.allocate(tile.pixels());
            for (int i = 0; i < tile.pixels(); i++) {
                made.put(i, (float) sums[tile.rows().from() + i / tile.width()][
                        tile.columns().from() + i % tile.width()]);
            }
            map.write(tile, made);
        }
        map.finishOverwriting();
    }

    private static Span around(Span span, int margin) {
        return new Span(span.from() - margin, span.to() + margin).within(SIDE);
    }

    private static Tile whole() {
        return new Tile(new Span(0, SIDE), new Span(0, SIDE));
    }

    private static double[][] summed(double[][] values, int distance) {
        double[][] sums = new double[SIDE][SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                sums[y][x] = values[y][x]
                        + at(values, y - distance, x)
                        + at(values, y + distance, x)
                        + at(values, y, x - distance)
                        + at(values, y, x + distance);
            }
        }
        return sums;
    }

    private static double at(double[][] values, int y, int x) {
        return y < 0 || x < 0 || y >= SIDE || x >= SIDE ? 0 : values[y][x];
    }

    @Test
    void lengthsAreCutEvenly() {
        assertThat(Span.cut(7, 3)).containsExactly(new Span(0, 2), new Span(2, 4), new Span(4, 7));
        assertThat(Span.cut(6, 6)).containsExactly(new Span(0, 6));
        assertThat(Span.cut(2, 6)).containsExactly(new Span(0, 2));
    }
}
