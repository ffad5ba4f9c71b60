package io.toonlake.film;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.DecodeLimits;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.Fuzz;
import io.toonlake.testing.Scenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the bytes are, every frame is chosen, filtered or missing, or the film is refused. A fault of FFmpeg's would end the whole process. */
class FilmGarbageTest {
    /** Of each kind; {@code .ci/long} does more. */
    private static final int MUTATIONS = Integer.getInteger("film.mutations", 60);

    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20, 1_000_000, 1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "mp4, mpeg4, 2",
        "mov, mjpeg, 0",
        "mkv, mpeg4, 2",
        "mkv, ffv1, 0",
        "avi, mpeg4, 0",
        "ts, mpeg2video, 2",
        "mpg, mpeg2video, 2",
        "flv, flv, 0",
        "mp4, libopenh264, 0",
        "ts, libopenh264, 0",
        "mkv, libvpx-vp9, 0",
        "mp4, libsvtav1, 0"
    })
    void nothingEscapesAndEveryFrameIsAccountedFor(String container, String encoder, int bFrames) throws IOException {
        byte[] whole = film(container, encoder, bFrames);
        Random random = new Random(whole.length);
        int films = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Path mutated = folder.resolve("mutated." + container);
            Files.write(mutated, mutate(whole, random));
            films += isAccountedFor(mutated, container + " " + encoder + ", mutation " + i) ? 1 : 0;
        }
        // Otherwise nothing but the containers' headers would be tried.
        assertThat(films).isGreaterThan(MUTATIONS / 4);
    }

    private byte[] film(String container, String encoder, int bFrames) throws IOException {
        Path film = folder.resolve("film." + container);
        // The encoder of AV1 makes none that are smaller.
        boolean larger = encoder.equals("libsvtav1");
        FilmFile.of(Scenes.pans(2, 12, larger ? 80 : 48, larger ? 64 : 32))
                .encoder(encoder)
                .framesPerKey(6)
                .bFrames(bFrames)
                .write(film);
        return Files.readAllBytes(film);
    }

    /** Others in every build, for a bounded time. */
    @ParameterizedTest
    @CsvSource({"mp4, mpeg4, 2", "mp4, libopenh264, 0", "mkv, libvpx-vp9, 0", "ts, mpeg2video, 2"})
    void whatNobodyHasTriedIsAccountedForToo(String container, String encoder, int bFrames) throws IOException {
        byte[] whole = film(container, encoder, bFrames);
        Fuzz.run(
                "films",
                encoder + "." + container,
                random -> mutate(whole, random),
                film -> isAccountedFor(film, film.toString()));
    }

    private static boolean isAccountedFor(Path film, String which) throws IOException {
        try {
            FilmIndex index;
            try (FilmSource source = FilmSource.of(film)) {
                index = FilmIndex.of(source, LIMITS);
            }
            FrameChoice choice =
                    new FrameChooser(FilmFixture.PLAIN).choose(index, FilmFixture.statistics(film, index, 0.2));
            long filtered = choice.filtered().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(choice.chosen().size() + filtered + choice.missing().size())
                    .as(which)
                    .isEqualTo(index.frames());
            try (FilmSource source = FilmSource.of(film)) {
                int[] taken = {0};
                int missing = FilmFrames.take(source, index, choice.chosen(), (timestamp, picture) -> taken[0]++)
                        .size();
                assertThat(taken[0] + missing)
                        .as(which)
                        .isEqualTo(choice.chosen().size());
            }
            return true;
        } catch (FilmRefusedException refused) {
            assertThat(refused.getMessage()).as(which).isNotBlank();
            return false;
        }
    }

    /** A few bytes changed, among the headers or anywhere; a stretch zeroed, doubled or cut off. */
    private static byte[] mutate(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int kind = random.nextInt(6);
        int reach = kind < 2 ? Math.min(bytes.length, 400) : bytes.length;
        for (int i = random.nextInt(6); i >= 0; i--) {
            bytes[random.nextInt(reach)] = kind % 2 == 0 ? (byte) random.nextInt(256) : (byte) -1;
        }
        int from = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(500, bytes.length - from));
        if (kind == 3) {
            java.util.Arrays.fill(bytes, from, from + length, (byte) 0);
        } else if (kind == 4) {
            System.arraycopy(whole, from, bytes, random.nextInt(bytes.length - length + 1), length);
        } else if (kind == 5) {
            return java.util.Arrays.copyOf(bytes, from + 1);
        }
        return bytes;
    }
}
