package io.toonlake.film;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.Orientation;
import io.toonlake.image.PixelImage;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.ReferenceData;
import io.toonlake.testing.Scenes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilmFramesTest {
    @TempDir
    private Path folder;

    private static List<Long> all(FilmIndex index) {
        return LongStream.of(index.timestamps()).boxed().toList();
    }

    /** Decoded from the beginning, from the key frame before, and measured in stretches of any length: always the same frames. */
    @ParameterizedTest
    @CsvSource({
        "film.mp4, mpeg4, 2",
        "film.mkv, mpeg4, 2",
        "film.avi, mpeg4, 0",
        "film.avi, mpeg4, 2",
        "film.ts, mpeg2video, 2",
        "film.mpg, mpeg2video, 2",
        "film.mkv, ffv1, 0",
        "film.mov, mjpeg, 0",
        "film.mp4, libopenh264, 0",
        "film.mkv, libvpx-vp9, 0"
    })
    void framesAreTheSameWhereverDecodingBegins(String name, String encoder, int bFrames) throws Exception {
        Path film = folder.resolve(name);
        FilmFile.of(Scenes.pans(4, 20, 96, 64))
                .encoder(encoder)
                .bFrames(bFrames)
                .write(film);
        FilmIndex index = FilmFixture.index(film);
        List<String> together = FilmFixture.hashes(film, index, all(index));

        assertThat(together).hasSize(80).doesNotHaveDuplicates();
        for (int frame : new int[] {0, 7, 11, 12, 13, 37, 48, 79}) {
            assertThat(FilmFixture.hashes(film, index, List.of(index.timestamps()[frame])))
                    .as("frame %d", frame)
                    .containsExactly(together.get(frame));
        }
        FrameChooser chooser = new FrameChooser(FilmFixture.PLAIN);
        FrameChoice whole = chooser.choose(index, FilmFixture.statistics(film, index, 1000));
        assertThat(whole.scenes()).isEqualTo(4);
        assertThat(whole.missing()).isEmpty();
        for (double seconds : new double[] {0.1, 0.7, 1.3}) {
            List<SegmentStatistics> parts = FilmFixture.statistics(film, index, seconds);
            assertThat(parts).hasSizeGreaterThan(1);
            assertThat(chooser.choose(index, parts)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"mpeg4, film.mp4", "mpeg2video, film.mpg", "mjpeg, film.mov", "ffv1, film.mkv"})
    void coloursAreThoseOfThePictures(String encoder, String name) throws Exception {
        List<PixelImage> colours = new ArrayList<>();
        for (int rgb : new int[] {0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0x000000, 0x808080, 0xc08040}) {
            colours.addAll(Scenes.plain(rgb, 3, 64, 48));
        }
        Path film = folder.resolve(name);
        FilmFile.of(colours).encoder(encoder).framesPerKey(1).write(film);
        FilmIndex index = FilmFixture.index(film);
        List<PixelImage> decoded = new ArrayList<>();
        try (FilmSource source = FilmSource.of(film)) {
            FilmFrames.take(source, index, all(index), (timestamp, picture) -> decoded.add(picture));
        }

        assertThat(decoded).hasSize(colours.size());
        for (int i = 0; i < decoded.size(); i++) {
            byte[] expected = colours.get(i).pixels();
            byte[] actual = decoded.get(i).pixels();
            int middle = 3 * (24 * 64 + 32);
            for (int c = middle; c < middle + 3; c++) {
                assertThat(actual[c] & 0xff)
                        .as("frame %d, sample %d", i, c - middle)
                        .isCloseTo(expected[c] & 0xff, org.assertj.core.api.Assertions.within(4));
            }
        }
    }

    @Test
    void pixelsThatAreNotSquareAndFramesThatAreTurnedAreSetRight() throws Exception {
        List<PixelImage> frames = new ArrayList<>();
        // Red above, blue below.
        for (int i = 0; i < 5; i++) {
            byte[] pixels = Scenes.plain(0x0000ff, 1, 64, 48).get(0).pixels().clone();
            byte[] red = Scenes.plain(0xff0000, 1, 64, 24).get(0).pixels();
            System.arraycopy(red, 0, pixels, 0, red.length);
            frames.add(PixelImage.bgr(64, 48, pixels));
        }
        Path wide = folder.resolve("wide.mp4");
        FilmFile.of(frames).pixelAspect(3, 2).write(wide);
        Path turned = folder.resolve("turned.mp4");
        FilmFile.of(frames).turned(90).write(turned);

        FilmIndex ofWide = FilmFixture.index(wide);
        assertThat(ofWide.width()).isEqualTo(96);
        assertThat(ofWide.height()).isEqualTo(48);
        FilmIndex ofTurned = FilmFixture.index(turned);
        assertThat(ofTurned.width()).isEqualTo(48);
        assertThat(ofTurned.height()).isEqualTo(64);
        List<PixelImage> pictures = new ArrayList<>();
        try (FilmSource source = FilmSource.of(turned)) {
            FilmFrames.take(
                    source, ofTurned, List.of(ofTurned.timestamps()[1]), (timestamp, picture) -> pictures.add(picture));
        }
        PixelImage picture = pictures.get(0);
        assertThat(picture.width()).isEqualTo(48);
        // What was above is on the right after a turn clockwise.
        int row = 3 * 32 * 48;
        assertThat(picture.pixels()[row + 3 * 40 + 2] & 0xff).isGreaterThan(200);
        assertThat(picture.pixels()[row + 3 * 8] & 0xff).isGreaterThan(200);
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "90, 7", "180, 4", "270, 5"})
    void mirroredFramesAreSetRight(int turned, int orientation) throws Exception {
        PixelImage scene = Scenes.pans(1, 1, 96, 64).get(0);
        Path plain = folder.resolve("plain.mp4");
        FilmFile.of(Collections.nCopies(5, scene)).write(plain);
        Path mirrored = folder.resolve("mirrored.mp4");
        FilmFile.of(Collections.nCopies(5, scene)).mirrored().turned(turned).write(mirrored);

        FilmIndex index = FilmFixture.index(mirrored);

        assertThat(index.orientation()).isEqualTo(orientation);
        assertThat(first(mirrored)).isEqualTo(Orientation.apply(orientation, first(plain)));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void whatIsMeasuredIsTurnedAsPicturesAre(int orientation) {
        byte[] grey = {1, 2, 3, 4, 5, 6};
        byte[] pixels = new byte[18];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = grey[i / 3];
        }
        PixelImage expected = Orientation.apply(orientation, PixelImage.bgr(3, 2, pixels));

        Mat upright = FramePainter.upright(orientation, new Mat(2, 3, opencv_core.CV_8UC1, new BytePointer(grey)));

        assertThat(upright.cols()).isEqualTo(expected.width());
        byte[] turned = new byte[6];
        upright.data().get(turned);
        for (int i = 0; i < turned.length; i++) {
            assertThat(turned[i]).isEqualTo(expected.pixels()[3 * i]);
        }
    }

    private PixelImage first(Path film) throws Exception {
        FilmIndex index = FilmFixture.index(film);
        List<PixelImage> pictures = new ArrayList<>();
        try (FilmSource source = FilmSource.of(film)) {
            FilmFrames.take(
                    source, index, List.of(index.timestamps()[0]), (timestamp, picture) -> pictures.add(picture));
        }
        return pictures.get(0);
    }

    @Test
    void framesThatTheDecoderDoesNotGiveAreNamed() throws Exception {
        Path film = folder.resolve("film.mkv");
        FilmFile.of(Scenes.pans(4, 20, 96, 64)).framesPerKey(10).write(film);
        FilmIndex index = FilmFixture.index(film);
        byte[] bytes = Files.readAllBytes(film);
        // The stretch in the middle is there, and says nothing.
        Arrays.fill(bytes, bytes.length / 3, bytes.length / 2, (byte) 0);
        Path broken = folder.resolve("broken.mkv");
        Files.write(broken, bytes);

        List<Long> missing;
        List<Long> taken = new ArrayList<>();
        try (FilmSource source = FilmSource.of(broken)) {
            missing = FilmFrames.take(source, index, all(index), (timestamp, picture) -> taken.add(timestamp));
        }

        assertThat(missing).isNotEmpty();
        assertThat(taken).hasSizeGreaterThan(20).doesNotContainAnyElementsOf(missing);
        assertThat(taken.size() + missing.size()).isEqualTo(80);
    }

    /** Read on from its beginning, a damaged AVI counts other frames than its index of packets does. */
    @Test
    void ofADamagedContainerFramesAreTheSameInParts() throws Exception {
        Path film = folder.resolve("film.avi");
        FilmFile.of(Scenes.pans(6, 20, 96, 64)).encoder("mjpeg").write(film);
        byte[] bytes = Files.readAllBytes(film);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 9_000, (byte) 0);
        Files.write(film, bytes);
        FilmIndex index = FilmFixture.index(film);
        FrameChooser chooser = new FrameChooser(FilmFixture.PLAIN);

        FrameChoice whole = chooser.choose(index, FilmFixture.statistics(film, index, 1000));

        assertThat(index.frames()).isBetween(100, 119);
        assertThat(chooser.choose(index, FilmFixture.statistics(film, index, 0.5)))
                .isEqualTo(whole);
        List<String> together = FilmFixture.hashes(film, index, whole.chosen());
        assertThat(together).hasSize(6);
        for (int i = 0; i < together.size(); i++) {
            assertThat(FilmFixture.hashes(film, index, List.of(whole.chosen().get(i))))
                    .containsExactly(together.get(i));
        }
    }

    /** More readers at a time than JavaCPP has native callbacks of a kind. */
    @Test
    void manyFilmsAreReadAtOnce() throws Exception {
        Path film = folder.resolve("film.mp4");
        FilmFile.of(Scenes.pans(2, 30, 96, 64)).write(film);
        FilmIndex index = FilmFixture.index(film);
        List<String> expected = FilmFixture.hashes(film, index, all(index));
        ExecutorService threads = Executors.newFixedThreadPool(24);
        try {
            List<Callable<List<String>>> tasks =
                    java.util.Collections.nCopies(48, () -> FilmFixture.hashes(film, index, all(index)));
            for (Future<List<String>> hashes : threads.invokeAll(tasks)) {
                assertThat(hashes.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** H.264 with B frames, whose second key frame is 8.3 seconds in. */
    @Test
    void aRealFilmIsTheSameInParts() throws Exception {
        Path film = ReferenceData.require("film/street.mp4");
        FilmIndex index = FilmFixture.index(film);
        FrameChooser chooser = new FrameChooser(FilmFixture.PLAIN);

        FrameChoice whole = chooser.choose(index, FilmFixture.statistics(film, index, 1000));
        FrameChoice parts = chooser.choose(index, FilmFixture.statistics(film, index, 0.5));

        assertThat(index.frames()).isEqualTo(285);
        assertThat(whole.scenes()).isEqualTo(1);
        assertThat(whole.missing()).isEmpty();
        assertThat(parts).isEqualTo(whole);
        List<Long> some = List.of(index.timestamps()[100], index.timestamps()[249], index.timestamps()[251]);
        List<String> together = FilmFixture.hashes(film, index, some);
        for (int i = 0; i < some.size(); i++) {
            assertThat(FilmFixture.hashes(film, index, List.of(some.get(i)))).containsExactly(together.get(i));
        }
    }
}
