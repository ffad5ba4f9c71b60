package io.toonlake.film;

import io.toonlake.image.PixelImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Decodes chosen frames of a film, each once, in order. */
public final class FilmFrames {
    private FilmFrames() {}

    /** Takes frames in the order in which they are shown. */
    public interface Taker {
        void take(long timestamp, PixelImage picture);
    }

    /**
     * @param source of the film that was indexed
     * @param timestamps of the frames that are wanted, ascending
     * @return those that the decoder does not give
     * @throws FilmRefusedException where the source holds no film any more
     * @throws IOException where the source fails
     */
    public static List<Long> take(FilmSource source, FilmIndex index, List<Long> timestamps, Taker taker)
            throws FilmRefusedException, IOException {
        List<Long> missing = new ArrayList<>();
        Deque<Long> wanted = new ArrayDeque<>(timestamps);
        try (FrameReader reader = new FrameReader(source, index)) {
            while (!wanted.isEmpty()) {
                KeyFrame start = index.keyFrame(wanted.peek());
                Deque<Long> together = new ArrayDeque<>();
                // Frames behind the same key frame come from one decoding.
                while (!wanted.isEmpty() && same(start, index.keyFrame(wanted.peek()))) {
                    together.add(wanted.poll());
                }
                reader.read(start, frame -> {
                    while (!together.isEmpty() && together.peek() < frame.timestamp()) {
                        missing.add(together.poll());
                    }
                    if (!together.isEmpty() && together.peek() == frame.timestamp()) {
                        together.poll();
                        taker.take(frame.timestamp(), frame.painter().picture(frame.decoded()));
                    }
                    return !together.isEmpty();
                });
                missing.addAll(together);
            }
        }
        return missing;
    }

    private static boolean same(KeyFrame one, KeyFrame other) {
        return one == null ? other == null : one.equals(other);
    }
}
