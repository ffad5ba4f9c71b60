package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.PoisonedCheckpoint;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@ExtendWith(SparkExtension.class)
class TrainJobTest {
    private static final List<String> TINY = List.of(
            "train.generator.width=2",
            "train.generator.residual-blocks=1",
            "train.discriminator.width=2",
            "train.content.features=random",
            "train.content.random-widths=[2, 2, 2, 2]",
            "train.batch-size=2",
            "train.crop-pixels=32",
            "train.steps-per-round=2",
            "train.learning-rate.generator=1e-3",
            "train.initialization-rounds=2",
            "train.adversarial-rounds=3",
            "train.rounds-per-checkpoint=2",
            "train.workers=2");

    private final SparkSession spark;
    private final StringWriter errors = new StringWriter();

    @TempDir
    private Path folder;

    private TrainingLake lake;

    TrainJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void tables() {
        lake = new TrainingLake(spark, folder.resolve("lake"));
    }

    private void complete() {
        lake.with("flickr", "photo", 6).with("hayao", "cartoon", 5).smoothed("hayao", 4, "cut");
    }

    @Test
    void aTrainingLeavesAModelRowsAndCheckpoints() throws IOException {
        complete();

        assertThat(train("model")).isZero();

        Model model = model("model");
        assertThat(model.origin().source())
                .contains("flickr (5 photo samples)", "hayao (4 cartoon samples)", "random features");
        List<Row> rounds = rounds();
        assertThat(rounds).extracting(row -> row.<Integer>getAs("round")).containsExactly(1, 2, 3, 4, 5);
        assertThat(rounds)
                .extracting(row -> row.<String>getAs("phase"))
                .containsExactly("initialization", "initialization", "adversarial", "adversarial", "adversarial");
        assertThat(rounds).extracting(row -> row.<Long>getAs("steps")).containsExactly(2L, 4L, 6L, 8L, 10L);
        assertThat(rounds).extracting(row -> row.<Long>getAs("examples")).containsOnly(8L);
        assertThat(rounds).allSatisfy(row -> assertThat(row.<Double>getAs("content")).isFinite());
        assertThat(rounds.get(1).isNullAt(rounds.get(1).fieldIndex("discriminator_edge"))).isTrue();
        assertThat(rounds.get(2).<Double>getAs("discriminator_edge")).isPositive();
        assertThat(checkpoints("model"))
                .containsExactly("round-0000002.safetensors", "round-0000004.safetensors", "round-0000005.safetensors");
        assertThat(runs().get(0).<Long>getAs("read")).isEqualTo(5 + 4 + 4);
        assertThat(runs().get(0).<Long>getAs("done")).isEqualTo(5 + 4 + 4);
    }

