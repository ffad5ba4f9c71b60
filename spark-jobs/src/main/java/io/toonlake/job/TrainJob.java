package io.toonlake.job;

import io.toonlake.averaging.Checkpoint;
import io.toonlake.averaging.Checkpoints;
import io.toonlake.averaging.CollapseListener;
import io.toonlake.averaging.CollapsedException;
import io.toonlake.averaging.DivergedRoundException;
import io.toonlake.averaging.GanWorkers;
import io.toonlake.averaging.RoundListener;
import io.toonlake.averaging.RoundPlan;
import io.toonlake.averaging.TaskDevice;
import io.toonlake.averaging.Training;
import io.toonlake.averaging.TrainingSamples;
import io.toonlake.config.TrainSection;
import io.toonlake.model.Model;
import io.toonlake.storage.HeldException;
import io.toonlake.storage.Lease;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.training.CollapseDetector;
import io.toonlake.training.CollapseDetector.Sign;
import io.toonlake.training.TrainingMemory;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains CartoonGAN by parameter averaging and leaves a model. */
@Command(
        name = "train",
        header = "Trains a CartoonGAN generator by parameter averaging.",
        description = {
            "",
            "First the generator alone learns to keep a photo's content, then generator and discriminator learn against each other "
                    + "(Chen, Lai, Liu, CVPR 2018). A round is: every worker takes train.steps-per-round steps on its own share of "
                    + "the samples, and their parameters are averaged. The number of workers is a setting, not what the cluster "
                    + "has, so the same command gives the same model on any cluster of the same machine type.",
            "",
            "A run that was interrupted is resumed by the same command, from the last checkpoint in MODEL_DIR/checkpoints, and "
                    + "gives the model it would have given. While one is at it, "
                    + "no other training writes to MODEL_DIR. A finished one does nothing. A larger train.adversarial-rounds trains "
                    + "the model on; with other settings or samples, --restart starts afresh.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake train --tables lake --photos flickr --cartoons hayao --output models/hayao \\",
            "      --set train.content.vgg19=weights/vgg19.safetensors",
            "  toonlake train --tables s3a://lake/tables --photos flickr --cartoons hayao --output s3a://lake/models/hayao \\",
            "      --config conf/demo.conf"
        })
final class TrainJob extends Job {
    @Option(
            names = "--tables",
            required = true,
            paramLabel = "URI",
            description = "The tables that ingest and edge-smooth wrote.")
    private String tables;

    @Option(names = "--photos", required = true, paramLabel = "NAME", description = "A collection of domain photo.")
    private String photos;

