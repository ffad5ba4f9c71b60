package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.image.RefusalReason;
import io.toonlake.metadata.ModificationNote;
import io.toonlake.metadata.PictureMetadata;
import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import io.toonlake.model.StylizingModel;
import io.toonlake.packing.ShardPlan;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.Precision;
import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stylizes photos on the executors and writes their pictures, or hands them on to be packed. One row for every photo: what was made, or why not. */
final class Stylization {
    private static final Logger LOG = LoggerFactory.getLogger(Stylization.class);

    static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType)
            .add("reason", DataTypes.StringType)
            .add("message", DataTypes.StringType)
            .add("output", DataTypes.StringType)
            .add("sha256", DataTypes.StringType)
            .add("width", DataTypes.IntegerType)
            .add("height", DataTypes.IntegerType)
            .add("output_bytes", DataTypes.LongType)
            .add("engine", DataTypes.StringType)
            .add("seconds", DataTypes.DoubleType)
            .add("model_fingerprint", DataTypes.StringType)
            .add("settings_fingerprint", DataTypes.StringType)
            .add("run_id", DataTypes.StringType)
            .add("metadata_left_out", DataTypes.StringType)
            .add("shard", DataTypes.StringType)
            .add("shard_bytes", DataTypes.LongType)
            .add("sample_key", DataTypes.StringType)
            .add("picture_offset", DataTypes.LongType);

    /** A photo takes seconds, so even a few files are worth a task, and a lost task costs little. */
    private static final int PHOTOS_PER_TASK = 4;

    private final JobContext context;
    private final Task task;
    private final StopSignal stop;
    private final Optional<Packing> packing;
    private Optional<String> fault = Optional.empty();
    private Optional<FailedTaskException> failure = Optional.empty();

    /**
     * @param calibration for 8-bit integers; else empty
     * @param device what tasks make pictures on
     * @param sizes photos of others are passed over ({@link Worklist#FILTERED}) as soon as their header is read
     * @param done counts photos as they are done
     * @param stop what ends a batch early
     * @param packing into shards; empty where each picture is a file
     */
    Stylization(
            JobContext context,
            StylizingModel model,
            Optional<Calibration> calibration,
            StylizingDevice device,
            SettingsFingerprints fingerprints,
            SizeFilter sizes,
            LongAccumulator done,
            StopSignal stop,
            Optional<Packing> packing) {
        this.context = context;
        this.stop = stop;
        this.packing = packing;
        this.task = new Task(
                ListedFiles.hadoop(context),
                new SharedStylizer(
                        context.sparkContext(),
                        model,
                        calibration,
                        precision(model, context.settings().stylize()),
                        context.settings().stylize().engine(),
                        context.settings().stylize().engineThreads(),
                        context.settings().stylize().gpuSessions(),
                        device),
                context.settings().stylize(),
                new ModificationNote(Version.current(), model.origin().title()),
                sizes,
                model.fingerprint(),
                fingerprints,
                context.runId(),
                done,
                new PictureMeter(context.metrics()));
    }

    /** Other people's networks run in the numbers that they have. */
    private static Precision precision(StylizingModel model, StylizeSettings settings) {
        return model instanceof Model ? settings.precision() : Precision.FP32;
    }

    /**
     * Stylizes now; the rows, of {@link #SCHEMA}, are small and come back to the driver. Photos that were not come to have none: then there is a
     * {@link #fault} or a {@link #failure}, or the run is stopped.
     */
    List<Row> results(List<Photo> photos) {
        int tasks = Math.max(
                Math.min(photos.size(), 4 * context.sparkContext().defaultParallelism()),
                (photos.size() + PHOTOS_PER_TASK - 1) / PHOTOS_PER_TASK);
        JavaRDD<Photo> files = context.sparkContext().parallelize(photos, tasks);
        Rates rates = Rates.of(context.settings().stylize(), context.sparkContext());
        Outcomes outcomes = new Outcomes(context.sparkContext().sc());
        Task work = task;
        if (packing.isPresent()) {
            return packed(packing.get(), files, rates, outcomes, photos);
        }
        try {
            stop.during(() -> files.foreachPartition(part -> work.stylize(part, rates, outcomes)));
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            failure = Optional.of(failedTask(e, photos, tasks));
        }
        fault = outcomes.fault();
        return outcomes.rows();
    }

    /** Throws what is not one task's failure, such as that the run has lost its output: nothing is to be written after that. */
    private static FailedTaskException failedTask(Exception e, List<Photo> photos, int tasks) {
        RuntimeException why = FailedTaskException.explained(e, photos, tasks);
        if (why instanceof FailedTaskException failed) {
            return failed;
        }
        throw why;
    }

    /** Pictures wait on the executors' disks until it is known how large they are, and with that which shard they go to. */
    private List<Row> packed(Packing into, JavaRDD<Photo> files, Rates rates, Outcomes outcomes, List<Photo> photos) {
        Task work = task;
        CollectionAccumulator<ShardPlan.Size> sizes =
                context.sparkContext().sc().collectionAccumulator();
        JavaRDD<Made> made = files.mapPartitionsWithIndex(
                        (index, part) -> work.made(index, part, rates, outcomes), false)
                .persist(StorageLevel.DISK_ONLY());
        try {
            try {
                stop.during(() -> made.foreachPartition(part -> part.forEachRemaining(each -> sizes.add(each.size()))));
            } catch (Exception e) { // Scala code throws checked exceptions undeclared.
                failure = Optional.of(failedTask(e, photos, files.getNumPartitions()));
            }
            // Also where the Spark job was cut short: what ended tasks have made is there.
            List<Row> rows = into.packed(made, sizes.value(), rates);
            fault = outcomes.fault();
            return rows;
        } finally {
            made.unpersist();
        }
    }

    /** The store that the last batch met and that does not answer, if any: photos that have no row for it are still to be done. */
    Optional<String> fault() {
        return fault;
    }

    /** What ended the last batch before all of its tasks had ended, if anything did; what {@link #results} gave is done all the same. */
    Optional<FailedTaskException> failure() {
        return failure;
    }

    /** What a row of {@link #results} has in a column; null included. */
    static <T> T value(Row row, String column) {
        return row.getAs(SCHEMA.fieldIndex(column));
    }

    /** What makes the pictures. */
    SharedStylizer stylizer() {
        return task.stylizer();
    }

    /** Frees what the executors hold for this run. */
    void release() {
        task.stylizer().release();
    }

    /** Takes the file of a photo's picture. */
    private interface Sink {
        void take(SourceFile photo, String target, byte[] bytes) throws ImageRefusedException;
    }

    private record Task(
            Broadcast<SerializableConfiguration> hadoop,
            SharedStylizer stylizer,
            StylizeSettings settings,
            ModificationNote note,
            SizeFilter sizes,
            String modelFingerprint,
            SettingsFingerprints fingerprints,
            String runId,
            LongAccumulator done,
            PictureMeter meter)
            implements Serializable {

        /** Each picture is a file. */
        void stylize(Iterator<Photo> photos, Rates rates, Outcomes outcomes) {
            Storage storage = new Storage(hadoop.value().value());
            Sink files = (photo, target, bytes) -> written(photo, storage, target, bytes, rates);
            rows(photos, storage, files, rates, outcomes).forEachRemaining(outcomes::add);
        }

        /** Pictures are kept with their rows, to be packed. */
        Iterator<Made> made(int task, Iterator<Photo> photos, Rates rates, Outcomes outcomes) {
            AtomicReference<byte[]> picture = new AtomicReference<>();
            Sink kept = (photo, target, bytes) -> picture.set(bytes);
            Iterator<Row> rows = rows(photos, new Storage(hadoop.value().value()), kept, rates, outcomes);
            return new Iterator<>() {
                private int position;

                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Made next() {
                    Row row = rows.next();
                    return new Made(new ShardPlan.Place(task, position++), row, picture.getAndSet(null));
                }
            };
        }

        /** One for each photo, made when it is asked for. They end before the photos do where the gate is shut, by a store's fault that is told or otherwise. */
        private Iterator<Row> rows(Iterator<Photo> photos, Storage storage, Sink sink, Rates rates, Outcomes outcomes) {
            SourceReader reader = new SourceReader(
                    storage, limits(), (width, height) -> stylizer.heapBytes(width, height, settings.maxEdgePixels()));
            ImageEncoder encoder = new ImageEncoder();
            Gate gate = Gate.of(runId);
            return new Iterator<>() {
                private Row next;

                @Override
                public boolean hasNext() {
                    if (next == null && photos.hasNext() && gate.awaitRead(rates.readsPerSecond())) {
                        try {
                            next = stylized(photos.next(), sink, reader, encoder);
                            done.add(1);
                            meter.add(next);
                        } catch (UnreachableException e) {
                            // Spark would try again, photo by photo, and throw away what is done.
                            gate.shut();
                            outcomes.add(e);
                        }
                    }
                    return next != null;
                }

                @Override
                public Row next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    Row row = next;
                    next = null;
                    return row;
                }
            };
        }

        private DecodeLimits limits() {
            return sizes.within(settings.limits());
        }

        private Row stylized(Photo given, Sink sink, SourceReader reader, ImageEncoder encoder) {
            SourceFile photo = given.file();
            try {
                return made(photo, given.output(), sink, reader, encoder);
            } catch (ImageRefusedException e) {
                return refused(photo, e);
            } catch (UnreachableException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.warn("Cannot stylize {}", photo.path(), e);
                return refused(
                        photo,
                        new ImageRefusedException(RefusalReason.FAILED, "Cannot stylize " + photo.path() + ": " + e));
            }
        }

        private Row made(SourceFile photo, String target, Sink sink, SourceReader reader, ImageEncoder encoder)
                throws ImageRefusedException {
            try (SourceReader.Source source = reader.read(photo)) {
                return made(photo, target, sink, source, encoder);
            }
        }

        private Row made(SourceFile photo, String target, Sink sink, SourceReader.Source source, ImageEncoder encoder)
                throws ImageRefusedException {
            PixelImage image = stylizer.prepared(source.decoded().image(), settings);
            SharedStylizer.Stylized stylized = stylized(photo, image);
            PixelImage cartoon = settings.finish().apply(image, stylized.picture());
            if (settings.format() == ImageFormat.JPEG) {
                cartoon = cartoon.over(settings.background());
            }
            PictureMetadata metadata =
                    PictureMetadata.of(source.decoded(), settings.metadata(), note, cartoon.width(), cartoon.height());
            byte[] bytes = metadata.embedded(encoded(photo, cartoon, encoder), settings.format());
            sink.take(photo, target, bytes);
            return RowFactory.create(
                    photo.path(),
                    photo.sizeBytes(),
                    new Timestamp(photo.modifiedMillis()),
                    null,
                    null,
                    target,
                    source.sha256(),
                    cartoon.width(),
                    cartoon.height(),
                    (long) bytes.length,
                    stylized.engine(),
                    stylized.seconds(),
                    modelFingerprint,
                    fingerprints.pictures(),
                    runId,
                    metadata.leftOut().isEmpty() ? null : String.join(", ", metadata.leftOut()),
                    null,
                    null,
                    null,
                    null);
        }

        private Row refused(SourceFile photo, ImageRefusedException e) {
            boolean passedOver = sizes.passesOver(e.reason(), settings.limits());
            return RowFactory.create(
                    photo.path(),
                    photo.sizeBytes(),
                    new Timestamp(photo.modifiedMillis()),
                    passedOver ? Worklist.FILTERED : e.reason().code(),
                    e.getMessage(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    modelFingerprint,
                    fingerprints.refusals(),
                    runId,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        private SharedStylizer.Stylized stylized(SourceFile photo, PixelImage image) throws ImageRefusedException {
            try {
                return stylizer.stylize(image, settings.engineMemoryBytes());
            } catch (ImageRefusedException e) {
                throw new ImageRefusedException(e.reason(), "Cannot stylize " + photo.path() + ": " + e.getMessage());
            }
        }

        private void written(SourceFile photo, Storage storage, String target, byte[] bytes, Rates rates)
                throws ImageRefusedException {
            Gate.of(runId).awaitWrite(rates.writesPerSecond());
            if (TaskContext.get().isInterrupted()) {
                // Native code does not notice a cancelled job; by now another run may write here.
                throw new UnreachableException("Cannot write " + target + ": the job was cancelled");
            }
            try {
                storage.write(new Path(target), bytes);
            } catch (IOException e) {
                if (Storage.isMatterOfTheName(e)) {
                    throw new ImageRefusedException(
                            RefusalReason.UNWRITABLE,
                            "Cannot write the picture of " + photo.path() + ": " + e.getMessage());
                }
                throw new UnreachableException(
                        "Cannot write " + Storage.shown(new Path(target)) + ": " + Storage.reason(e), e);
            }
        }

        /** What a format cannot hold, such as a WebP wider than 16,383 pixels, concerns this photo alone. */
        private byte[] encoded(SourceFile photo, PixelImage cartoon, ImageEncoder encoder)
                throws ImageRefusedException {
            try {
                return encoder.encode(cartoon, settings.format(), settings.quality());
            } catch (IllegalArgumentException e) {
                throw new ImageRefusedException(
                        RefusalReason.UNWRITABLE,
                        "Cannot write the picture of " + photo.path() + ": " + e.getMessage());
            }
        }
    }
}
