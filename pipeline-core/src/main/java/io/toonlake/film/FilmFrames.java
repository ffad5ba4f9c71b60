package io.toonlake.film;

import io.toonlake.image.PixelImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

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
                Frames frames = new Frames(together, taker, missing);
                reader.read(start, Set.copyOf(together), frames::orBack);
                if (!together.isEmpty()) {
                    // One that was wanted did not come out: perhaps for what was left out.
                    reader.read(start, frames::orMissing);
                }
                missing.addAll(together);
            }
        }
        return missing;
    }

    private static boolean same(KeyFrame one, KeyFrame other) {
        return one == null ? other == null : one.equals(other);
    }

    /** Takes the wanted frames as they come, in order. */
    private record Frames(Deque<Long> wanted, Taker taker, List<Long> missing) {
        /** Stops before it would take a frame that is shown after one that has not come. */
        boolean orBack(FrameReader.Frame frame) {
            return wanted.peek() >= frame.timestamp() && taken(frame);
        }

        boolean orMissing(FrameReader.Frame frame) {
            while (!wanted.isEmpty() && wanted.peek() < frame.timestamp()) {
                missing.add(wanted.poll());
            }
            return !wanted.isEmpty() && taken(frame);
        }

        private boolean taken(FrameReader.Frame frame) {
            if (wanted.peek() == frame.timestamp()) {
                wanted.poll();
                taker.take(frame.timestamp(), frame.painter().picture(frame.decoded()));
            }
            return !wanted.isEmpty();
        }
    }
}
