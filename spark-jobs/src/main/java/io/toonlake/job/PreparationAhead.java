package io.toonlake.job;

import io.toonlake.storage.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Prepares batches of images, one ahead of the one that is being committed: executors have next to nothing to do in a commit, whose queries the driver plans
 * one after the other. Where Spark schedules fairly ({@link JobContext}), these queries have their turns meanwhile. Of two batches there are samples on the executors' disks,
 * then. Not thread-safe.
 */
final class PreparationAhead implements AutoCloseable {
    private static final int CANCEL_MILLIS = 200;

    private final JobContext context;
    private final ImagePreparation preparation;
    private final String collection;
    private final List<SourceFile> files;
    private final int atATime;
    /** Its jobs are ended by it, without those of the run's other threads. */
    private final String tag;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread started = new Thread(task, "prepare");
        started.setDaemon(true);
        return started;
    });
    private int from;
    private Future<Batch> next;
    private Batch given;

    /** @param files in the order in which they are prepared */
    PreparationAhead(
            JobContext context, ImagePreparation preparation, String collection, List<SourceFile> files, int atATime) {
        this.context = context;
        this.preparation = preparation;
        this.collection = collection;
        this.files = files;
        this.atATime = atATime;
        this.tag = "prepare-" + context.runId();
        this.next = begun();
    }

    /**
     * A batch that is prepared.
     *
     * @param number of its first file, from 1
     * @param prepared as {@link PreparedRows#SCHEMA} says, persisted until the next batch is asked for
     * @param described the same rows without pixels, as {@link IngestCommit#described} has them
     */
    record Batch(int number, List<SourceFile> files, Dataset<Row> prepared, List<Row> described) {}

    boolean hasNext() {
        return next != null;
    }

    /**
     * The next batch, once it is prepared. The one before is let go.
     *
     * <p>Throws what its preparation throws, or that as the cause.
     */
    Batch next() {
        release();
        try {
            given = next.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while images are prepared", e);
        }
        next = begun();
        return given;
    }

    private Future<Batch> begun() {
        if (from >= files.size()) {
            return null;
        }
        int number = from + 1;
        List<SourceFile> batch = new ArrayList<>(files.subList(from, Math.min(files.size(), from + atATime)));
        from += atATime;
        return thread.submit(() -> {
            // Of the thread, which has the job's group from the one that started it.
            context.spark().sparkContext().addJobTag(tag);
            context.spark().sparkContext().setLocalProperty("spark.scheduler.pool", "prepare");
            context.describe(String.format("ingest %s, images from %,d of %,d", collection, number, files.size()));
            Dataset<Row> prepared = preparation.prepare(batch);
            try {
                return new Batch(number, batch, prepared, IngestCommit.described(prepared));
            } catch (Throwable e) {
                prepared.unpersist();
                throw e;
            }
        });
    }

    private void release() {
        if (given != null) {
            given.prepared().unpersist();
            given = null;
        }
    }

    /** Ends what is being prepared, which nobody will commit any more, and waits until it has ended. */
    @Override
    public void close() {
        release();
        thread.shutdown();
        boolean interrupted = Thread.interrupted();
        while (next != null) {
            try {
                // It may be between two jobs.
                context.spark().sparkContext().cancelJobsWithTag(tag);
                next.get(CANCEL_MILLIS, TimeUnit.MILLISECONDS).prepared().unpersist();
                next = null;
            } catch (TimeoutException e) {
                continue;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | IllegalStateException e) {
                next = null; // It has ended, or Spark has. Why the run ends is known by now.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