    @Option(
            names = "--cartoons",
            required = true,
            paramLabel = "NAME",
            description = "A collection of domain cartoon: the style.")
    private String cartoons;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "MODEL_DIR",
            description = "Folder for the model and its checkpoints; made if missing.")
    private String output;

    @Option(
            names = "--from",
            paramLabel = "MODEL_DIR",
            description =
                    "Begin with this model's generator instead of drawn weights: one that train or import-model left, of the "
                            + "same train.generator. With train.initialization-rounds=0 it goes straight to the adversarial phase.")
    private String from;

    @Option(
            names = "--restart",
            description =
                    "Delete the checkpoints in MODEL_DIR and train from the first round, replacing the model that is there. Not for a "
                            + "command that a scheduler repeats: every repetition would begin anew.")
    private boolean restart;

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        Lake lake = context.lake();
        TrainSection settings = context.settings().train();
        // First of all: whatever uses ND4J first decides what this process computes on.
        TaskDevice device = device(context, settings);
        ContentFeatures features = new ContentFeatures(context, settings);
        TrainingSamples samples =
                TrainingSamples.of(lake, photos, cartoons, settings.training().edgeTerm());
        InitialGenerator beginning =
                from == null ? InitialGenerator.drawn() : InitialGenerator.read(context, from, output);
        refuse(lake, settings, samples, features, beginning);

        TrainedModel place =
                new TrainedModel(context.storage(), context.storage().qualified(output));
        try (features) {
            TrainingIdentity identity =
                    TrainingIdentity.of(context.settings(), samples, features.fingerprint(), beginning.fingerprint());
            Map<String, String> fingerprints = new LinkedHashMap<>();
            fingerprints.put("settings", identity.fingerprint());
            fingerprints.put("samples", samples.fingerprint());
            fingerprints.put(ContentFeatures.FINGERPRINT, features.fingerprint());
            Optional<Model> finished = finished(place, identity);
            if (finished.isEmpty()) {
                try (Lease lease = Lease.take(
                        context.storage(),
                        place.folder(),
                        context.runId(),
                        "train",
                        Duration.ofSeconds(settings.leaseSeconds()))) {
                    lease.deleteLeftovers();
                    // Another may have come to its end while this one waited.
                    finished = finished(place, identity);
                    if (finished.isEmpty()) {
                        GanWorkers workers = new GanWorkers(
                                settings.training(), features.source(), settings.threadsPerWorker(), device);
                        Checkpoints checkpoints = new Checkpoints(
                                context.storage(),
                                place.folder(),
                                settings.rounds().checkpointsKept(),
                                settings.collapse().windowRounds(),
                                lease::check);
                        Checkpoint start =
                                start(context, checkpoints, identity, there(place), () -> beginning.state(workers));
                        MemoryNeed.of(context.sparkContext(), settings, features.parameters())
                                .warning()
                                .ifPresent(System.err::println);
                        TrainingState trained = trained(
                                context, settings, samples, workers, features.description(), checkpoints, start);
                        lease.check();
                        Model model = place.write(
                                settings.training().generator(),
                                trained,
                                start.training(),
                                identity.fingerprint(),
                                cartoons,
                                madeFrom(settings, samples, features) + beginning.description());
                        fingerprints.put("training", start.training());
                        fingerprints.put("model", model.fingerprint());
                        return JobResult.of(Counts.of(samples.count(), 0), fingerprints);
                    }
                }
            }
            fingerprints.put("model", finished.get().fingerprint());
            return JobResult.of(Counts.of(0, samples.count()), fingerprints);
        } catch (HeldException e) {
            // The model's folder is another's, the tables are not: this run has its row in them.
            throw new UnreachableException(e.getMessage(), e);
        }
    }

    private TrainedModel.Found there(TrainedModel place) {
        return restart ? new TrainedModel.Found(Optional.empty(), Optional.empty()) : place.read();
    }

    private Optional<Model> finished(TrainedModel place, TrainingIdentity identity) {
        return there(place)
                .model()
                .filter(model -> model.origin().settingsFingerprint().equals(identity.fingerprint()));
    }

    private static TaskDevice device(JobContext context, TrainSection settings) {
        TaskDevice device = new TaskDevice(settings.device());
        String problem = device.problem(context.sparkContext().getConf());
        if (!problem.isEmpty()) {
            throw new UsageException(problem);
        }
        device.take();
        return device;
    }

    private void refuse(
            Lake lake,
            TrainSection settings,
            TrainingSamples samples,
            ContentFeatures features,
            InitialGenerator beginning) {
        List<String> problems = new ArrayList<>();
        collectionProblem(Domain.PHOTO, "--photos", photos, lake).ifPresent(problems::add);
        collectionProblem(Domain.CARTOON, "--cartoons", cartoons, lake).ifPresent(problems::add);
        if (problems.isEmpty()) {
            problems.addAll(samples.problems(
                    settings.workers(),
                    settings.training().cropPixels(),
                    settings.training().edgeTerm()));
        }
        features.problem().ifPresent(problems::add);
        beginning.problem(settings.training().generator()).ifPresent(problems::add);
        long bytes = TrainingMemory.stateBytes(settings.training());
        if (bytes > Checkpoint.MOST_STATE_BYTES) {
            problems.add(String.format(
                    "Invalid train.generator.width: %d (parameters and Adam's moments of generator and discriminator take %,d bytes, and a "
                            + "checkpoint holds %,d at most; choose smaller train.generator or train.discriminator.width)",
                    settings.training().generator().width(), bytes, Checkpoint.MOST_STATE_BYTES));
        }
        if (!problems.isEmpty()) {
            throw new UsageException(String.join("\n", problems));
        }
    }

    private static Optional<String> collectionProblem(Domain domain, String option, String name, Lake lake) {
        try {
            Checks.collectionOf(domain, option, name, lake);
            return Optional.empty();
        } catch (UsageException e) {
            return Optional.of(e.getMessage());
        }
    }

    private Checkpoint start(
            JobContext context,
            Checkpoints checkpoints,
            TrainingIdentity identity,
            TrainedModel.Found there,
            Supplier<TrainingState> initialState) {
        if (restart) {
            checkpoints.deleteAll();
        }
        Optional<Checkpoint> latest = checkpoints.latest(System.err::println);
        if (latest.isEmpty()) {
            there.model().ifPresent(another -> {
                throw new UsageException("Invalid --output: " + output + " (it holds another model, " + another
                        + "; choose another folder, or replace it with --restart)");
            });
            there.damage().ifPresent(damage -> {
                throw new UsageException(
                        "Invalid --output: " + output + " (it holds a model that cannot be read, and no checkpoint: "
                                + damage + "; choose another folder, or replace it with --restart)");
            });
            return new Checkpoint(context.runId(), 0, identity.values(), identity.incidental(), initialState.get());
        }
        there.damage()
                .ifPresent(damage -> System.err.println("train: the model in " + output
                        + " cannot be read, and is made again from its checkpoints: " + damage));
        Checkpoint checkpoint = latest.get();
        List<String> differences = checkpoint.differences(identity.values());
        if (checkpoint.round() > identity.rounds()) {
            differences.add("there are " + identity.rounds() + " rounds to train");
        }
        if (!differences.isEmpty()) {
            throw new UsageException("Cannot resume from round " + checkpoint.round() + " in " + checkpoints.place()
                    + ": " + String.join(", ", differences) + " (run it as before, or start afresh with --restart)");
        }
        List<String> changed = checkpoint.incidentalDifferences(identity.incidental());
        System.err.printf(
                "train: resuming after round %,d of %,d%s%n",
                checkpoint.round(), identity.rounds(), changed.isEmpty() ? "" : "; " + String.join(", ", changed));
        return checkpoint.with(identity.incidental());
    }

    private TrainingState trained(
            JobContext context,
            TrainSection settings,
            TrainingSamples samples,
            GanWorkers workers,
            String features,
            Checkpoints checkpoints,
            Checkpoint start) {
        TrainSection.Rounds rounds = settings.rounds();
        RoundPlan plan = new RoundPlan(rounds.initialization(), rounds.adversarial(), rounds.stepsPerRound());
        Training training = new Training(
                context.spark(),
                context.lake(),
                samples,
                workers,
                features,
                settings.workers(),
                plan,
                settings.transfer(),
                checkpoints,
                rounds.perCheckpoint());
        AtomicLong done = new AtomicLong();
        LossLine losses = new LossLine(plan.rounds());
        Progress progress = context.progress("train " + cartoons, "rounds", plan.rounds() - start.round(), done::get);
        CollapseDetector detector = new CollapseDetector(
                settings.collapse(),
                settings.training().adversarialLoss(),
                settings.training().edgeTerm());
        List<RoundListener> listeners = List.of(
                result -> done.incrementAndGet(),
                losses::show,
                new RoundMetrics(context.metrics()),
                // Before the listener that may end it: what a collapse looks like is worth seeing.
                SamplePictureRows.of(context, settings, start, plan, samples.photoCollection()),
                CollapseListener.after(start, context.lake(), detector));
        try {
            return training.run(context.runId(), start, listeners);
        } catch (CollapsedException e) {
            throw new UsageException(e.getMessage() + ". "
                    + wayOut(
                            "train.learning-rate.generator and .discriminator or raise train.content.weight",
                            checkpoints,
                            e.round() - settings.collapse().windowRounds())
                    + ". Where its pictures are as you want them (toonlake report), "
                    + (e.sign() == Sign.CONTENT_LOST
                            ? "raise train.collapse.content-rise"
                            : "set train.collapse.window-rounds to 0")
                    + " and run the same command again");
        } catch (DivergedRoundException e) {
            throw new UsageException(e.getMessage() + ". "
                    + wayOut(
                            "train.learning-rate."
                                    + (e.round() <= rounds.initialization()
                                            ? "initialization"
                                            : "generator and .discriminator"),
                            checkpoints,
                            e.round()));
        } finally {
            progress.close();
        }
    }

    /**
     * @param what to lower
     * @param round the last one of which nothing bad is known; checkpoints after it are deleted, since a run would go on from them
     */
    private static String wayOut(String what, Checkpoints checkpoints, int round) {
        String afresh = "lower " + what + " and start afresh with --restart or in another --output";
        Optional<Checkpoints.Back> good;
        try {
            good = checkpoints.goBackTo(round);
        } catch (HeldException | UnreachableException e) {
            // What ended the training is what is to be told; a scheduler that tries again must not lose it.
            return "Its checkpoints are not looked at (" + e.getMessage() + "): " + afresh;
        }
        if (good.isEmpty()) {
            return "There is no checkpoint from before it: " + afresh;
        }
        return "The last checkpoint from before it is that of round "
                + good.get().round()
                + (good.get().deleted() > 0 ? ", later ones are deleted" : "")
                + ". Either "
                + afresh
                + ", or take that checkpoint's model: toonlake import-model --weights "
                + checkpoints.file(good.get().round()) + " --output MODEL_DIR";
    }

    /** How the model was made, for people. */
    private static String madeFrom(TrainSection settings, TrainingSamples samples, ContentFeatures features) {
        TrainSection.Rounds rounds = settings.rounds();
        return String.format(
                "%s (%,d photo samples) and %s (%,d cartoon samples); %d initialization and %d adversarial rounds of %d steps on "
                        + "%d workers, batch %d, crop %d; content loss on %s",
                samples.photoCollection(),
                samples.photos(),
                samples.cartoonCollection(),
                samples.cartoons(),
                rounds.initialization(),
                rounds.adversarial(),
                rounds.stepsPerRound(),
                settings.workers(),
                settings.training().batchSize(),
                settings.training().cropPixels(),
                features.description());
    }
}
