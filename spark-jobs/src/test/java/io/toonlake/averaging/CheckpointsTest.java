package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.storage.HeldException;
import io.toonlake.storage.Storage;
import io.toonlake.training.Phase;
import io.toonlake.training.StateLayout;
import io.toonlake.training.StateLayout.Segment;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    private Path model;

    private final List<String> warnings = new ArrayList<>();
    private Checkpoints checkpoints;

    @BeforeEach
    void open() {
        checkpoints = new Checkpoints(
                new Storage(new Configuration()), new org.apache.hadoop.fs.Path(model.toUri()), 2, 0, () -> {});
    }

    @Test
    void aCheckpointComesBackAsItWasWritten() {
        Checkpoint written = checkpoint(7);
        checkpoints.write(written, losses(Phase.INITIALIZATION, 1));

        assertThat(checkpoints.latest(warnings::add)).contains(written);
        assertThat(warnings).isEmpty();
    }

    @Test
    void thereIsNoneInANewFolder() {
        assertThat(checkpoints.latest(warnings::add)).isEmpty();
    }

    @Test
    void theLatestAreKept() throws IOException {
        for (int round : new int[] {2, 4, 10}) {
            checkpoints.write(checkpoint(round), losses(Phase.INITIALIZATION, 1));
        }
        assertThat(names())
                .containsExactly(
                        "best.json",
                        "round-0000002.safetensors",
                        "round-0000004.safetensors",
                        "round-0000010.safetensors");
        assertThat(checkpoints.latest(warnings::add).orElseThrow().round()).isEqualTo(10);
    }

    @Test
    void thereIsAlwaysOneFromBeforeTheWindow() throws IOException {
        int window = 5;
        Checkpoints watched = new Checkpoints(
                new Storage(new Configuration()), new org.apache.hadoop.fs.Path(model.toUri()), 1, window, () -> {});
        for (int round = 1; round < 40; round++) {
            // The first is the best.
            watched.write(checkpoint(round), losses(Phase.INITIALIZATION, round));

            List<Integer> rounds = names().stream()
                    .filter(name -> name.startsWith("round-"))
                    .map(name -> Integer.parseInt(name.replaceAll("\\D", "")))
                    .toList();
            int latest = round;
            assertThat(rounds).as("after round %d", round).contains(1, round).hasSizeLessThanOrEqualTo(4);
            if (round > window) {
                assertThat(rounds)
                        .as("after round %d", round)
                        .anyMatch(kept -> kept <= latest - window && kept > latest - 3 * window);
            }
        }
    }

    @Test
    void whoHasLostTheFolderWritesAndDeletesNothing() throws IOException {
        checkpoints.write(checkpoint(2), losses(Phase.INITIALIZATION, 1));
        List<String> before = names();
        Checkpoints lost = new Checkpoints(
                new Storage(new Configuration()), new org.apache.hadoop.fs.Path(model.toUri()), 1, 0, () -> {
                    throw new HeldException("another run has it");
                });

        assertThatThrownBy(() -> lost.write(checkpoint(4), losses(Phase.INITIALIZATION, 1)))
                .isInstanceOf(HeldException.class);
        assertThatThrownBy(() -> lost.goBackTo(1)).isInstanceOf(HeldException.class);
        assertThatThrownBy(lost::deleteAll).isInstanceOf(HeldException.class);
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void theBestIsKeptAdversarialOnesBeforeOthers() throws IOException {
        checkpoints.write(checkpoint(2), losses(Phase.INITIALIZATION, 0.1));
        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 0.2));
        checkpoints.write(checkpoint(6), losses(Phase.ADVERSARIAL, 0.5));
        checkpoints.write(checkpoint(8), losses(Phase.ADVERSARIAL, 0.4));
        for (int round = 10; round < 20; round += 2) {
            checkpoints.write(checkpoint(round), losses(Phase.ADVERSARIAL, 0.6));
        }
        assertThat(names())
                .containsExactly(
                        "best.json",
                        "round-0000008.safetensors",
                        "round-0000016.safetensors",
                        "round-0000018.safetensors");
        assertThat(Files.readString(model.resolve("checkpoints/best.json")))
                .contains("\"round-0000008.safetensors\"", "\"adversarial\"", "0.4");
        assertThat(checkpoints.latest(warnings::add).orElseThrow().round()).isEqualTo(18);
    }

    @Test
    void whereTheBestIsNotKnownTheNextOneIs() throws IOException {
        checkpoints.write(checkpoint(2), losses(Phase.ADVERSARIAL, 0.1));
        Path best = model.resolve("checkpoints/best.json");
        for (String damaged : new String[] {"", "{\"file\" : \"round-00", "[]", "null"}) {
            Files.writeString(best, damaged);

            checkpoints.write(checkpoint(4), losses(Phase.ADVERSARIAL, 0.4));

            assertThat(Files.readString(best)).as(damaged).contains("round-0000004.safetensors");
            assertThat(checkpoints.latest(warnings::add).orElseThrow().round()).isEqualTo(4);
        }
    }

    @Test
    void onlyAdversarialRoundsCountForAnAdversarialCheckpoint() {
        ContentLosses losses = losses(Phase.INITIALIZATION, 3);
        losses.add(result(Phase.ADVERSARIAL, 1));
        losses.add(result(Phase.ADVERSARIAL, 2));

        assertThat(losses.phase()).isEqualTo(Phase.ADVERSARIAL);
        assertThat(losses.mean()).isEqualTo(1.5);
    }

    @Test
    void aTornCheckpointIsPassedOverForTheOneBefore() throws IOException {
        checkpoints.write(checkpoint(2), losses(Phase.INITIALIZATION, 1));
        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 1));
        Path file = model.resolve("checkpoints/round-0000004.safetensors");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            warnings.clear();
            assertThat(checkpoints.latest(warnings::add).orElseThrow().round()).isEqualTo(2);
            assertThat(warnings).singleElement().asString().contains("round-0000004.safetensors", "going back");
        }
    }

    @Test
    void aFlippedBitIsNoticed() throws IOException {
        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 1));
        Path file = model.resolve("checkpoints/round-0000004.safetensors");
        byte[] rotten = Files.readAllBytes(file);
        rotten[rotten.length - 3] ^= 1;
        Files.write(file, rotten);

        assertThat(checkpoints.latest(warnings::add)).isEmpty();
        assertThat(warnings).singleElement().asString().contains("not those that were written");
    }

    @Test
    void whatIsSaidOfTheValuesIsPartOfTheWhole() throws IOException {
        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 1));
        Path file = model.resolve("checkpoints/round-0000004.safetensors");
        byte[] whole = Files.readAllBytes(file);
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        for (String[] change : new String[][] {
            {"\"round\":\"4\"", "\"round\":\"5\""},
            {"\"round\":\"4\"", "\"round\":\"x\""},
            {"a-run", "b-run"},
            {"\"64\"", "\"65\""}
        }) {
            assertThat(text).contains(change[0]);
            Files.write(file, text.replace(change[0], change[1]).getBytes(StandardCharsets.ISO_8859_1));
            warnings.clear();
            assertThat(checkpoints.latest(warnings::add)).as(change[1]).isEmpty();
            assertThat(warnings).singleElement().asString().contains("not those that were written");
        }
    }

    @Test
    void aRenamedCheckpointIsNotTakenForAnotherRounds() throws IOException {
        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 1));
        Files.move(
                model.resolve("checkpoints/round-0000004.safetensors"),
                model.resolve("checkpoints/round-0000009.safetensors"));

        assertThat(checkpoints.latest(warnings::add)).isEmpty();
        assertThat(warnings).singleElement().asString().contains("round-0000009.safetensors", "it holds round 4");
    }

    @Test
    void goingBackKeepsWhatIsGoodAndSaysWhereNothingIs() throws IOException {
        checkpoints.write(checkpoint(4), losses(Phase.ADVERSARIAL, 3));
        checkpoints.write(checkpoint(6), losses(Phase.ADVERSARIAL, 2));
        checkpoints.write(checkpoint(8), losses(Phase.ADVERSARIAL, 1));

        assertThat(checkpoints.goBackTo(5)).as("only rounds 6 and 8 are kept").isEmpty();
        assertThat(names()).contains("round-0000006.safetensors", "round-0000008.safetensors");

        assertThat(checkpoints.goBackTo(7)).hasValue(new Checkpoints.Back(6, 1));
        assertThat(checkpoints.goBackTo(7)).hasValue(new Checkpoints.Back(6, 0));
        assertThat(names()).as("the best was the one of round 8").containsExactly("round-0000006.safetensors");
    }

    @Test
    void whatAKilledWriterLeftIsClearedAway() throws IOException {
        checkpoints.write(checkpoint(2), losses(Phase.INITIALIZATION, 1));
        Files.writeString(model.resolve("checkpoints/.unfinished.b1946ac9"), "half a checkpoint");

        checkpoints.write(checkpoint(4), losses(Phase.INITIALIZATION, 1));

        assertThat(names()).noneMatch(name -> name.startsWith(".unfinished"));
    }

    @Test
    void incidentalSettingsAreKeptAndTheirDifferencesTold() {
        Checkpoint written = checkpoint(7).with(Map.of("train.checkpoints-kept", "3", "train.adversarial-rounds", "9"));
        checkpoints.write(written, losses(Phase.INITIALIZATION, 1));
        Checkpoint read = checkpoints.latest(warnings::add).orElseThrow();

        assertThat(read).isEqualTo(written);
        assertThat(read.incidentalDifferences(Map.of("train.checkpoints-kept", "5", "train.adversarial-rounds", "9")))
                .containsExactly("train.checkpoints-kept was 3 and is 5");
        // One that was written before such settings were kept says nothing of them.
        assertThat(checkpoint(7).incidentalDifferences(Map.of("train.checkpoints-kept", "5")))
                .isEmpty();
        assertThat(read.after(8, read.state().values()).incidental()).isEqualTo(written.incidental());
    }

    @Test
    void differencesNameSettingAndBothValues() {
        Checkpoint checkpoint = checkpoint(4);

        assertThat(checkpoint.differences(Map.of("train.crop-pixels", "96", "samples", "abc")))
                .containsExactly("train.crop-pixels was 64 and is 96");
        assertThat(checkpoint.differences(checkpoint.identity())).isEmpty();
    }

    private static ContentLosses losses(Phase phase, double content) {
        ContentLosses losses = new ContentLosses();
        losses.add(result(phase, content));
        return losses;
    }

    private static RoundResult result(Phase phase, double content) {
        return new RoundResult(
                new Round(1, phase, 0, 0, 1),
                new float[0],
                1,
                Map.of("content", content),
                List.of(1.0),
                0,
                0,
                0,
                Instant.now());
    }

    private static Checkpoint checkpoint(int round) {
        StateLayout layout =
                new StateLayout(List.of(new Segment("generator", 0, 2), new Segment("generator.adam", 2, 4)));
        float[] values = {1f, -0f, Float.MIN_VALUE, 1e30f, round, 3};
        return new Checkpoint(
                "a-run", round, Map.of("train.crop-pixels", "64", "samples", "abc"), new TrainingState(layout, values));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(model.resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
