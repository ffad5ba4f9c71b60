package io.toonlake.job;

import io.toonlake.config.IngestSettings;
import io.toonlake.image.DecodedImage;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PerceptualHash;
import io.toonlake.image.PixelImage;
import io.toonlake.image.RefusalReason;
import io.toonlake.ingest.Sample;
import io.toonlake.ingest.SampleCutter;
import io.toonlake.ingest.Split;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Domain;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes a batch of files on the executors, each file once: a row for every file, with its samples or with the reason it was refused. */
final class ImagePreparation {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePreparation.class);

    private static final StructType SAMPLE = new StructType()
            .add("sample_index", DataTypes.IntegerType)
            .add("x", DataTypes.IntegerType)
            .add("y", DataTypes.IntegerType)
            .add("pixels", DataTypes.BinaryType);

    static final StructType SCHEMA = new StructType()
            .add("collection", DataTypes.StringType)
            .add("domain", DataTypes.StringType)
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType)
            .add("reason", DataTypes.StringType)
            .add("message", DataTypes.StringType)
            .add("sha256", DataTypes.StringType)
            .add("format", DataTypes.StringType)
            .add("width", DataTypes.IntegerType)
            .add("height", DataTypes.IntegerType)
            .add("orientation", DataTypes.IntegerType)
            .add("bit_depth", DataTypes.IntegerType)
            .add("colour", DataTypes.StringType)
            .add("perceptual_hash", DataTypes.LongType)
            .add("split", DataTypes.StringType)
            .add("size_pixels", DataTypes.IntegerType)
            .add("cuts", DataTypes.createArrayType(SAMPLE))
            .add("settings_fingerprint", DataTypes.StringType)
            .add("run_id", DataTypes.StringType);

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

    /** Persisted on the executors' disks, since three tables are written from it; the caller unpersists. */
    Dataset<Row> prepare(List<SourceFile> files) {
        int tasks = Math.max(
                Math.min(files.size(), context.sparkContext().defaultParallelism()),
                (files.size() + FILES_PER_TASK - 1) / FILES_PER_TASK);
        Broadcast<SerializableConfiguration> hadoop = context.sparkContext()
                .broadcast(new SerializableConfiguration(
                        context.spark().sparkContext().hadoopConfiguration()));
        Task task = new Task(
                hadoop,
                context.settings().ingest(),
                collection,
                domain.toString(),
                fingerprint,
                context.runId(),
                decoded);
        return context.spark()
                .createDataset(
                        context.sparkContext().parallelize(files, tasks).rdd(),
                        Encoders.javaSerialization(SourceFile.class))
                .mapPartitions(task, Encoders.row(SCHEMA))
                .persist(StorageLevel.DISK_ONLY());
    }

    private record Task(
            Broadcast<SerializableConfiguration> hadoop,
            IngestSettings settings,
            String collection,
            String domain,
            String fingerprint,
            String runId,
            LongAccumulator decoded)
            implements MapPartitionsFunction<SourceFile, Row> {

        @Override
        public Iterator<Row> call(Iterator<SourceFile> files) {
            SourceReader reader = new SourceReader(new Storage(hadoop.value().value()), settings.limits());
            SampleCutter cutter = new SampleCutter(settings.samplePixels(), settings.maxSamples());
            ImageEncoder encoder = new ImageEncoder();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return files.hasNext();
                }

                @Override
                public Row next() {
                    Row row = prepared(files.next(), reader, cutter, encoder);
                    decoded.add(1);
                    return row;
                }
            };
        }

        private Row prepared(SourceFile file, SourceReader reader, SampleCutter cutter, ImageEncoder encoder) {
            try {
                SourceReader.Source source = reader.read(file);
                DecodedImage image = source.decoded();
                // A transparent picture is trained on as it would be seen on white.
                PixelImage opaque = image.image().over(0xffffff);
                List<Row> cuts = new ArrayList<>();
                for (Sample sample : cutter.cut(opaque)) {
                    byte[] png = encoder.encode(sample.image(), ImageFormat.PNG, 100);
                    cuts.add(RowFactory.create(sample.index(), sample.x(), sample.y(), png));
                }
                return row(
                        file,
                        null,
                        null,
                        source.sha256(),
                        image.format().extension(),
                        opaque.width(),
                        opaque.height(),
                        image.orientation(),
                        image.bitDepth(),
                        image.colour(),
                        PerceptualHash.of(opaque),
                        Split.of(source.sha256(), settings.testFraction()).code(),
                        settings.samplePixels(),
                        cuts.toArray());
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
            return row(file, reason.code(), message, null, null, null, null, null, null, null, null, null, null, null);
        }

        private Row row(SourceFile file, Object... rest) {
            List<Object> values = new ArrayList<>(
                    List.of(collection, domain, file.path(), file.sizeBytes(), new Timestamp(file.modifiedMillis())));
            values.addAll(java.util.Arrays.asList(rest));
            values.add(fingerprint);
            values.add(runId);
            return RowFactory.create(values.toArray());
        }
    }
}
