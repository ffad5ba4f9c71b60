package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.timestamp_micros;

import io.toonlake.flickr.BrokenLine;
import io.toonlake.flickr.PhotoLine;
import io.toonlake.flickr.PhotoParser;
import io.toonlake.flickr.PhotoRecord;
import io.toonlake.flickr.YfccParser;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * YFCC100M's metadata, or what Flickr's API has found, as rows, one a line: records, and lines that are none, with {@code fault}, {@code message} and
 * {@code raw}. Hadoop's codecs unpack what is named {@code .gz} and {@code .bz2}; plain files and {@code .bz2} are read by many tasks each.
 */
final class YfccMetadata {
    static final StructType SCHEMA = new StructType()
            .add("metadata", DataTypes.StringType)
            .add("fault", DataTypes.StringType)
            .add("message", DataTypes.StringType)
            .add("raw", DataTypes.StringType)
            .add("photo_id", DataTypes.LongType)
            .add("hash", DataTypes.StringType)
            .add("owner_id", DataTypes.StringType)
            .add("owner_name", DataTypes.StringType)
            .add("title", DataTypes.StringType)
            .add("page_url", DataTypes.StringType)
            .add("source_url", DataTypes.StringType)
            .add("licence_id", DataTypes.IntegerType)
            .add("taken", DataTypes.TimestampType)
            .add("uploaded", DataTypes.TimestampType)
            .add("longitude", DataTypes.DoubleType)
            .add("latitude", DataTypes.DoubleType)
            .add("accuracy", DataTypes.IntegerType)
            .add("tags", DataTypes.createArrayType(DataTypes.StringType))
            .add("machine_tags", DataTypes.createArrayType(DataTypes.StringType))
            .add("video", DataTypes.BooleanType);

    /** Times are microseconds since 1970 on the way: of {@code java.sql.Timestamp} Spark takes the days before 1582 for the old calendar's. */
    private static final StructType PARSED = new StructType(Arrays.stream(SCHEMA.fields())
            .map(field -> field.dataType().equals(DataTypes.TimestampType)
                    ? DataTypes.createStructField(field.name(), DataTypes.LongType, true)
                    : field)
            .toArray(StructField[]::new));

    private YfccMetadata() {}

    /**
     * @param files files or folders of them; one that is named twice is read once
     * @throws UnreachableException where one is missing
     */
    static Dataset<Row> read(JobContext context, List<String> files) {
        return read(context, paths(context, files, "--yfcc"), new Parsing(new YfccParser(), false, "--yfcc"));
    }

    /**
     * Photos that {@link FlickrSearch} has found and kept. As metadata counts the folder that they lie in, since photos move from file to file.
     *
     * @param files that are there
     */
    static Dataset<Row> found(JobContext context, List<Path> files, PhotoParser parser) {
        return read(
                context,
                files.stream().map(Storage::literal).toArray(String[]::new),
                new Parsing(parser, true, "--fetch"));
    }

    private static Dataset<Row> read(JobContext context, String[] files, Parsing parsing) {
        return context.spark()
                .read()
                .text(files)
                .select(col("_metadata.file_path"), col("value"))
                .mapPartitions(parsing, Encoders.row(PARSED))
                .withColumn("taken", timestamp_micros(col("taken")))
                .withColumn("uploaded", timestamp_micros(col("uploaded")));
    }

    /**
     * Rows {@code photo_id, found_hash} of a file with an id, a tab and a hash a line, as {@code yfcc100m_hash} of the bucket is. Other lines have
     * no hash for anybody.
     */
    static Dataset<Row> hashes(JobContext context, String file) {
        return context.spark()
                .read()
                .text(paths(context, List.of(file), "--yfcc-hashes"))
                .selectExpr(
                        "cast(regexp_extract(value, '^([0-9]{1,18})\\t', 1) as bigint) as photo_id",
                        "regexp_extract(value, '\\t([0-9a-f]{32})\\\\s*$', 1) as found_hash")
                .filter("photo_id is not null and found_hash <> ''");
    }

    private static String[] paths(JobContext context, List<String> files, String option) {
        return files.stream()
                .map(file -> context.storage().qualified(file))
                .distinct()
                .map(path -> Storage.literal(existing(context.storage(), path, option)))
                .toArray(String[]::new);
    }

    /** @throws UnreachableException where it is missing */
    static Path existing(Storage storage, Path path, String option) {
        try {
            if (storage.fileSystem(path).exists(path)) {
                return path;
            }
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read " + option + " " + Storage.shown(path) + ": " + Storage.reason(e), e);
        }
        throw new UnreachableException(
                "Cannot read " + option + " " + Storage.shown(path) + ": no such file or folder");
    }

    /**
     * @param byFolder whether the file's folder counts as the metadata, and not the file
     * @param option that named it, for error messages
     */
    private record Parsing(PhotoParser parser, boolean byFolder, String option)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> lines) {
            return new Iterator<>() {
                private String location = "";
                private String metadata;

                @Override
                public boolean hasNext() {
                    try {
                        return lines.hasNext();
                    } catch (Exception e) { // Scala code throws checked exceptions undeclared.
                        throw unreadable(e);
                    }
                }

                @Override
                public Row next() {
                    Row line = lines.next();
                    if (!location.equals(line.getString(0))) {
                        location = line.getString(0);
                        // Spark gives it encoded; tables have paths as Hadoop writes them.
                        Path file = new Path(URI.create(location));
                        metadata = (byFolder ? file.getParent() : file).toString();
                    }
                    return row(metadata, line.getString(1), parser.parse(line.getString(1)));
                }
            };
        }

        /** Spark says what is wrong, and not with which of many files. */
        private RuntimeException unreadable(Exception e) {
            IOException cause = Job.causeOf(e, IOException.class);
            if (cause == null) {
                return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
            }
            Path file =
                    new Path(URI.create(InputFileBlockHolder.getInputFilePath().toString()));
            return new UnreachableException(
                    "Cannot read " + option + " " + Storage.shown(file) + ": " + Storage.reason(cause)
                            + " (if its store is well, it is cut short or not packed as its name says: fetch it again)",
                    e);
        }

        private static long micros(Instant time) {
            // ChronoUnit counts nanoseconds on the way, of which a long has three centuries' worth.
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
        }

        private static Row row(String metadata, String raw, PhotoLine line) {
            if (line instanceof BrokenLine broken) {
                Object[] values = new Object[SCHEMA.size()];
                values[0] = metadata;
                values[1] = broken.reason().code();
                values[2] = broken.message();
                values[3] = raw;
                return RowFactory.create(values);
            }
            PhotoRecord photo = (PhotoRecord) line;
            return RowFactory.create(
                    metadata,
                    null,
                    null,
                    null,
                    photo.id(),
                    photo.hash(),
                    photo.ownerId(),
                    photo.ownerName(),
                    photo.title(),
                    photo.pageUrl(),
                    photo.sourceUrl(),
                    photo.licence().id(),
                    photo.taken() == null ? null : micros(photo.taken().toInstant(ZoneOffset.UTC)),
                    photo.uploaded() == null ? null : micros(photo.uploaded()),
                    photo.longitude(),
                    photo.latitude(),
                    photo.accuracy(),
                    photo.tags().toArray(),
                    photo.machineTags().toArray(),
                    photo.video());
        }
    }
}
