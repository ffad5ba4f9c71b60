package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.FileBytes.truncated;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A PNG's compressed image data: inflated once, and thrown away, to see that it is whole. */
final class PngData {

    /** Larger than any profile or text in use; a chunk that inflates to more is a bomb. */
    private static final int MOST_INFLATED_BYTES = 16 << 20;

    private static final int LAST_FILTER = 4;

    private record Piece(byte[] data, int from, int length) {}

    private final List<Piece> pieces = new ArrayList<>();

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    void add(byte[] data, int from, int length) {
        pieces.add(new Piece(data, from, length));
    }

    /** Refuses data that is not exactly the picture's rows, each beginning with a known filter, under the right checksum. */
    void check(PngHeader header) throws ImageRefusedException {
        long[][] passes = header.passes();
        long expected = 0;
        for (long[] pass : passes) {
            expected += (pass[0] + 1) * pass[1];
        }
        Inflater inflater = new Inflater();
        try {
            int next = 0;
            long done = 0;
            Rows rows = new Rows(passes);
            byte[] buffer = new byte[1 << 16];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                rows.check(buffer, count);
                done += count;
                if (done > expected) {
                    throw corrupt("image data goes on after the last row");
                }
                if (count == 0 && inflater.needsInput()) {
                    if (next == pieces.size()) {
                        throw truncated("image data ends after " + done + " of " + expected + " bytes");
                    }
                    Piece piece = pieces.get(next++);
                    inflater.setInput(piece.data(), piece.from(), piece.length());
                } else if (count == 0 && inflater.needsDictionary()) {
                    throw corrupt("image data asks for a preset dictionary");
                }
            }
            if (done < expected) {
                throw truncated("image data ends after " + done + " of " + expected + " bytes");
            }
        } catch (DataFormatException e) {
            throw new ImageRefusedException(RefusalReason.CORRUPT, "damaged image data (" + e.getMessage() + ")", e);
        } finally {
            inflater.end();
        }
    }

    /** Walks over inflated bytes from row to row. */
    private static final class Rows {
        private final long[][] passes;
        private int pass;
        private long row;
        private long untilRow;

        Rows(long[][] passes) {
            this.passes = passes;
        }

        void check(byte[] buffer, int count) throws ImageRefusedException {
            while (untilRow < count && pass < passes.length) {
                int filter = buffer[(int) untilRow] & 0xFF;
                if (filter > LAST_FILTER) {
                    throw corrupt("unknown filter " + filter + " in row " + row);
                }
                untilRow += passes[pass][0] + 1;
                if (++row == passes[pass][1]) {
                    row = 0;
                    pass++;
                }
            }
            untilRow -= count;
        }
    }

    /** The profile in an iCCP chunk; no bytes where it cannot be had. */
    static byte[] profile(byte[] chunk) {
        int name = 0;
        while (name < chunk.length && chunk[name] != 0) {
            name++;
        }
        return inflated(chunk, name + 2);
    }

    /** What is compressed from a position on; no bytes where it cannot be had. */
    static byte[] inflated(byte[] chunk, int from) {
        Inflater inflater = new Inflater();
        try {
            ByteArrayOutputStream inflated = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            if (from >= chunk.length) {
                return new byte[0];
            }
            inflater.setInput(chunk, from, chunk.length - from);
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                inflated.write(buffer, 0, count);
                if (count == 0 || inflated.size() > MOST_INFLATED_BYTES) {
                    return new byte[0];
                }
            }
            return inflated.toByteArray();
        } catch (DataFormatException e) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }
}
