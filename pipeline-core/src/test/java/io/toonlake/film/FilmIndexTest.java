package io.toonlake.film;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.toonlake.image.DecodeLimits;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.ImageFiles;
import io.toonlake.testing.Scenes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilmIndexTest {
    @TempDir
    private Path folder;

    private Path film(String name) {
        Path film = folder.resolve(name);
        FilmFile.of(Scenes.pans(2, 30, 64, 48)).bFrames(2).write(film);
        return film;
    }

    private FilmRefusedException refused(Path film, DecodeLimits limits) {
        return catchThrowableOfType(FilmRefusedException.class, () -> {
            try (FilmSource source = FilmSource.of(film)) {
                FilmIndex.of(source, limits);
            }
        });
    }

    private FilmRefusedException refused(String name, byte[] bytes) throws IOException {
        Path film = folder.resolve(name);
        Files.write(film, bytes);
        return refused(film, FilmFixture.LIMITS);
    }

    @ParameterizedTest
    @CsvSource({
        "film.mp4, mpeg4",
        "film.mkv, mpeg4",
        "film.ts, mpeg2video",
        "film.mpg, mpeg2video",
        "film.mov, mjpeg",
        "film.avi, mjpeg"
    })
    void everyFrameIsCountedOnce(String name, String encoder) throws Exception {
        Path film = folder.resolve(name);
        FilmFile.of(Scenes.pans(2, 30, 64, 48))
                .encoder(encoder)
                .bFrames(encoder.equals("mjpeg") ? 0 : 2)
                .write(film);

        FilmIndex index = FilmFixture.index(film);

        assertThat(index.frames()).isEqualTo(60);
        assertThat(index.codec()).isEqualTo(encoder);
        assertThat(index.width()).isEqualTo(64);
        assertThat(index.height()).isEqualTo(48);
        assertThat(index.seconds()).isEqualTo(59 / 25.0, org.assertj.core.api.Assertions.within(0.01));
        assertThat(index.number(index.timestamps()[17])).isEqualTo(17);
        assertThat(index.keyFrames()).hasSizeBetween(5, 60);
        assertThat(index.keyFrames().get(0).timestamp()).isEqualTo(index.timestamps()[0]);
    }

    @Test
    void theFingerprintIsThePicturesAndTheirTimes() throws Exception {
        Path film = film("film.mp4");
        String fingerprint = FilmFixture.index(film).fingerprint();
        Path renamed = Files.copy(film, folder.resolve("another name.bin"));
        Path longer = folder.resolve("longer.mp4");
        FilmFile.of(Scenes.pans(2, 31, 64, 48)).bFrames(2).write(longer);

        assertThat(fingerprint).matches("[0-9a-f]{64}");
        assertThat(FilmFixture.index(renamed).fingerprint()).isEqualTo(fingerprint);
        assertThat(FilmFixture.index(longer).fingerprint()).isNotEqualTo(fingerprint);
    }

    @Test
    void oneChangedByteOfAPictureIsAnotherFilm() throws Exception {
        Path film = film("film.mkv");
        byte[] bytes = Files.readAllBytes(film);
        bytes[bytes.length / 2] ^= 1;
        Path changed = folder.resolve("changed.mkv");
        Files.write(changed, bytes);

        assertThat(FilmFixture.index(changed).fingerprint())
                .isNotEqualTo(FilmFixture.index(film).fingerprint());
    }

    @Test
    void segmentsCoverTheFilmAndBeginAtKeyFrames() throws Exception {
        FilmIndex index = FilmFixture.index(film("film.mp4"));

        var segments = index.segments(0.6);

        assertThat(segments).hasSizeBetween(3, 4);
        assertThat(segments.get(0).start()).isNull();
        assertThat(segments.get(segments.size() - 1).until()).isEqualTo(Long.MAX_VALUE);
        for (int i = 1; i < segments.size(); i++) {
            assertThat(segments.get(i).from()).isEqualTo(segments.get(i - 1).until());
            assertThat(index.keyFrames()).contains(segments.get(i).start());
        }
        assertThat(index.segments(1000)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no film at all, but a note that somebody left in the folder of films",
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '/etc/passwd'\n",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"></MPD>",
            })
    void textsAndPlaylistsAreNoFilms(String text) throws IOException {
        FilmRefusedException refusal = refused("film.mp4", text.getBytes(StandardCharsets.UTF_8));

        assertThat(refusal.reason()).isEqualTo(FilmReason.NOT_A_FILM);
        assertThat(refusal).hasMessageStartingWith("no film in a container that is known");
    }

    /** The playlist names a film that is there, and would be read by a demuxer that follows names. */
    @Test
    void noFileButTheFilmIsRead() throws IOException {
        Path film = film("film.ts");

        assertThat(refused(
                                "list.m3u8",
                                ("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n" + film + "\n#EXT-X-ENDLIST\n")
                                        .getBytes(StandardCharsets.UTF_8))
                        .reason())
                .isEqualTo(FilmReason.NOT_A_FILM);
        assertThat(refused(
                                "list.ffconcat",
                                ("ffconcat version 1.0\nfile " + film.getFileName() + "\n")
                                        .getBytes(StandardCharsets.UTF_8))
                        .reason())
                .isEqualTo(FilmReason.NOT_A_FILM);
    }

    @Test
    void whatIsNoFilmIsRefusedWithItsReason() throws IOException {
        assertThat(refused("empty.mp4", new byte[0]).reason()).isEqualTo(FilmReason.EMPTY);
        assertThat(refused(
                                "picture.mp4",
                                ImageFiles.png(Scenes.pan(1, 1, 64, 48).get(0)))
                        .reason())
                .isEqualTo(FilmReason.NOT_A_FILM);
        Path film = film("film.mp4");
        assertThat(refused(film, new DecodeLimits(1, 64 * 48 - 1, 16)).reason())
                .isIn(FilmReason.TOO_MANY_PIXELS, FilmReason.CORRUPT);
        assertThat(refused(film, new DecodeLimits(1, 1 << 20, 49)).reason()).isEqualTo(FilmReason.TOO_SMALL);
        Path wide = folder.resolve("wide.mp4");
        FilmFile.of(Scenes.pans(1, 3, 64, 48)).pixelAspect(7, 1).write(wide);
        assertThat(refused(wide, new DecodeLimits(1, 64 * 48 * 6, 16)))
                .hasMessage("its frames are of 448x48, more than the allowed 18432 pixels");
    }

    /** As discs and recorders write them, one after the other in one file. */
    @Test
    void timesThatBeginAnewAreRefused() throws Exception {
        byte[] part = Files.readAllBytes(film("film.ts"));
        byte[] twice = Arrays.copyOf(part, 2 * part.length);
        System.arraycopy(part, 0, twice, part.length, part.length);

        FilmRefusedException refusal = refused("twice.ts", twice);

        assertThat(refusal.reason()).isEqualTo(FilmReason.CORRUPT);
        assertThat(refusal).hasMessageContaining("its time stamps begin anew at packet ");
    }

    /** What packets hold may be larger than what the header says. */
    @Test
    void framesThatAreLargerThanTheFilmAreNotDecoded() throws Exception {
        Path film = folder.resolve("small.avi");
        FilmFile.of(Scenes.pans(1, 4, 64, 48)).encoder("mjpeg").write(film);
        Path large = folder.resolve("large.avi");
        FilmFile.of(Scenes.pans(1, 4, 640, 480)).encoder("mjpeg").write(large);
        byte[] bytes = Files.readAllBytes(large);
        int changed = 0;
        for (int at = 0; at < 400; at++) {
            if (number(bytes, at) == 640 && number(bytes, at + 4) == 480) {
                System.arraycopy(new byte[] {64, 0, 0, 0, 48, 0, 0, 0}, 0, bytes, at, 8);
                changed++;
            }
        }
        assertThat(changed).isEqualTo(2);
        Files.write(large, bytes);

        assertThat(refused(large, new DecodeLimits(1, 64 * 48 * 2, 16)))
                .hasMessage("its frames are damaged, or of more than the allowed 6144 pixels");
    }

    private static int number(byte[] bytes, int at) {
        return java.nio.ByteBuffer.wrap(bytes, at, 4)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    /** An MP4's index of packets is at its end, a Matroska file's packets are found one after the other. */
    @Test
    void aFilmThatBreaksOffIsAFilmUntilThere() throws Exception {
        byte[] whole = Files.readAllBytes(film("film.mkv"));
        Path cut = folder.resolve("cut.mkv");
        Files.write(cut, Arrays.copyOf(whole, whole.length * 2 / 3));

        FilmIndex index = FilmFixture.index(cut);

        assertThat(index.frames()).isBetween(20, 55);
        long[] first = FilmFixture.index(folder.resolve("film.mkv")).timestamps();
        assertThat(LongStream.of(index.timestamps()).limit(15).toArray()).isEqualTo(Arrays.copyOf(first, 15));

        byte[] mp4 = Files.readAllBytes(film("film.mp4"));
        assertThat(refused("cut.mp4", Arrays.copyOf(mp4, mp4.length * 2 / 3)).reason())
                .isEqualTo(FilmReason.NOT_A_FILM);
    }

    @Test
    void aSourceThatFailsIsNoFaultOfTheFilm() {
        IOException lost = new IOException("connection lost");
        FilmSource failing = new FilmSource() {
            @Override
            public long sizeBytes() {
                return 1000;
            }

            @Override
            public int read(long position, byte[] into, int length) throws IOException {
                throw lost;
            }

            @Override
            public void close() {}
        };

        assertThat(catchThrowableOfType(IOException.class, () -> FilmIndex.of(failing, FilmFixture.LIMITS)))
                .isSameAs(lost);
    }
}
