package io.toonlake.film;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.PixelImage;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.Scenes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameChooserTest {
    private static final int CUT = 60;

    /** A film of so many frames, 10 a second, its time stamps 100 apart. */
    private static FilmIndex index(int frames) {
        long[] timestamps = LongStream.range(0, frames).map(i -> 1000 + 100 * i).toArray();
        return new FilmIndex(
                "0".repeat(64),
                "h264",
                640,
                480,
                1,
                0.001,
                timestamps,
                List.of(new KeyFrame(timestamps[0], timestamps[0], 0)));
    }

    private static FrameStatistics frame(int number, double difference, double sharpness) {
        return new FrameStatistics(1000 + 100L * number, (float) difference, 100, 50, (float) sharpness, 0, 0, 0, 0);
    }

    /** Frames whose sharpness grows with their numbers, with cuts before these. */
    private static List<FrameStatistics> frames(int count, Integer... cuts) {
        List<Integer> at = List.of(cuts);
        return IntStream.range(0, count)
                .mapToObj(i -> frame(i, i == 0 ? -1 : at.contains(i) ? CUT : 1, 100 + i))
                .toList();
    }

    private static FrameChoice choose(FilmSettings settings, List<FrameStatistics> frames) {
        return new FrameChooser(settings).choose(index(frames.size()), List.of(new SegmentStatistics(frames, null)));
    }

    private static List<Integer> numbers(FrameChoice choice) {
        return choice.chosen().stream()
                .map(timestamp -> (int) (timestamp - 1000) / 100)
                .toList();
    }

    private static FilmSettings settings(int minScene, int framesPerScene, int margin) {
        return new FilmSettings(27, minScene, framesPerScene, margin, 5, 20, 0, 0, true, 0);
    }

    @Test
    void theSharpestFrameOfEachPartOfAScene() {
        FrameChoice choice = choose(settings(5, 2, 1), frames(22, 10));

        // Parts without margins: 1-4, 5-8; 11-15, 16-20.
        assertThat(numbers(choice)).containsExactly(4, 8, 15, 20);
        assertThat(choice.scenes()).isEqualTo(2);
        assertThat(choice.filtered()).isEqualTo(Map.of(FrameFilter.CUT, 4L, FrameFilter.SAME_SCENE, 14L));
        assertThat(choice.missing()).isEmpty();
    }

    @Test
    void cutsThatComeTooSoonAreNone() {
        assertThat(choose(settings(5, 1, 0), frames(20, 10, 12, 14)).scenes()).isEqualTo(2);
        assertThat(choose(settings(2, 1, 0), frames(20, 10, 12, 14)).scenes()).isEqualTo(4);
    }

    @Test
    void aDifferenceAtTheThresholdIsACut() {
        List<FrameStatistics> frames = new ArrayList<>(frames(20));
        frames.set(10, frame(10, 27, 100));
        assertThat(choose(settings(5, 1, 0), frames).scenes()).isEqualTo(2);
        frames.set(10, frame(10, 26.99, 100));
        assertThat(choose(settings(5, 1, 0), frames).scenes()).isEqualTo(1);
    }

    @Test
    void ofEquallySharpFramesTheFirst() {
        List<FrameStatistics> same =
                IntStream.range(0, 10).mapToObj(i -> frame(i, 0, 100)).toList();
        assertThat(numbers(choose(settings(5, 1, 2), same))).containsExactly(2);
    }

    @Test
    void aSceneOfNothingButMarginsGivesItsMiddle() {
        assertThat(numbers(choose(settings(1, 3, 5), frames(13, 10)))).containsExactly(4, 5, 11);
        assertThat(numbers(choose(settings(1, 3, 5), frames(1)))).containsExactly(0);
    }

    @Test
    void blurredAndFlatFramesAndTheFilmsEndsAreLeftOut() {
        List<FrameStatistics> frames = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            frames.add(new FrameStatistics(
                    1000 + 100L * i, i == 0 ? -1 : 1, 100, i == 20 ? 4.9f : 50, i == 21 ? 19.9f : 100, 0, 0, 0, 0));
        }
        FilmSettings ends = new FilmSettings(27, 5, 1, 0, 5, 20, 1, 0.5, true, 0);

        FrameChoice choice = choose(ends, frames);

        assertThat(numbers(choice)).containsExactly(10);
        assertThat(choice.filtered())
                .isEqualTo(Map.of(
                        FrameFilter.OPENING,
                        10L,
                        FrameFilter.ENDING,
                        5L,
                        FrameFilter.FLAT,
                        1L,
                        FrameFilter.BLURRED,
                        1L,
                        FrameFilter.SAME_SCENE,
                        22L));
    }

    @Test
    void whatTheDecoderDidNotGiveIsMissingAndCutsTheFilm() {
        FilmIndex index = index(30);
        List<FrameStatistics> first = frames(30).subList(0, 10);
        List<FrameStatistics> second = new ArrayList<>(frames(30).subList(14, 30));
        second.set(0, second.get(0).withDifference(-1));

        FrameChoice choice = new FrameChooser(settings(5, 1, 0))
                .choose(index, List.of(new SegmentStatistics(first, null), new SegmentStatistics(second, null)));

        assertThat(choice.missing()).containsExactly(2000L, 2100L, 2200L, 2300L);
        assertThat(choice.scenes()).isEqualTo(2);
        long filtered =
                choice.filtered().values().stream().mapToLong(Long::longValue).sum();
        assertThat(choice.chosen().size() + filtered + choice.missing().size()).isEqualTo(30);
    }

    @Test
    void theNextSegmentsFirstFrameDiffersAsTheOneBeforeHasSeen() {
        List<FrameStatistics> all = frames(20);
        List<FrameStatistics> second = new ArrayList<>(all.subList(10, 20));
        second.set(0, second.get(0).withDifference(-1));
        FrameChooser chooser = new FrameChooser(settings(5, 1, 0));

        assertThat(chooser.choose(
                                index(20),
                                List.of(
                                        new SegmentStatistics(all.subList(0, 10), new SegmentStatistics.Next(2000, 1)),
                                        new SegmentStatistics(second, null)))
                        .scenes())
                .isEqualTo(1);
        assertThat(chooser.choose(
                                index(20),
                                List.of(
                                        new SegmentStatistics(
                                                all.subList(0, 10), new SegmentStatistics.Next(2000, CUT)),
                                        new SegmentStatistics(second, null)))
                        .scenes())
                .isEqualTo(2);
    }

    @Test
    void framesThatNoPacketAnnouncedAreLeftOut() {
        List<FrameStatistics> frames = new ArrayList<>(frames(10));
        frames.add(5, new FrameStatistics(1450, 0, 100, 50, 1e6f, 0, 0, 0, 0));
        FrameChoice choice =
                new FrameChooser(settings(5, 1, 0)).choose(index(10), List.of(new SegmentStatistics(frames, null)));

        assertThat(numbers(choice)).containsExactly(9);
        assertThat(choice.missing()).isEmpty();
    }

    @Test
    void barsThatNearlyAllFramesHaveAreCutOff() {
        List<FrameStatistics> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            // One frame has a title in the bar; dark ones are black all over.
            float top = i == 50 ? 0 : 0.125f;
            frames.add(
                    i % 10 == 3
                            ? new FrameStatistics(1000 + 100L * i, 1, 0, 0, 0, 1, 1, 1, 1)
                            : new FrameStatistics(1000 + 100L * i, 1, 100, 50, 100, top, 0.125f, 0, 0));
        }
        // 60 rows of 480, and one measured row (480 / 256, rounded up) more.
        assertThat(choose(settings(5, 1, 0), frames).crop()).isEqualTo(new Crop(0, 62, 640, 356));
        FilmSettings subtitles = new FilmSettings(27, 5, 1, 0, 5, 20, 0, 0, true, 0.25);
        assertThat(choose(subtitles, frames).crop()).isEqualTo(new Crop(0, 62, 640, 267));
        FilmSettings uncut = new FilmSettings(27, 5, 1, 0, 5, 20, 0, 0, false, 0);
        assertThat(choose(uncut, frames).crop()).isEqualTo(new Crop(0, 0, 640, 480));
    }

    @Test
    void blackThatLeavesTooLittleIsNoBar() {
        List<FrameStatistics> frames = IntStream.range(0, 20)
                .mapToObj(i -> new FrameStatistics(1000 + 100L * i, 1, 10, 50, 100, 0.49f, 0.49f, 0.3f, 0.1f))
                .toList();

        assertThat(choose(settings(5, 1, 0), frames).crop()).isEqualTo(new Crop(195, 0, 378, 480));
    }

    @Test
    void barsOfAFilmAreMeasured(@TempDir Path folder) throws Exception {
        List<PixelImage> frames = new ArrayList<>();
        for (PixelImage picture : Scenes.pans(2, 20, 320, 180)) {
            frames.add(Scenes.barred(picture, 320, 256));
        }
        frames.addAll(Scenes.plain(0, 10, 320, 256));
        Path film = folder.resolve("film.mp4");
        FilmFile.of(frames).write(film);
        FilmIndex index = FilmFixture.index(film);

        FrameChoice choice =
                new FrameChooser(settings(5, 2, 2)).choose(index, FilmFixture.statistics(film, index, 1000));

        // 38 rows above and below are black.
        assertThat(choice.crop().x()).isZero();
        assertThat(choice.crop().width()).isEqualTo(320);
        assertThat(choice.crop().y()).isBetween(38, 41);
        assertThat(choice.crop().y() + choice.crop().height()).isBetween(256 - 41, 256 - 38);
        assertThat(choice.filtered().get(FrameFilter.FLAT)).isEqualTo(10);
        assertThat(choice.chosen()).hasSize(4);
    }
}
