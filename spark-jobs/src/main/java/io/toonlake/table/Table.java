package io.toonlake.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The tables, each with its columns, the columns that identify a row, and those its files are laid out by. */
public enum Table {
    /** One row an accepted image, without its bytes. */
    IMAGES(
            List.of("collection", "path"),
            List.of("collection"),
            column("collection", StringType),
            column("domain", StringType),
            column("path", StringType),
            column("size_bytes", LongType),
            column("modified", TimestampType),
            column("sha256", StringType),
            column("format", StringType),
            column("width", IntegerType),
            column("height", IntegerType),
            column("orientation", IntegerType),
            column("bit_depth", IntegerType),
            column("colour", StringType),
            column("perceptual_hash", LongType),
            column("split", StringType),
            column("duplicate_of", StringType),
            column("duplicate_bits", IntegerType),
            column("samples", IntegerType),
            column("settings_fingerprint", StringType),
            column("run_id", StringType),
            column("ingested", TimestampType),
            column("film", StringType),
            column("frame_timestamp", LongType),
            column("frame_number", IntegerType)),
    /** One row a film whose frames are in table images, with what became of all its frames. */
    FILMS(
            List.of("collection", "path"),
            List.of("collection"),
            column("collection", StringType),
            column("path", StringType),
            column("size_bytes", LongType),
            column("modified", TimestampType),
            column("fingerprint", StringType),
            column("codec", StringType),
            column("width", IntegerType),
            column("height", IntegerType),
            column("frames", LongType),
            column("seconds", DoubleType),
            column("scenes", IntegerType),
            column("crop_x", IntegerType),
            column("crop_y", IntegerType),
            column("crop_width", IntegerType),
            column("crop_height", IntegerType),
            column("chosen", LongType),
            column("undecodable", LongType),
            column("filtered_by", createMapType(StringType, LongType)),
            column("settings_fingerprint", StringType),
            column("run_id", StringType),
            column("ingested", TimestampType)),
    /** Prepared crops: {@code pixels} is a lossless PNG. */
    SAMPLES(
            List.of("collection", "sha256", "sample_index"),
            List.of("collection"),
            column("collection", StringType),
            column("domain", StringType),
            column("sha256", StringType),
            column("sample_index", IntegerType),
            column("split", StringType),
            column("x", IntegerType),
            column("y", IntegerType),
            column("size_pixels", IntegerType),
            column("pixels", BinaryType),
            column("settings_fingerprint", StringType),
            column("run_id", StringType)),
    /** The samples of a cartoon collection with their edges smoothed. */
    EDGE_SMOOTHED(
            List.of("collection", "sha256", "sample_index"),
            List.of("collection"),
            column("collection", StringType),
            column("sha256", StringType),
            column("sample_index", IntegerType),
            column("split", StringType),
            column("size_pixels", IntegerType),
            column("pixels", BinaryType),
            column("sample_fingerprint", StringType),
            column("settings_fingerprint", StringType),
            column("run_id", StringType)),
    /** One row a refused image, with the job that refused it and why. */
    QUARANTINE(
            List.of("job", "collection", "path"),
            List.of("job"),
            column("job", StringType),
            column("collection", StringType),
            column("path", StringType),
            column("size_bytes", LongType),
            column("modified", TimestampType),
            column("reason", StringType),
            column("message", StringType),
            column("settings_fingerprint", StringType),
            column("run_id", StringType),
            column("quarantined", TimestampType),
            column("raw", StringType)),
    /** One row an accepted photo of a collection that says whose it is: what has to be told where it, or a picture made from it, is shown. */
    PROVENANCE(
            List.of("collection", "path"),
            List.of("collection"),
            column("collection", StringType),
            column("path", StringType),
            column("source", StringType),
            column("photo_id", StringType),
            column("owner_id", StringType),
            column("owner_name", StringType),
            column("title", StringType),
            column("page_url", StringType),
            column("source_url", StringType),
            column("licence_id", IntegerType),
            column("licence", StringType),
            column("licence_version", StringType),
            column("licence_url", StringType),
            column("taken", TimestampType),
            column("uploaded", TimestampType),
            column("longitude", DoubleType),
            column("latitude", DoubleType),
            column("accuracy", IntegerType),
            column("tags", createArrayType(StringType)),
            column("machine_tags", createArrayType(StringType)),
            column("metadata", StringType),
            column("sha256", StringType),
            column("fetched", TimestampType),
            column("run_id", StringType)),
    /** One row a round of training. */
    ROUNDS(
            List.of("run_id", "round"),
            List.of(),
            column("run_id", StringType),
            column("photos", StringType),
            column("cartoons", StringType),
            column("round", IntegerType),
            column("phase", StringType),
            column("steps", LongType),
            column("examples", LongType),
            column("content", DoubleType),
            column("generator_adversarial", DoubleType),
            column("discriminator_real", DoubleType),
            column("discriminator_edge", DoubleType),
            column("discriminator_fake", DoubleType),
            column("broadcast_seconds", DoubleType),
            column("compute_seconds", DoubleType),
            column("average_seconds", DoubleType),
            column("parameters_sha256", StringType),
            column("finished", TimestampType),
            column("generator_learning_rate", DoubleType),
            column("discriminator_learning_rate", DoubleType),
            column("worker_examples_per_second", createArrayType(DoubleType)),
            column("color", DoubleType),
            column("total_variation", DoubleType),
            column("losses", createMapType(StringType, DoubleType)),
            column("features", StringType)),
    /** What the generator made of a few photo samples in the course of a training; of round 0, the photos. {@code pixels} is a PNG. */
    SAMPLE_PICTURES(
            List.of("run_id", "round", "sha256", "sample_index"),
            List.of(),
            column("run_id", StringType),
            column("round", IntegerType),
            column("sha256", StringType),
            column("sample_index", IntegerType),
            column("split", StringType),
            column("pixels", BinaryType)),
    /** One row a stylized photo: what it was made from, by which model, and where the picture is. */
    STYLIZED(
            List.of("output"),
            List.of(),
            column("output", StringType),
            column("path", StringType),
            column("size_bytes", LongType),
            column("modified", TimestampType),
            column("sha256", StringType),
            column("width", IntegerType),
            column("height", IntegerType),
            column("output_bytes", LongType),
            column("engine", StringType),
            column("seconds", DoubleType),
            column("model_fingerprint", StringType),
            column("settings_fingerprint", StringType),
            column("run_id", StringType),
            column("stylized", TimestampType),
            column("metadata_left_out", StringType),
            column("shard", StringType),
            column("shard_bytes", LongType),
            column("sample_key", StringType),
            column("picture_offset", LongType),
            column("known_since", TimestampType)),
    /** One row a photo that was purged: the record that it was, and what keeps it from being taken in again. */
    PURGES(
            List.of("collection", "path"),
            List.of("collection"),
            column("collection", StringType),
            column("path", StringType),
            column("photo_id", StringType),
            column("sha256", StringType),
            column("reason", StringType),
            column("samples", IntegerType),
            column("pictures", IntegerType),
            column("stylized_tables", createArrayType(StringType)),
            column("run_id", StringType),
            column("begun", TimestampType),
            column("purged", TimestampType),
            column("vacuumed", TimestampType)),
    /** One row a photo of Flickr's that was asked for again, with what Flickr said last. */
    RECHECKS(
            List.of("photo_id"),
            List.of(),
            column("photo_id", StringType),
            column("state", StringType),
            column("licence_id", IntegerType),
            column("checked", TimestampType),
            column("run_id", StringType)),
    /** One row a run of a job. */
    RUNS(
            List.of("run_id"),
            List.of(),
            column("run_id", StringType),
            column("job", StringType),
            column("started", TimestampType),
            column("ended", TimestampType),
            column("seconds", DoubleType),
            column("outcome", StringType),
            column("exit_code", IntegerType),
            column("message", StringType),
            column("read", LongType),
            column("done", LongType),
            column("unchanged", LongType),
            column("quarantined", LongType),
            column("reasons", createMapType(StringType, LongType)),
            column("arguments", StringType),
            column("settings", StringType),
            column("fingerprints", createMapType(StringType, StringType)),
            column("version", StringType),
            column("filtered", LongType),
            column("pruned", LongType),
            column("filtered_by", createMapType(StringType, LongType)),
            column("stages", createMapType(StringType, DoubleType)),
            column("figures", createMapType(StringType, DoubleType)));

    /**
     * Version of all tables' layout. Raised with every change that an older reader would misread. Columns that are new at a table's end
     * are no such change: they are null in older rows.
     */
    static final int FORMAT_VERSION = 1;

    private final List<String> key;
    private final List<String> partitionColumns;
    private final StructType schema;

    Table(List<String> key, List<String> partitionColumns, StructField... columns) {
        this.key = key;
        this.partitionColumns = partitionColumns;
        this.schema = new StructType(columns);
    }

    /** The folder's name below the tables' URI. */
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    public StructType schema() {
        return schema;
    }

    List<String> key() {
        return key;
    }

    List<String> partitionColumns() {
        return partitionColumns;
    }

    private static StructField column(String name, DataType type) {
        return DataTypes.createStructField(name, type, true);
    }
}
