package io.toonlake.job;

import io.toonlake.config.IngestSettings;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PerceptualHash;
import io.toonlake.image.PixelImage;
import io.toonlake.ingest.Sample;
import io.toonlake.ingest.SampleCutter;
import io.toonlake.ingest.Split;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Domain;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows of prepared images, as {@link IngestCommit} writes them: an image with its samples, or the reason why it was refused. */
record PreparedRows(IngestSettings settings, String collection, Domain domain, String fingerprint, String runId)
        implements Serializable {
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
            .add("film", DataTypes.StringType)
            .add("frame_timestamp", DataTypes.LongType)
            .add("frame_number", DataTypes.IntegerType)
            .add("settings_fingerprint", DataTypes.StringType)
            .add("run_id", DataTypes.StringType);

    /**
     * What a file said about its picture.
     *
     * @param sha256 of its content, hexadecimal
     */
    record Said(String sha256, String format, int orientation, int bitDepth, String colour) {}

    /** Which frame of a film a picture is. */
    record Frame(String film, long timestamp, int number) {
        /** The path by which tables know it: wherever the film lies, and in the order in which frames are shown. */
        String path() {
            return String.format(Locale.ROOT, "film:%s/%08d-%d", film, number, timestamp);
        }
    }

    /**
     * @param file with the path by which tables know the image
     * @param picture without alpha
     * @param frame null where the image is no frame of a film
     */
    Row accepted(SourceFile file, PixelImage picture, Said said, Frame frame, ImageEncoder encoder) {
        List<Row> cuts = new ArrayList<>();
        for (Sample sample : new SampleCutter(settings.samplePixels(), settings.maxSamples()).cut(picture)) {
            byte[] png = encoder.encode(sample.image(), ImageFormat.PNG, 100);
            cuts.add(RowFactory.create(sample.index(), sample.x(), sample.y(), png));
        }
        return row(
                file,
                frame,
                null,
                null,
                said.sha256(),
                said.format(),
                picture.width(),
                picture.height(),
                said.orientation(),
                said.bitDepth(),
                said.colour(),
                PerceptualHash.of(picture),
                Split.of(said.sha256(), settings.testFraction()).code(),
                settings.samplePixels(),
                cuts.toArray());
    }

    Row refused(SourceFile file, Frame frame, String reason, String message) {
        return row(file, frame, reason, message, null, null, null, null, null, null, null, null, null, null, null);
    }

    private Row row(SourceFile file, Frame frame, Object... between) {
        List<Object> values = new ArrayList<>(List.of(
                collection, domain.toString(), file.path(), file.sizeBytes(), new Timestamp(file.modifiedMillis())));
        values.addAll(Arrays.asList(between));
        values.add(frame == null ? null : frame.film());
        values.add(frame == null ? null : frame.timestamp());
        values.add(frame == null ? null : frame.number());
        values.add(fingerprint);
        values.add(runId);
        return RowFactory.create(values.toArray());
    }
}
