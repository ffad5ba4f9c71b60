package io.toonlake.stylize;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A map [C, H, W] of the whole picture, outside of the heap, that is read and written in tiles.
 *
 * <p>It can be overwritten tile by tile while what is not yet overwritten is still read. For that its memory has a few rows and columns more:
 * what is written lands that much further up and left than what is read, or further down and right the next time, with the tiles in reverse order.
 * So a tile covers nothing that a later tile reads, as long as that reaches no further beyond the tile than the margin.
 */
final class TileMap implements AutoCloseable {
    private final int channels;
    private final int height;
    private final int width;
    private final int margin;
    private final int stride;
    private final List<FloatPointer> memory = new ArrayList<>();
    private final List<FloatBuffer> planes = new ArrayList<>();
    private final float[] row;
    private final float[] otherRow;
    /** Where the first row and column are, 0 or the margin, of what is read and of what is written. */
    private int readOrigin;

    private int writeOrigin;

    /** @param margin how far around a tile a pass that overwrites the map reads, in pixels */
    TileMap(int channels, int height, int width, int margin) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.margin = margin;
        stride = width + margin;
        row = new float[width];
        otherRow = new float[width];
        try {
            for (int c = 0; c < channels; c++) {
                memory.add(new FloatPointer(Math.multiplyExact((long) stride, height + margin)));
                planes.add(memory.get(c).asBuffer());
            }
        } catch (OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    static long bytes(int channels, int height, int width, int margin) {
        return (long) Float.BYTES * channels * (height + margin) * (width + margin);
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** Whether the next pass that overwrites the map must take the last tile first. */
    boolean lastTileFirst() {
        return readOrigin == 0;
    }

    /** From here on what is written does not show in what is read. */
    void startOverwriting() {
        writeOrigin = margin - readOrigin;
    }

    /** From here on what was written is read. */
    void finishOverwriting() {
        readOrigin = writeOrigin;
    }

    /** Copies a tile, [C, h, w]. */
    void read(Tile tile, FloatBuffer into) {
        int at = 0;
        for (FloatBuffer plane : planes) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += tile.width()) {
                into.put(at, plane, index(readOrigin, y, tile.columns().from()), tile.width());
            }
        }
    }

    /** Copies a tile's scaled and rectified values: max(0, factor · x + offset). */
    void readRectified(Tile tile, ChannelScaling scaling, FloatBuffer into) {
        int at = 0;
        int columns = tile.width();
        for (int c = 0; c < channels; c++) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += columns) {
                planes.get(c).get(index(readOrigin, y, tile.columns().from()), row, 0, columns);
                rectify(c, scaling, columns);
                into.put(at, row, 0, columns);
            }
        }
    }

    void write(Tile tile, FloatBuffer from) {
        int at = 0;
        for (FloatBuffer plane : planes) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += tile.width()) {
                plane.put(index(writeOrigin, y, tile.columns().from()), from, at, tile.width());
            }
        }
    }

    /** Writes what was read of a tile plus that. */
    void writeSum(Tile tile, FloatBuffer addend) {
        int at = 0;
        int columns = tile.width();
        for (FloatBuffer plane : planes) {
            for (int y = tile.rows().from(); y < tile.rows().to(); y++, at += columns) {
                plane.get(index(readOrigin, y, tile.columns().from()), row, 0, columns);
                addend.get(at, otherRow, 0, columns);
                for (int i = 0; i < columns; i++) {
                    row[i] += otherRow[i];
                }
                addend.put(at, row, 0, columns);
            }
        }
        write(tile, addend);
    }

    /** Scales and rectifies the map. */
    void rectify(ChannelScaling scaling) {
        for (int c = 0; c < channels; c++) {
            FloatBuffer plane = planes.get(c);
            for (int y = 0; y < height; y++) {
                int at = index(readOrigin, y, 0);
                plane.get(at, row, 0, width);
                rectify(c, scaling, width);
                plane.put(at, row, 0, width);
            }
        }
    }

    private void rectify(int channel, ChannelScaling scaling, int count) {
        float factor = (float) scaling.factors()[channel];
        float offset = (float) scaling.offsets()[channel];
        for (int i = 0; i < count; i++) {
            row[i] = Math.max(0, row[i] * factor + offset);
        }
    }

    /** Adds another map of the same size, scaled: x + factor · y + offset. */
    void add(TileMap other, ChannelScaling scaling) {
        for (int c = 0; c < channels; c++) {
            float factor = (float) scaling.factors()[c];
            float offset = (float) scaling.offsets()[c];
            for (int y = 0; y < height; y++) {
                int at = index(readOrigin, y, 0);
                planes.get(c).get(at, row, 0, width);
                other.planes.get(c).get(other.index(other.readOrigin, y, 0), otherRow, 0, width);
                for (int i = 0; i < width; i++) {
                    row[i] += otherRow[i] * factor + offset;
                }
                planes.get(c).put(at, row, 0, width);
            }
        }
    }

    private int index(int origin, int y, int x) {
        return (y + origin) * stride + x + origin;
    }

    @Override
    public void close() {
        planes.clear();
        memory.forEach(FloatPointer::close);
        memory.clear();
    }
}
