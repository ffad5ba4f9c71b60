package io.toonlake.film;

import io.toonlake.image.DecodeLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a caller does with a film, in one thread. */
final class FilmFixture {
    static final DecodeLimits LIMITS = new DecodeLimits(1 << 30, 10_000_000, 16);

    /** Takes one frame a scene, whatever it looks like. */
    static final FilmSettings PLAIN = new FilmSettings(27, 5, 1, 1, 0, 0, 0, 0, false, 0);

    private FilmFixture() {}

    static FilmIndex index(Path film) throws FilmRefusedException, IOException {
        try (FilmSource source = FilmSource.of(film)) {
            return FilmIndex.of(source, LIMITS);
        }
    }

    static List<SegmentStatistics> statistics(Path film, FilmIndex index, double segmentSeconds)
            throws FilmRefusedException, IOException {
        List<SegmentStatistics> all = new ArrayList<>();
        for (FilmSegment segment : index.segments(segmentSeconds)) {
            try (FilmSource source = FilmSource.of(film)) {
                all.add(FilmAnalysis.of(source, index, segment));
            }
        }
        return all;
    }

    /** Hashes of these frames, in order. */
    static List<String> hashes(Path film, FilmIndex index, List<Long> timestamps)
            throws FilmRefusedException, IOException {
        List<String> hashes = new ArrayList<>();
        try (FilmSource source = FilmSource.of(film)) {
            FilmFrames.take(source, index, timestamps, (timestamp, picture) -> hashes.add(FrameHash.of(picture)));
        }
        return hashes;
    }
}
