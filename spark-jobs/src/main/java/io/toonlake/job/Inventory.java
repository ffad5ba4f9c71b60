package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.storage.Visibility;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * The objects that an S3 Inventory lists, without a request to the bucket. Of several versions the latest counts; markers of deleted ones
 * and of folders are no objects, and hidden names ({@link Visibility}) no input, as in a folder.
 *
 * @param rows {@code path, size_bytes, modified}
 * @param made when it was made; photos that came later are not in it
 */
record Inventory(Dataset<Row> rows, Optional<Instant> made) {
    private static final int MAX_MANIFEST_BYTES = 64 << 20;

    /**
     * @param manifest its manifest.json, in the bucket or copied with the data to any other place
     * @param bucketUri where the objects are reached, or null for s3a://BUCKET
     * @param root folder of the photos, above which no name hides them; null for the bucket
     */
    static Inventory read(JobContext context, String manifest, String bucketUri, Path root) {
        Path file = context.storage().canonical(manifest);
        JsonNode json = parsed(context, file, manifest);
        String bucket = bucketUri == null
                ? "s3a://" + text(json, "sourceBucket", manifest)
                : context.storage().canonical(bucketUri).toString();
        String format = text(json, "fileFormat", manifest);
        if (!Set.of("csv", "parquet").contains(format.toLowerCase(Locale.ROOT))) {
            throw new UsageException("Invalid --inventory: " + manifest + " (its fileFormat is " + format
                    + "; CSV and Parquet are read: configure the inventory so)");
        }
        List<String> data = new ArrayList<>();
        for (JsonNode each : json.path("files")) {
            data.add(Storage.literal(new Path(
                    data(context, file, text(json, "destinationBucket", manifest), text(each, "key", manifest)))));
        }
        if (data.isEmpty()) {
            throw new UsageException("Invalid --inventory: " + manifest + " (it lists no files)");
        }
        return new Inventory(
                format.equalsIgnoreCase("csv")
                        ? objects(context, csv(context, data, text(json, "fileSchema", manifest)), true, bucket, root)
                        : objects(
                                context,
                                context.spark().read().parquet(data.toArray(String[]::new)),
                                false,
                                bucket,
                                root),
                made(json));
    }

    /** S3 writes milliseconds since 1970, as a text. */
    private static Optional<Instant> made(JsonNode json) {
        long millis = json.path("creationTimestamp").asLong();
        return millis > 0 ? Optional.of(Instant.ofEpochMilli(millis)) : Optional.empty();
    }

    private static JsonNode parsed(JobContext context, Path file, String manifest) {
        try {
            return new ObjectMapper().readTree(context.storage().read(file, MAX_MANIFEST_BYTES));
        } catch (JsonProcessingException e) {
            throw new UsageException("Invalid --inventory: " + manifest
                    + " (not JSON; name the inventory's manifest.json): " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --inventory " + manifest + ": " + Storage.reason(e), e);
        }
    }

    private static String text(JsonNode json, String field, String manifest) {
        if (!json.path(field).isTextual()) {
            throw new UsageException("Invalid --inventory: " + manifest + " (it has no " + field
                    + "; name the manifest.json of an S3 Inventory)");
        }
        return json.get(field).asText();
    }

    /** In the bucket that the manifest names, or, for a copy, below one of the folders that the manifest lies in. */
    private static String data(JobContext context, Path manifest, String destination, String key) {
        String scheme = manifest.toUri().getScheme();
        if (scheme.startsWith("s3")) {
            return scheme + "://" + destination.replaceFirst("^arn:[^:]*:s3:::", "") + "/" + key;
        }
        FileSystem files = context.storage().fileSystem(manifest);
        try {
            for (Path above = manifest.getParent(); above != null; above = above.getParent()) {
                for (String place : new String[] {key, "data/" + new Path(key).getName()}) {
                    Path candidate = new Path(above, place);
                    if (files.exists(candidate)) {
                        return candidate.toString();
                    }
                }
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --inventory " + manifest + ": " + Storage.reason(e), e);
        }
        throw new UnreachableException("Cannot read --inventory " + manifest + ": its file " + key
                + " is nowhere above it (copy the inventory's data beside the manifest)");
    }

    private static Dataset<Row> csv(JobContext context, List<String> data, String schema) {
        String columns = Arrays.stream(schema.split(","))
                .map(name -> "`" + name.strip() + "` STRING")
                .collect(Collectors.joining(", "));
        return context.spark().read().schema(columns).option("escape", "\"").csv(data.toArray(String[]::new));
    }

    private static Dataset<Row> objects(
            JobContext context, Dataset<Row> listed, boolean encoded, String bucket, Path root) {
        Dataset<Row> all = listed;
        // Key, LastModifiedDate of CSV are key, last_modified_date of Parquet.
        for (String name : listed.columns()) {
            all = all.withColumnRenamed(name, name.replace("_", "").toLowerCase(Locale.ROOT));
        }
        Set<String> columns = Set.of(all.columns());
        // Both are empty in buckets that have no versions.
        if (columns.contains("islatest")) {
            all = all.filter(is("islatest", true));
        }
        if (columns.contains("isdeletemarker")) {
            all = all.filter(not(is("isdeletemarker", false)));
        }
        Column key = encoded
                ? udf(
                                (UDF1<String, String>) written -> URLDecoder.decode(written, StandardCharsets.UTF_8),
                                DataTypes.StringType)
                        .apply(col("key"))
                : col("key");
        String within = bucket.replaceFirst("/+$", "") + "/";
        Dataset<Row> named = all.withColumn("key", key)
                .filter(not(col("key").endsWith("/")))
                .withColumn("path", concat(lit(within), regexp_replace(col("key"), "//+", "/")));
        String above = root == null ? within : Targets.within(root);
        named = named.filter(udf(
                        (UDF1<String, Boolean>)
                                path -> Visibility.INPUT.showsBelow(path.startsWith(above) ? above : within, path),
                        DataTypes.BooleanType)
                .apply(col("path")));
        return columns.contains("size") && columns.contains("lastmodifieddate")
                ? named.select(
                        col("path"),
                        col("size").cast("long").as("size_bytes"),
                        col("lastmodifieddate").cast("timestamp").as("modified"))
                : NamedFiles.looked(context, named.select("path"), bucket, "--inventory");
    }

    /** @param empty what it is where there is no value */
    private static Column is(String column, boolean empty) {
        Column text = lower(col(column).cast("string"));
        return when(text.isNull().or(text.equalTo("")), lit(empty)).otherwise(text.equalTo("true"));
    }
}