    @Test
    void theSameCommandAgainDoesNothing() throws IOException {
        complete();
        assertThat(train("model")).isZero();
        String before = model("model").fingerprint();
        long written = Files.getLastModifiedTime(folder.resolve("model/model.json")).toMillis();

        assertThat(train("model")).isZero();

        assertThat(model("model").fingerprint()).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(folder.resolve("model/model.json")).toMillis()).isEqualTo(written);
        assertThat(runs()).extracting(row -> row.<Long>getAs("unchanged")).containsExactly(0L, 13L);
    }

    @Test
    void aKilledTrainingResumesToTheBitsOfAnUndisturbedOne() throws IOException {
        complete();
        assertThat(train("undisturbed")).isZero();
        List<String> states = rounds().stream().map(row -> row.<String>getAs("parameters_sha256")).toList();
        assertThat(states).doesNotHaveDuplicates();

        assertThat(train("killed")).isZero();
        // As if it had been killed while it wrote the checkpoint of round 4.
        Files.delete(folder.resolve("killed/model.json"));
        Files.delete(folder.resolve("killed/checkpoints/round-0000005.safetensors"));
        Path torn = folder.resolve("killed/checkpoints/round-0000004.safetensors");
        byte[] whole = Files.readAllBytes(torn);
        Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
        assertThat(train("killed")).isZero();

        assertThat(model("killed").fingerprint()).isEqualTo(model("undisturbed").fingerprint());
        // Every round once for each of the two trainings, with the same bits.
        assertThat(rounds()).hasSize(10);
        assertThat(rounds()).extracting(row -> row.<String>getAs("parameters_sha256")).hasSameElementsAs(states);
    }

    @Test
    void moreAdversarialRoundsTrainTheModelOn() throws IOException {
        complete();
        assertThat(train("long")).isZero();
        assertThat(train("model", "train.adversarial-rounds=1")).isZero();
        String early = model("model").fingerprint();

        assertThat(train("model")).isZero();

        assertThat(model("model").fingerprint()).isNotEqualTo(early).isEqualTo(model("long").fingerprint());
        assertThat(train("model", "train.adversarial-rounds=1")).isEqualTo(2);
        assertThat(errors.toString()).contains("Cannot resume from round 5", "there are 3 rounds to train");
    }

    @Test
    void workersAreAPropertyOfTheRunAndChangeItsBits() throws IOException {
        complete();
        assertThat(train("two")).isZero();
        assertThat(train("three", "train.workers=3")).isZero();

        assertThat(model("three").fingerprint()).isNotEqualTo(model("two").fingerprint());
    }

    @Test
    void otherSettingsDoNotContinueACheckpoint() {
        complete();
        assertThat(train("model")).isZero();

        assertThat(train("model", "train.batch-size=1")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Cannot resume from round 5", "train.batch-size was 2 and is 1", "start afresh with --restart");

        assertThat(run(List.of("--restart"), "model", "train.batch-size=1")).isZero();
    }

    @Test
    void divergenceNamesRoundAndWayOutAndKeepsTheLastCheckpoint() throws IOException {
        complete();
        assertThat(train("model", "train.adversarial-rounds=1")).isZero();
        PoisonedCheckpoint.write(folder.resolve("model/checkpoints/round-0000003.safetensors"));

        assertThat(train("model")).isEqualTo(2);

        assertThat(errors.toString())
                .contains("Cannot go on with round 4: worker 0: ", "content loss is NaN")
                .contains("Lower train.learning-rate.generator", "--restart", "model/checkpoints");
        assertThat(checkpoints("model")).containsExactly("round-0000002.safetensors", "round-0000003.safetensors");
    }

    @Test
    void whatIsMissingIsSaidAllAtOnce() {
        assertThat(run(List.of(), "model", "train.content.features=vgg19")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid --photos: flickr (no such collection", "Invalid --cartoons: hayao (no such collection")
                .contains("Invalid train.content.vgg19: nothing", "--set train.content.features=random");
    }

    @Test
    void collectionsOfTheOtherDomainAreRefused() {
        lake.with("flickr", "cartoon", 3).with("hayao", "photo", 3);

        assertThat(train("model")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid --photos: flickr (it holds cartoons", "Invalid --cartoons: hayao (it holds photos");
    }

    @Test
    void collectionsWithoutTrainingSamplesAreRefused() {
        lake.with("flickr", "photo", 1).with("hayao", "cartoon", 1);

        assertThat(train("model")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid --photos: flickr (it has no samples for training")
                .contains("Invalid --cartoons: hayao (it has no samples for training");
    }

    @Test
    void cartoonsThatAreNotAllEdgeSmoothedAreRefused() {
        lake.with("flickr", "photo", 4).with("hayao", "cartoon", 4);
        assertThat(train("model")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("hayao: it has no edge-smoothed samples (run toonlake edge-smooth --tables")
                .contains("train.adversarial.edge-term=false");

        lake.smoothed("hayao", 2, "cut");
        assertThat(train("model")).isEqualTo(2);
        assertThat(errors.toString()).contains("1 of its 3 samples are not edge-smoothed");

        lake.smoothed("hayao", 3, "an older cut");
        assertThat(train("model")).isEqualTo(2);
        assertThat(errors.toString()).contains("3 of its 3 samples are not edge-smoothed");

        assertThat(train("model", "train.adversarial.edge-term=false", "train.adversarial-rounds=1")).isZero();
    }

    @Test
    void cropsLargerThanSamplesAndMoreWorkersThanSamplesAreRefused() {
        complete();

        assertThat(train("model", "train.crop-pixels=64", "train.workers=5")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid train.crop-pixels: 64 (must be <= 40, the size of the samples of flickr")
                .contains("Invalid train.workers: 5 (must be <= 4, the number of cartoon samples in hayao)")
                .doesNotContain("photo samples in flickr");
    }

    @Test
    void cropsThatAreNoMultipleOfFourAreRefused() {
        assertThat(train("model", "train.crop-pixels=34")).isEqualTo(2);
        assertThat(errors.toString()).contains("Invalid train.crop-pixels: 34 (must be a multiple of 4)");
    }

    private int train(String model, String... settings) {
        return run(List.of(), model, settings);
    }

    private int run(List<String> options, String model, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--tables", folder.resolve("lake").toString(),
                "--photos", "flickr",
                "--cartoons", "hayao",
                "--output", folder.resolve(model).toString()));
        arguments.addAll(options);
        Stream.concat(TINY.stream(), Stream.of(settings)).forEach(setting -> arguments.addAll(List.of("--set", setting)));
        errors.getBuffer().setLength(0);
        return new CommandLine(new TrainJob())
                .setErr(new PrintWriter(errors, true))
                .execute(arguments.toArray(String[]::new));
    }

    private Model model(String name) throws IOException {
        return ModelFolder.read(ModelFiles.at(folder.resolve(name)));
    }

    private List<Row> rounds() {
        return lake.lake().read(Table.ROUNDS).orderBy("finished").collectAsList();
    }

    private List<Row> runs() {
        return lake.lake().read(Table.RUNS).orderBy("started").collectAsList();
    }

    private List<String> checkpoints(String model) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(model).resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
