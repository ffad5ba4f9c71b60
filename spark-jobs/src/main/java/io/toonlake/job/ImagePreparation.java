package io.toonlake.job;

import io.toonlake.image.DecodedImage;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.RefusalReason;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Domain;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes a batch of files on the executors, each file once: a row for every file, with its samples or with the reason it was refused. */
final class ImagePreparation {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePreparation.class);

    /** Decoding a photo takes tens of milliseconds: enough files that a task is worth its start, few enough for steady progress. */
    private static final int FILES_PER_TASK = 32;

    private final JobContext context;
    private final String collection;
    private final Domain domain;
    private final String fingerprint;
    private final LongAccumulator decoded;

    ImagePreparation(
            JobContext context, String collection, Domain domain, String fingerprint, LongAccumulator decoded) {
        this.context = context;
        this.collection = collection;
        this.domain = domain;
        this.fingerprint = fingerprint;
        this.decoded = decoded;
    }

    /** Persisted on the executors' disks, since its images and their samples are written one after the other; the caller unpersists. */
    Dataset<Row> prepare(List<SourceFile> files) {
        int tasks = Math.max(
                Math.min(files.size(), context.sparkContext().defaultParallelism()),
                (files.size() + FILES_PER_TASK - 1) / FILES_PER_TASK);
        Broadcast<SerializableConfiguration> hadoop = context.sparkContext()
                .broadcast(new SerializableConfiguration(
                        context.spark().sparkContext().hadoopConfiguration()));
        PreparedRows rows =
                new PreparedRows(context.settings().ingest(), collection, domain, fingerprint, context.runId());
        Task task = new Task(hadoop, rows, decoded);
        return context.spark()
                .createDataset(
                        context.sparkContext().parallelize(files, tasks).rdd(),
                        Encoders.javaSerialization(SourceFile.class))
                .mapPartitions(task, Encoders.row(PreparedRows.SCHEMA))
                .persist(StorageLevel.DISK_ONLY());
    }

    private record Task(Broadcast<SerializableConfiguration> hadoop, PreparedRows rows, LongAccumulator decoded)
            implements MapPartitionsFunction<SourceFile, Row> {

        @Override
        public Iterator<Row> call(Iterator<SourceFile> files) {
            SourceReader reader = new SourceReader(
                    new Storage(hadoop.value().value()), rows.settings().limits());
            ImageEncoder encoder = new ImageEncoder();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return files.hasNext();
                }

                @Override
                public Row next() {
                    Row row = prepared(files.next(), reader, encoder);
                    decoded.add(1);
                    return row;
                }
            };
        }

        private Row prepared(SourceFile file, SourceReader reader, ImageEncoder encoder) {
            try (SourceReader.Source source = reader.read(file)) {
                DecodedImage image = source.decoded();
                PreparedRows.Said said = new PreparedRows.Said(
                        source.sha256(),
                        image.format().extension(),
                        image.orientation(),
                        image.bitDepth(),
                        image.colour());
                // A transparent picture is trained on as it would be seen on white.
                return rows.accepted(file, image.image().over(0xffffff), said, null, encoder);
            } catch (ImageRefusedException e) {
                return refused(file, e.reason(), e.getMessage());
            } catch (UnreachableException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.warn("Cannot prepare {}", file.path(), e);
                return refused(file, RefusalReason.FAILED, "Cannot prepare " + file.path() + ": " + e);
            }
        }

        private Row refused(SourceFile file, RefusalReason reason, String message) {
            return rows.refused(file, null, reason.code(), message);
        }
    }
}
