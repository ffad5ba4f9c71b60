package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.PoisonedCheckpoint;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.stylize.Nd4jEngine;
import io.toonlake.stylize.Stylizer;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
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
            "train.initialization-rounds=1",
            "train.adversarial-rounds=3",
            "train.rounds-per-checkpoint=2",
            "train.workers=2");

    @TempDir
    private static Path shared;

    private static TrainingLake whole;

    private final StringWriter errors = new StringWriter();
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private TrainingLake lake;

    TrainJobTest(SparkSession spark) {
        this.spark = spark;
    }

    /** One undisturbed training that the tests compare with; they work on copies of its folder. */
    @BeforeAll
    static void trainUndisturbed(SparkSession spark) {
        whole = new TrainingLake(spark, shared.resolve("lake"))
                .with("flickr", "photo", 6)
                .with("hayao", "cartoon", 5)
                .smoothed("hayao", 4, "cut");
        TrainJobTest test = new TrainJobTest(spark);
        test.lake = whole;
        assertThat(test.train(shared.resolve("undisturbed")))
                .as(test.errors.toString())
                .isZero();
    }

    @BeforeEach
    void tables() {
        lake = new TrainingLake(spark, folder.resolve("lake"));
    }

    @Test
    void aTrainingLeavesAModelRowsAndCheckpoints() throws IOException {
        Path undisturbed = shared.resolve("undisturbed");
        Model model = model(undisturbed);
        assertThat(model.origin().source())
                .contains("flickr (5 photo samples)", "hayao (4 cartoon samples)", "random features");
        assertThat(checkpoints(undisturbed)).containsExactly("round-0000002.safetensors", "round-0000004.safetensors");

        List<Row> rounds = rounds(model.origin().runId());
        assertThat(rounds).extracting(row -> row.<Integer>getAs("round")).containsExactly(1, 2, 3, 4);
        assertThat(rounds)
                .extracting(row -> row.<String>getAs("phase"))
                .containsExactly("initialization", "adversarial", "adversarial", "adversarial");
        assertThat(rounds).extracting(row -> row.<Long>getAs("steps")).containsExactly(2L, 4L, 6L, 8L);
        assertThat(rounds).extracting(row -> row.<Long>getAs("examples")).containsOnly(8L);
        assertThat(rounds)
                .allSatisfy(row -> assertThat(row.<Double>getAs("content")).isFinite());
        assertThat(rounds.get(0).isNullAt(rounds.get(0).fieldIndex("discriminator_edge")))
                .isTrue();
        assertThat(rounds.get(1).<Double>getAs("discriminator_edge")).isPositive();
        assertThat(rounds).allSatisfy(row -> {
            assertThat(row.<Double>getAs("generator_learning_rate")).isPositive();
            assertThat(row.getList(row.fieldIndex("worker_examples_per_second")))
                    .hasSize(2)
                    .allSatisfy(speed -> assertThat((Double) speed).isPositive());
        });
        assertThat(rounds)
                .extracting(row -> row.isNullAt(row.fieldIndex("discriminator_learning_rate")))
                .containsExactly(true, false, false, false);

        Row run = whole.lake()
                .read(Table.RUNS)
                .filter("run_id = '" + model.origin().runId() + "'")
                .first();
        assertThat(run.<Long>getAs("read")).isEqualTo(5 + 4 + 4);
        assertThat(run.<Long>getAs("done")).isEqualTo(5 + 4 + 4);
    }

    @Test
    void reportsNameRandomFeatures() throws IOException {
        Path report = folder.resolve("report.html");
        assertThat(rounds(model(shared.resolve("undisturbed")).origin().runId()))
                .extracting(row -> row.<String>getAs("features"))
                .allMatch(features -> features.startsWith("random features, VGG19's first 4 groups"));

        assertThat(new CommandLine(new ImportModelJob())
                        .execute(
                                "--weights",
                                shared.resolve("undisturbed/checkpoints/round-0000002.safetensors")
                                        .toString(),
                                "--output",
                                folder.resolve("imported").toString(),
                                "--tables",
                                folder.resolve("imports").toString()))
                .isZero();
        for (Path tables : List.of(shared.resolve("lake"), folder.resolve("imports"))) {
            assertThat(new CommandLine(new ReportJob())
                            .execute("--tables", tables.toString(), "--output", report.toString()))
                    .isZero();
            assertThat(report).content().contains("Content loss on seeded random features, not on VGG19");
        }
    }

    @Test
    void ofTwoAtOnceOneLeaves() throws IOException {
        lake = whole;
        Path model = copy("undisturbed");
        List<String> before = checkpoints(model);
        Storage storage = new Storage(spark.sparkContext().hadoopConfiguration());
        try (Lease lease = Lease.take(
                storage,
                new org.apache.hadoop.fs.Path(model.toUri()),
                "another-run",
                "train",
                Duration.ofSeconds(60))) {
            assertThat(run(List.of("--restart"), model)).isEqualTo(4);
            assertThat(errors.toString()).contains("train another-run on ", " holds it since ");
            assertThat(checkpoints(model)).isEqualTo(before);
            assertThat(whole.lake()
                            .read(Table.RUNS)
                            .filter("outcome = 'unreachable' and message like '%train another-run on %'")
                            .count())
                    .isOne();
            // It is finished: nothing is to be written, and nobody to be waited for.
            assertThat(run(List.of(), model)).isZero();
            lease.check();
        }
    }

    @Test
    void aRunThatLosesItsFolderEnds() throws Exception {
        lake = whole;
        Path model = folder.resolve("lost");
        Path leases = model.resolve("_toonlake/leases");
        // Once the run is at work: it holds its lease, and has written a checkpoint. Again and again, since it may be
        // writing it just then.
        Thread thief = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                if (Files.exists(model.resolve("checkpoints/round-0000002.safetensors"))) {
                    for (java.io.File lease : leases.toFile().listFiles()) {
                        lease.delete();
                    }
                }
                LockSupport.parkNanos(20_000_000);
            }
        });
        thief.start();
        try {
            assertThat(run(List.of(), model, "train.adversarial-rounds=300")).isEqualTo(4);
        } finally {
            thief.interrupt();
            thief.join();
        }

        assertThat(errors.toString()).contains("Lost the lease ");
        assertThat(model.resolve("model.json")).doesNotExist();
        assertThat(checkpoints(model)).hasSizeLessThan(5);
        assertThat(run(List.of("--restart"), model)).as(errors.toString()).isZero();
    }

    @Test
    void samplePicturesShowTheCourseAndChangeNothing() throws Exception {
        lake = whole;
        Path model = folder.resolve("seen");
        assertThat(train(model, "train.sample-pictures.every-rounds=3", "train.sample-pictures.count=2"))
                .as(errors.toString())
                .isZero();

        Model trained = model(model);
        assertThat(trained.fingerprint())
                .as("others have pictures of other rounds")
                .isEqualTo(model(shared.resolve("undisturbed")).fingerprint());
        List<Row> pictures = whole.lake()
                .read(Table.SAMPLE_PICTURES)
                .filter("run_id = '" + trained.origin().runId() + "'")
                .orderBy("round", "split", "sha256")
                .collectAsList();
        assertThat(pictures)
                .as("the photos, the end of the first phase, every third round, the end")
                .extracting(row -> row.<Integer>getAs("round"))
                .containsExactly(0, 0, 1, 1, 3, 3, 4, 4);
        assertThat(pictures.get(0).<String>getAs("split")).isEqualTo("test");
        ImageDecoder decoder = new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1));
        PixelImage photo = decoder.decode(pictures.get(0).getAs("pixels")).image();
        Row last = pictures.stream()
                .filter(row -> row.<Integer>getAs("round") == 4
                        && row.getAs("sha256").equals(pictures.get(0).getAs("sha256")))
                .findFirst()
                .orElseThrow();
        PixelImage expected = new Stylizer(new Nd4jEngine(trained)).stylize(photo);
        assertThat(decoder.decode(last.getAs("pixels")).image().pixels()).isEqualTo(expected.pixels());
    }

    @Test
    void theSameCommandAgainDoesNothing() throws IOException {
        lake = whole;
        Path again = copy("undisturbed");
        long written = Files.getLastModifiedTime(again.resolve("model.json")).toMillis();

        assertThat(train(again)).isZero();

        assertThat(Files.getLastModifiedTime(again.resolve("model.json")).toMillis())
                .isEqualTo(written);
        Row run = whole.lake()
                .read(Table.RUNS)
                .orderBy(functions.col("started").desc())
                .first();
        assertThat(run.<Long>getAs("unchanged")).isEqualTo(13L);
        assertThat(run.<Long>getAs("done")).isZero();
    }

    @Test
    void aKilledTrainingResumesToTheBitsOfAnUndisturbedOne() throws IOException {
        lake = whole;
        String training = model(shared.resolve("undisturbed")).origin().runId();
        List<String> states = parameters(training);
        assertThat(states).doesNotHaveDuplicates();
        Path killed = copy("undisturbed");
        // As if it had been killed while it wrote the checkpoint of round 4.
        Files.delete(killed.resolve("model.json"));
        Path torn = killed.resolve("checkpoints/round-0000004.safetensors");
        byte[] bytes = Files.readAllBytes(torn);
        Files.write(torn, Arrays.copyOf(bytes, bytes.length / 2));

        assertThat(train(killed)).isZero();

        assertThat(model(killed).fingerprint())
                .isEqualTo(model(shared.resolve("undisturbed")).fingerprint());
        // It goes on under the first run's id: every round once, with the same bits.
        assertThat(parameters(training)).isEqualTo(states);
    }

    /** What a kill left that met a model being replaced, before its description was taken away first; or a disk. */
    @Test
    void aDamagedModelIsMadeAgainFromItsCheckpoint() throws IOException {
        lake = whole;
        Path damaged = copy("undisturbed");
        Path weights = damaged.resolve("generator.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 4] ^= 1;
        Files.write(weights, bytes);

        assertThat(said(() -> assertThat(train(damaged)).isZero()))
                .contains("cannot be read, and is made again from its checkpoints: Cannot read model ")
                .contains("train: resuming after round 4 of 4");

        assertThat(model(damaged).fingerprint())
                .isEqualTo(model(shared.resolve("undisturbed")).fingerprint());

        Files.delete(weights);
        for (String checkpoint : checkpoints(damaged)) {
            Files.delete(damaged.resolve("checkpoints").resolve(checkpoint));
        }
        assertThat(train(damaged)).isEqualTo(2);
        assertThat(errors.toString()).contains("no checkpoint: there is no ", "generator.safetensors", "--restart");
    }

    @Test
    void networksTooLargeForACheckpointAreRefusedBeforeTheyAreMade() {
        lake = whole;

        assertThat(train(folder.resolve("wide"), "train.generator.width=1024")).isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "Invalid train.generator.width: 1024 (parameters and Adam's moments of generator and discriminator take 8,7");
    }

    @Test
    void moreAdversarialRoundsTrainTheModelOn() throws IOException {
        lake = whole;
        Path grown = folder.resolve("grown");
        assertThat(train(grown, "train.adversarial-rounds=1")).isZero();
        String early = model(grown).fingerprint();

        assertThat(said(() ->
                        assertThat(train(grown, "train.checkpoints-kept=9")).isZero()))
                .contains("train: resuming after round 2 of 4; train.adversarial-rounds was 1 and is 3, "
                        + "train.checkpoints-kept was 3 and is 9\n");

        assertThat(model(grown).fingerprint())
                .isNotEqualTo(early)
                .isEqualTo(model(shared.resolve("undisturbed")).fingerprint());
        assertThat(train(grown, "train.adversarial-rounds=1")).isEqualTo(2);
        assertThat(errors.toString()).contains("Cannot resume from round 4", "there are 2 rounds to train");
    }

    @Test
    void aTrainingThatBeginsFromAModelTrainsItsGeneratorOn() throws IOException {
        lake = whole;
        Path initialized = folder.resolve("initialized");
        assertThat(train(initialized, "train.adversarial-rounds=0")).isZero();
        Path begun = folder.resolve("begun");
        // So slow that the weights it begins with can be told in those it ends with.
        String[] adversarialOnly = {
            "train.initialization-rounds=0", "train.adversarial-rounds=1", "train.learning-rate.generator=1e-9"
        };
        List<String> from = List.of("--from", initialized.toString());

        assertThat(run(from, begun, adversarialOnly)).as(errors.toString()).isZero();

        Model model = model(begun);
        Model before = model(initialized);
        assertThat(model.fingerprint()).isNotEqualTo(before.fingerprint());
        for (String name : before.tensors().names()) {
            assertThat(model.tensors().tensor(name).values())
                    .as(name)
                    .usingComparatorWithPrecision(1e-7f)
                    .containsExactly(before.tensors().tensor(name).values());
        }
        assertThat(model.origin().source())
                .contains("begun from hayao, model "
                        + model(initialized).fingerprint().substring(0, 12));
        assertThat(run(from, begun, adversarialOnly)).as("again").isZero();
        assertThat(model(begun).fingerprint()).isEqualTo(model.fingerprint());

        Files.delete(begun.resolve("model.json"));
        assertThat(train(begun, adversarialOnly)).isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "Cannot resume from round 1",
                        "from was " + model(initialized).fingerprint() + " and is nothing");
    }

    @Test
    void aModelThatCannotBeginTheTrainingIsRefused() throws IOException {
        lake = whole;
        Path initialized = folder.resolve("initialized");
        TinyModel.save(initialized, 1);
        Path output = folder.resolve("model");

        assertThat(run(List.of("--from", initialized.toString()), output, "train.generator.width=4"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("Invalid --from: " + initialized, "width=2", "width=4");
        assertThat(run(List.of("--from", initialized.toString()), initialized)).isEqualTo(2);
        assertThat(errors.toString()).contains("Invalid --from: " + initialized + " (it is --output");
        assertThat(run(List.of("--from", folder.resolve("nowhere").toString()), output))
                .isEqualTo(4);
        assertThat(errors.toString())
                .contains("Cannot read --from", "a model is a folder that train or import-model wrote");
    }

    @Test
    void otherSettingsDoNotContinueACheckpointButRestart() throws IOException {
        lake = whole;
        Path model = copy("undisturbed");

        assertThat(train(model, "train.batch-size=1", "train.adversarial-rounds=0"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "Cannot resume from round 4", "train.batch-size was 2 and is 1", "start afresh with --restart");

        assertThat(run(List.of("--restart"), model, "train.batch-size=1", "train.adversarial-rounds=0"))
                .isZero();
        assertThat(checkpoints(model)).containsExactly("round-0000001.safetensors");
    }

    @Test
    void aModelOfAnotherOriginIsNotOverwritten() throws IOException {
        lake = whole;
        Path model = copy("undisturbed");
        for (String checkpoint : checkpoints(model)) {
            Files.delete(model.resolve("checkpoints").resolve(checkpoint));
        }

        assertThat(train(model, "train.batch-size=1")).isEqualTo(2);
        assertThat(errors.toString()).contains("it holds another model", "--restart");
    }

    @Test
    void divergenceNamesRoundAndWayOutAndKeepsTheLastCheckpoint() throws IOException {
        lake = whole;
        Path model = copy("undisturbed");
        Files.delete(model.resolve("model.json"));
        Files.delete(model.resolve("checkpoints/round-0000004.safetensors"));
        PoisonedCheckpoint.write(model.resolve("checkpoints/round-0000002.safetensors"));

        assertThat(train(model)).isEqualTo(2);

        assertThat(errors.toString())
                .contains("Cannot go on with round 3: worker 0: ", "loss is NaN")
                .contains("lower train.learning-rate.generator", "--restart")
                .contains("toonlake import-model --weights ", "/checkpoints/round-0000002.safetensors")
                .doesNotContain("resume");
        assertThat(checkpoints(model)).containsExactly("round-0000002.safetensors");
    }

    @Test
    void collapseEndsTheRunAndLeavesTheLastCheckpointBeforeIt() throws IOException {
        lake = whole;
        Path model = folder.resolve("collapsing");
        // At these rates the discriminator wins and the generator forgets the photo within a few rounds.
        String[] collapsing = {
            "train.adversarial-rounds=40",
            "train.rounds-per-checkpoint=1",
            "train.learning-rate.generator=0.05",
            "train.learning-rate.discriminator=0.01",
            "train.collapse.window-rounds=2",
            "train.collapse.content-rise=1",
            "train.collapse.discriminator-share=1"
        };

        assertThat(train(model, collapsing)).as(errors.toString()).isEqualTo(2);

        Matcher told = Pattern.compile(
                        "collapsed in round (\\d+): over 2 rounds .* from before it is that of round (\\d+), later ones are "
                                + "deleted. Either lower .*--restart.* toonlake import-model --weights (\\S+) --output MODEL_DIR.* raise train.collapse.content-rise")
                .matcher(errors.toString());
        assertThat(told.find()).as(errors.toString()).isTrue();
        int collapsed = Integer.parseInt(told.group(1));
        int goodRound = Integer.parseInt(told.group(2));
        assertThat(goodRound).isEqualTo(collapsed - 2);
        assertThat(checkpoints(model))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name.compareTo("round-%07d.safetensors".formatted(goodRound)))
                        .isNotPositive());
        assertThat(model.resolve("model.json")).doesNotExist();
        assertThat(whole.lake()
                        .read(Table.ROUNDS)
                        .filter("run_id = '" + latestRun() + "'")
                        .count())
                .isEqualTo(collapsed);

        // Going on from that checkpoint ends at the same round: the detector knows the rounds before it.
        assertThat(train(model, collapsing)).isEqualTo(2);
        assertThat(errors.toString()).contains("collapsed in round " + collapsed + ":");

        // The way out that it names: the checkpoint's generator is what a training of so many rounds leaves.
        Path good = folder.resolve("good");
        assertThat(new CommandLine(new ImportModelJob())
                        .execute("--weights", told.group(3), "--output", good.toString()))
                .isZero();
        collapsing[0] = "train.adversarial-rounds=" + (goodRound - 1);
        Path straight = folder.resolve("straight");
        assertThat(train(straight, collapsing)).as(errors.toString()).isZero();
        assertThat(model(good).fingerprint()).isEqualTo(model(straight).fingerprint());
        assertThat(model(good).origin().source())
                .contains("checkpoint of round " + goodRound, "flickr and hayao", "random");
    }

    @Test
    void whatIsMissingIsSaidAllAtOnce() {
        assertThat(run(List.of(), folder.resolve("model"), "train.content.features=vgg19"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains(
                        "Invalid --photos: flickr (no such collection", "Invalid --cartoons: hayao (no such collection")
                .contains("Invalid train.content.vgg19: nothing", "--set train.content.features=random");
    }

    @Test
    void collectionsOfTheOtherDomainAreRefused() {
        lake.with("flickr", "cartoon", 3).with("hayao", "photo", 3);

        assertThat(train(folder.resolve("model"))).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid --photos: flickr (it holds cartoons", "Invalid --cartoons: hayao (it holds photos");
    }

    @Test
    void collectionsWithoutTrainingSamplesAreRefused() {
        lake.with("flickr", "photo", 1).with("hayao", "cartoon", 1);

        assertThat(train(folder.resolve("model"))).isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid --photos: flickr (it has no samples for training")
                .contains("Invalid --cartoons: hayao (it has no samples for training");
    }

    @Test
    void cartoonsThatAreNotAllEdgeSmoothedAreRefused() {
        lake.with("flickr", "photo", 4).with("hayao", "cartoon", 4);
        assertThat(train(folder.resolve("model"))).isEqualTo(2);
        assertThat(errors.toString())
                .contains("hayao: it has no edge-smoothed samples (run toonlake edge-smooth --tables")
                .contains("train.adversarial.edge-term=false");

        lake.smoothed("hayao", 2, "cut");
        assertThat(train(folder.resolve("model"))).isEqualTo(2);
        assertThat(errors.toString()).contains("1 of its 3 samples are not edge-smoothed");

        lake.smoothed("hayao", 3, "an older cut");
        assertThat(train(folder.resolve("model"))).isEqualTo(2);
        assertThat(errors.toString()).contains("3 of its 3 samples are not edge-smoothed");

        assertThat(train(
                        folder.resolve("model"),
                        "train.adversarial.edge-term=false",
                        "train.initialization-rounds=0",
                        "train.adversarial-rounds=1"))
                .isZero();
    }

    @Test
    void cropsLargerThanSamplesAndMoreWorkersThanSamplesAreRefused() {
        lake = whole;

        assertThat(train(folder.resolve("model"), "train.crop-pixels=64", "train.workers=5"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains("Invalid train.crop-pixels: 64 (must be <= 40, the size of the samples of flickr")
                .contains("Invalid train.workers: 5 (must be <= 4, the number of cartoon samples in hayao)")
                .doesNotContain("photo samples in flickr");
    }

    @Test
    void cropsThatAreNoMultipleOfFourAreRefused() {
        assertThat(train(folder.resolve("model"), "train.crop-pixels=34")).isEqualTo(2);
        assertThat(errors.toString()).contains("Invalid train.crop-pixels: 34 (must be a multiple of 4)");
    }

    /** What is written on the process's own standard error meanwhile. */
    private static String said(Runnable run) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            run.run();
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private int train(Path model, String... settings) {
        return run(List.of(), model, settings);
    }

    private int run(List<String> options, Path model, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--tables",
                lake.lake().root().toString(),
                "--photos",
                "flickr",
                "--cartoons",
                "hayao",
                "--output",
                model.toString()));
        arguments.addAll(options);
        Stream.concat(TINY.stream(), Stream.of(settings))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        errors.getBuffer().setLength(0);
        return new CommandLine(new TrainJob())
                .setErr(new PrintWriter(errors, true))
                .execute(arguments.toArray(String[]::new));
    }

    private Path copy(String model) throws IOException {
        Path from = shared.resolve(model);
        Path to = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    private static Model model(Path folder) throws IOException {
        return ModelFolder.read(ModelFiles.at(folder));
    }

    private static List<String> parameters(String training) {
        return rounds(training).stream()
                .map(row -> row.<String>getAs("parameters_sha256"))
                .toList();
    }

    private static List<Row> rounds(String training) {
        return whole.lake()
                .read(Table.ROUNDS)
                .filter("run_id = '" + training + "'")
                .orderBy("round")
                .collectAsList();
    }

    private static String latestRun() {
        return whole.lake()
                .read(Table.RUNS)
                .orderBy(functions.col("started").desc())
                .first()
                .getAs("run_id");
    }

    private static List<String> checkpoints(Path model) throws IOException {
        try (Stream<Path> files = Files.list(model.resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }
}
