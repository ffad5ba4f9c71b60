package io.toonlake.job;

import io.toonlake.fetch.Answer;
import io.toonlake.fetch.FetchSettings;
import io.toonlake.fetch.ImageUrl;
import io.toonlake.fetch.LanePlan;
import io.toonlake.fetch.Lanes;
import io.toonlake.fetch.Wanted;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Fetches images on the executors, batch by batch: those that come are written to their files at once, what was refused is noted at once and goes to the quarantine with its
 * batch. Each host's images are split into as many lanes as it may have connections, and the lanes dealt out to the tasks, so that its limits hold
 * wherever they run. A redirect to another host comes back to the driver and is asked for in the next round, in a lane of that host.
 */
final class ImageFetching {
    /** What became of an image: a file, or a fault. */
    static final StructType OUTCOME = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType)
            .add("fault", DataTypes.StringType)
            .add("message", DataTypes.StringType);

    private final JobContext context;
    private final YfccQuarantine quarantine;
    private final Lease lease;
    private final FetchSettings settings;
    private final LongAccumulator settled;
    /** Of all tasks: hosts that are not asked any more, each with why. */
    private final CollectionAccumulator<Map<String, String>> leftAlone;

    private final Path folder;

    /** @param folder where the files are */
    ImageFetching(JobContext context, Path folder, YfccQuarantine quarantine, Lease lease) {
        this.context = context;
        this.quarantine = quarantine;
        this.lease = lease;
        this.settings = context.settings().ingest().fetch().asking(Version.current());
        this.settled = context.sparkContext().sc().longAccumulator("fetched");
        this.leftAlone = context.sparkContext().sc().collectionAccumulator();
        this.folder = folder;
    }

    /**
     * @param wanted their keys are the files' paths, each once
     * @return rows of {@link #OUTCOME}, one for each
     * @throws UnreachableException where the folder cannot be written to; what was fetched until then stays
     */
    @SuppressWarnings("try") // the progress line lives as long as its block
    List<Row> fetch(List<Wanted> wanted) {
        List<Row> outcomes = new ArrayList<>();
        int atATime = context.settings().ingest().imagesPerCommit();
        context.stages().begin("fetch");
        // Another run that has the folder by now asks the same hosts: together they would ask twice as often as was
        // promised.
        lease.whenLost(() -> context.spark().sparkContext().cancelJobGroup(context.runId()));
        try (Progress progress = context.progress("fetch", "images", wanted.size(), settled::value)) {
            for (int from = 0; from < wanted.size(); from += atATime) {
                lease.check();
                RefusalNotes notes = RefusalNotes.of(folder, quarantine, context.runId() + "-" + from);
                List<Row> batch = batch(wanted.subList(from, Math.min(wanted.size(), from + atATime)), notes);
                quarantine.addImages(
                        context.spark().createDataFrame(batch, OUTCOME).filter("fault is not null"));
                notes.deleteBatch(context.storage());
                for (Row image : batch) {
                    if (!image.isNullAt(OUTCOME.fieldIndex("fault"))) {
                        context.metrics().quarantined(image.getString(OUTCOME.fieldIndex("fault")), 1);
                    }
                }
                outcomes.addAll(batch);
            }
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            lease.check(); // Spark says that it was cancelled, and this why.
            throw e;
        } finally {
            lease.whenLost(() -> {});
        }
        return outcomes;
    }

    private List<Row> batch(List<Wanted> wanted, RefusalNotes notes) {
        Map<String, ImageUrl> urls = new HashMap<>();
        wanted.forEach(image -> urls.put(image.key(), image.url()));
        Task task = new Task(ListedFiles.hadoop(context), settings, settled, leftAlone, notes);
        List<Row> outcomes = new ArrayList<>();
        List<Wanted> open = wanted;
        while (!open.isEmpty()) {
            lease.check(); // Between two jobs there is none to cancel.
            open = withoutHostsLeftAlone(open, image -> outcomes.add(image.row(urls.get(image.path()))));
            List<ArrayList<LanePlan>> shares = dealt(LanePlan.of(open, settings));
            List<FetchOutcome> round = new ArrayList<>();
            context.sparkContext()
                    .parallelize(shares, Math.max(1, shares.size()))
                    .mapPartitions(task)
                    .collect()
                    .forEach(row -> round.add(FetchOutcome.of(row)));
            List<Wanted> moved = new ArrayList<>();
            for (FetchOutcome outcome : round) {
                ImageUrl asked = urls.get(outcome.path());
                if (outcome.isMoved()) {
                    moved.add(new Wanted(
                            outcome.path(), ImageUrl.of(outcome.url()).orElseThrow(), outcome.redirects()));
                } else {
                    outcomes.add(outcome.row(asked));
                }
            }
            open = moved;
        }
        return outcomes;
    }

    /** What a host has refused to tasks that are over, this batch's and earlier ones', it is not asked for again. */
    private List<Wanted> withoutHostsLeftAlone(List<Wanted> wanted, Consumer<FetchOutcome> notAsked) {
        Map<String, String> hosts = new HashMap<>();
        leftAlone.value().forEach(hosts::putAll);
        List<Wanted> rest = new ArrayList<>();
        for (Wanted image : wanted) {
            String host = image.url().host();
            if (hosts.containsKey(host)) {
                notAsked.accept(FetchOutcome.without(image, Answer.notAsked(host, hosts.get(host))));
                settled.add(1);
            } else {
                rest.add(image);
            }
        }
        return rest;
    }

    /** A host's lanes go to different tasks, one after the other. */
    private List<ArrayList<LanePlan>> dealt(List<LanePlan> lanes) {
        int tasks = Math.min(lanes.size(), context.sparkContext().defaultParallelism());
        List<ArrayList<LanePlan>> shares = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            if (i < tasks) {
                shares.add(new ArrayList<>());
            }
            shares.get(i % tasks).add(lanes.get(i));
        }
        return shares;
    }

    private record Task(
            Broadcast<SerializableConfiguration> hadoop,
            FetchSettings settings,
            LongAccumulator settled,
            CollectionAccumulator<Map<String, String>> leftAlone,
            RefusalNotes notes)
            implements FlatMapFunction<Iterator<ArrayList<LanePlan>>, Row>, Serializable {

        @Override
        public Iterator<Row> call(Iterator<ArrayList<LanePlan>> shares) throws InterruptedException {
            Storage storage = new Storage(hadoop.value().value());
            Listing listing = new Listing(storage);
            List<Row> told = Collections.synchronizedList(new ArrayList<>());
            List<LanePlan> lanes = new ArrayList<>();
            shares.forEachRemaining(lanes::addAll);
            if (isRepeated()) {
                lanes = withoutWhatIsSettled(lanes, storage, listing, told);
            }
            Map<String, String> hosts = new Lanes(settings)
                    .run(
                            lanes,
                            (wanted, answer) -> told.add(
                                    outcome(storage, listing, wanted, answer).told()));
            if (!hosts.isEmpty()) {
                leftAlone.add(hosts);
            }
            return told.iterator();
        }

        private static boolean isRepeated() {
            return TaskContext.get().attemptNumber() > 0 || TaskContext.get().stageAttemptNumber() > 0;
        }

        /** A task that was lost has left files and notes, and nobody was told. */
        private List<LanePlan> withoutWhatIsSettled(
                List<LanePlan> lanes, Storage storage, Listing listing, List<Row> told) {
            List<LanePlan> rest = new ArrayList<>();
            for (LanePlan lane : lanes) {
                List<Wanted> missing = new ArrayList<>();
                for (Wanted wanted : lane.wanted()) {
                    SourceFile file = listing.file(wanted.key(), "--fetch");
                    Optional<FetchOutcome> settled = file.sizeBytes() > 0
                            ? Optional.of(FetchOutcome.there(wanted, file))
                            : notes.of(storage, wanted.key());
                    settled.ifPresentOrElse(outcome -> told.add(outcome.told()), () -> missing.add(wanted));
                }
                rest.add(new LanePlan(lane.host(), missing, lane.interval(), lane.start()));
            }
            return rest;
        }

        private FetchOutcome outcome(Storage storage, Listing listing, Wanted wanted, Answer answer) {
            if (answer instanceof Answer.Moved moved) {
                return FetchOutcome.moved(wanted.movedTo(moved.to()));
            }
            settled.add(1);
            if (answer instanceof Answer.Image image) {
                return FetchOutcome.there(wanted, kept(storage, listing, new Path(wanted.key()), image.bytes()));
            }
            Answer.Without without = (Answer.Without) answer;
            FetchOutcome outcome = FetchOutcome.without(wanted, without);
            if (without.reason().isLasting()) {
                notes.write(storage, outcome);
            }
            return outcome;
        }

        private static SourceFile kept(Storage storage, Listing listing, Path path, byte[] bytes) {
            try {
                storage.write(path, bytes);
            } catch (IOException e) {
                throw new UnreachableException(
                        "Cannot write --fetch " + Storage.shown(path) + ": " + Storage.reason(e), e);
            }
            return listing.file(path.toString(), "--fetch");
        }
    }
}
