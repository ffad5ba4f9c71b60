package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.HeldException;
import io.toonlake.storage.Lease;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.Precision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run of {@code stylize} through its worklist, a batch at a time: stylized, committed, counted. */
final class StylizeRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StylizeRun.class);

    private final JobContext context;
    private final StylizeSettings asked;
    private final StylizingModel model;
    private final Optional<Calibration> calibration;
    private final SettingsFingerprints settings;
    private final Map<String, String> looked;
    private final SizeFilter sizes;
    private final Lease lease;
    private final Optional<Packing> packing;
    private final Gate gate;
    private final StopSignal stop;

    private final Throughput throughput = new Throughput();
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Set<String> told = new LinkedHashSet<>();
    private Map<String, Double> likeness = Map.of();
    private List<SourceFile> toCheck = List.of();
    private long remade;
    private long refusedAgain;
    private long stylized;
    private long left;
    private long firstBatchMillis = Long.MAX_VALUE;

    /**
     * @param calibration for 8-bit integers; else empty
     * @param looked {@link GoodRuns#SCOPE} and {@link GoodRuns#HORIZON} of what is looked at
     * @param sizes photos of others are passed over
     * @param lease on the output
     * @param packing into shards; empty where each picture is a file
     */
    StylizeRun(
            JobContext context,
            StylizingModel model,
            Optional<Calibration> calibration,
            SettingsFingerprints settings,
            Map<String, String> looked,
            SizeFilter sizes,
            Lease lease,
            Optional<Packing> packing) {
        this.context = context;
        this.asked = context.settings().stylize();
        this.model = model;
        this.calibration = calibration;
        this.settings = settings;
        this.looked = looked;
        this.sizes = sizes;
        this.lease = lease;
        this.packing = packing;
        this.gate = Gate.of(context.runId());
        this.stop = StopSignal.heed(gate, Duration.ofSeconds(asked.stopGraceSeconds()), this::cancel);
    }

    private void cancel() {
        context.spark().sparkContext().cancelJobGroup(context.runId());
    }

    /**
     * Does what is pending; once.
     *
     * @param pruned pictures deleted before, to be told
     * @throws CutShortException where a store does not answer, or Spark gives a batch up: what was done before is committed
     * @throws StoppedException where a signal came, likewise
     * @throws LeaseLostException where another run may have the output by now, likewise
     */
    JobResult of(Worklist work, long pruned) {
        reasons.putAll(work.quarantined());
        left = work.pending();
        UnreachableException cut = null;
        FailedTaskException failed = null;
        if (left > 0) {
            try {
                held(() -> {
                    batches(work);
                    if (left != 0 && !stop.isRequested()) {
                        lease.check(); // It may have been lost between two batches.
                    }
                });
            } catch (UnreachableException e) {
                cut = e;
            } catch (FailedTaskException e) {
                failed = e;
            } catch (HeldException e) {
                throw new LeaseLostException(e, result(work, pruned));
            }
        }
        JobResult result = result(work, pruned);
        if (cut != null) {
            throw new CutShortException(cut, result);
        }
        if (failed != null) {
            throw new CutShortException(failed, result);
        }
        if (left != 0 && !stop.isRequested()) {
            throw new IllegalStateException("Cannot account for all photos: of %,d that were to do %,d have an outcome"
                    .formatted(work.pending(), work.pending() - left));
        }
        if (left > 0) {
            throw new StoppedException(
                    "Stopped by SIGTERM with %,d photos to go. What is done is committed; run again to go on."
                            .formatted(left),
                    result);
        }
        return result;
    }

    /** Work that ends at once when the lease is lost. Spark then says that it was cancelled, and this that the lease is lost. */
    private void held(Runnable work) {
        lease.whenLost(() -> {
            gate.shut();
            cancel();
        });
        try {
            lease.check();
            work.run();
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            try {
                lease.check();
            } catch (HeldException lost) {
                LOG.warn("The work under way failed", e);
                throw lost;
            } catch (UnreachableException gone) {
                // A store that is silent keeps renewals waiting, too, until the work is cancelled: then it is the store
                // that failed.
                if (Job.causeOf(e, UnreachableException.class) == null) {
                    gone.addSuppressed(e);
                    throw gone;
                }
            }
            throw e;
        } finally {
            lease.whenLost(() -> {});
        }
    }

    @SuppressWarnings("try") // the progress line lives as long as its block
    private void batches(Worklist work) {
        Iterator<List<Photo>> batches = work.batches(asked.imagesPerCommit());
        StylizingDevice device = StylizingDevice.of(context.sparkContext(), asked);
        beforeFirst(device);
        LongAccumulator done = context.sparkContext().sc().longAccumulator("stylized");
        Stylization stylization =
                new Stylization(context, model, calibration, device, settings, sizes, done, stop, packing);
        try (Progress progress = context.progress("stylize", "photos", left, done::value)) {
            for (int number = 1; !gate.isShut() && batches.hasNext(); number++) {
                context.describe(String.format("stylize, batch %,d", number));
                batch(batches.next(), stylization, device);
            }
            if (asked.precision() != Precision.FP32 && !gate.isShut()) {
                check(stylization);
            }
        } finally {
            stylization.release();
        }
    }

    private void batch(List<Photo> batch, Stylization stylization, StylizingDevice device) {
        context.stages().begin("stylize");
        firstBatchMillis = Math.min(firstBatchMillis, System.currentTimeMillis());
        List<Row> results = stylization.results(batch);
        tell(device.remarks());
        context.stages().begin("commit");
        Map<String, Long> refused = committed(batch, results, stylization);
        throughput.add(results);
        refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        refused.forEach((reason, count) -> context.metrics().quarantined(reason, count));
        settle(batch, results);
        stylized += results.size() - Counts.sum(refused);
        left -= results.size();
        if (asked.precision() != Precision.FP32) {
            toCheck = PhotoSample.drawn(toCheck, batch, asked.precisionCheckPhotos());
        }
        if (stylization.fault().isPresent()) {
            throw new UnreachableException(stylization.fault().get());
        }
        if (stylization.failure().isPresent()) {
            throw stylization.failure().get();
        }
    }

    private void settle(List<Photo> batch, List<Row> results) {
        Map<String, Photo> photos = new HashMap<>();
        batch.stream()
                .filter(photo -> photo.madeSettled() || photo.refusedSettled())
                .forEach(photo -> photos.put(photo.file().path(), photo));
        for (Row row : results) {
            Photo known = photos.get(Stylization.<String>value(row, "path"));
            String reason = Stylization.value(row, "reason");
            if (known != null && reason == null && known.madeSettled()) {
                remade++;
            } else if (known != null && reason != null && known.refusedSettled() && !reason.equals(Worklist.FILTERED)) {
                refusedAgain++;
            }
        }
    }

    /** Commits a batch, also one that a store cut short. */
    private Map<String, Long> committed(List<Photo> batch, List<Row> results, Stylization stylization) {
        if (results.isEmpty()) {
            return Map.of();
        }
        try {
            lease.check();
            List<Row> rows = results;
            if (packing.isPresent()) {
                rows = packing.get().published(batch, results);
                lease.check();
            }
            Map<String, Long> refused = new StylizeCommit(context).write(batch, rows);
            packing.ifPresent(Packing::settle);
            return refused;
        } catch (UnreachableException e) {
            // Of two stores out of reach, or one met twice, the first is what to look at.
            throw stylization.fault().isPresent()
                    ? new UnreachableException(stylization.fault().get(), e)
                    : e;
        } catch (RuntimeException e) {
            stylization.failure().ifPresent(e::addSuppressed);
            throw e;
        }
    }

    /** All pictures are made and committed: that they cannot be compared does not make the run fail. */
    private void check(Stylization stylization) {
        context.stages().begin("check");
        try {
            likeness = new PrecisionCheck(context, model, stylization.stylizer()).figures(toCheck);
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            LOG.warn("Cannot compare this run's pictures with single precision's", e);
            Throwable cause = Job.causeOf(e, UnreachableException.class);
            tell(Set.of("How near the pictures are to single precision's was not measured: "
                    + (cause == null ? e : cause).getMessage()));
        }
    }

    private JobResult result(Worklist work, long pruned) {
        Long small = reasons.remove(Worklist.FILTERED);
        long filtered = work.filtered() + (small == null ? 0 : small);
        Map<String, String> fingerprints = new LinkedHashMap<>();
        fingerprints.putAll(looked);
        fingerprints.put("settings", settings.pictures());
        fingerprints.put("model", model.fingerprint());
        calibration.ifPresent(ranges -> fingerprints.put("calibration", ranges.fingerprint()));
        Map<String, Double> seconds = context.stages().seconds();
        double all = seconds.values().stream().mapToDouble(each -> each).sum();
        ExecutorCores cores = ExecutorCores.of(context.sparkContext().sc());
        long now = System.currentTimeMillis();
        Map<String, Double> figures = new LinkedHashMap<>(throughput.figures(
                seconds.getOrDefault("stylize", 0.0) + seconds.getOrDefault("pack", 0.0),
                cores.average(Math.min(firstBatchMillis, now - 1), now),
                cores.seconds(now - (long) (1000 * all), now),
                asked.pricePerCoreHour()));
        figures.putAll(likeness);
        Counts.Settled settled = new Counts.Settled(
                remade, work.settled().unchanged(), work.settled().quarantined() + refusedAgain);
        return new JobResult(
                new Counts(stylized, work.unchanged(), reasons, filtered, pruned).with(settled),
                fingerprints,
                String.join("; ", told),
                figures);
    }

    /**
     * Looks what the pictures will be made on, and says it where that is not what was wanted.
     *
     * @throws UsageException where the precision asked for cannot be had there
     */
    private void beforeFirst(StylizingDevice device) {
        Optional<String> problem =
                asked.device() == DeviceChoice.CPU ? Optional.empty() : device.problem(context.sparkContext());
        if (asked.precision() == Precision.FP16) {
            problem.ifPresent(why -> {
                throw new UsageException("Invalid stylize.precision: fp16 (half precision is computed on GPUs, and "
                        + "pictures would be made on the CPU: " + why
                        + "; use fp32, or int8 after toonlake calibrate)");
            });
            checkHalf();
        }
        tell(device.remarks());
    }

    private void checkHalf() {
        try {
            OnnxGenerator.half((Model) model);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid stylize.precision: fp16 (the model does not go with it: " + e.getMessage()
                    + "; use fp32)");
        }
    }

    /** Once a run, and not once a task. */
    private void tell(Set<String> remarks) {
        for (String remark : remarks) {
            if (told.add(remark)) {
                LOG.warn(remark);
            }
        }
    }

    @Override
    public void close() {
        stop.close();
        Gate.forget(context.runId());
    }
}
