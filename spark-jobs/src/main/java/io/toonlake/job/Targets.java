package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.toonlake.image.ImageFormat;
import java.io.Serializable;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Where the picture of each photo goes: the photo's place below the input is the picture's below the output. Built from texts, since
 * Hadoop's own joining of paths stumbles over colons in names.
 */
final class Targets implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Pattern STORE = Pattern.compile("[a-z][a-z0-9+.-]*:(//[^/]*)?/*");

    /** Null for the store's own. */
    private final String root;

    private final String output;
    private final ImageFormat format;

    /**
     * @param root folder of the photos, whose paths begin with it; null where the whole path after scheme and bucket is kept
     * @param output folder of the pictures
     */
    Targets(Path root, Path output, ImageFormat format) {
        this.root = root == null ? null : within(root);
        this.output = within(output);
        this.format = format;
    }

    /** What the paths of everything in a folder begin with. */
    static String within(Path folder) {
        return folder.toString().replaceFirst("/+$", "") + "/";
    }

    static boolean isWithin(Path inner, Path outer) {
        return within(inner).startsWith(within(outer));
    }

    /** The picture's path, as a listing of the output would have it. */
    String of(String photo) {
        String relative = relative(photo);
        int slash = relative.lastIndexOf('/');
        String name = new OutputName(format).of(relative.substring(slash + 1));
        int first = 0;
        while (first < slash && relative.charAt(first) == '/') {
            first++;
        }
        return output + (slash > first ? relative.substring(first, slash) + "/" : "") + name;
    }

    /** The photo's path below the root. A file that the listing could only name by its URI has no place there, and keeps that. */
    String relative(String photo) {
        if (root == null) {
            return STORE.matcher(photo).replaceFirst("");
        }
        return photo.startsWith(root) ? photo.substring(root.length()) : photo;
    }

    /** Rows with column {@code path}, and {@code output} beside it. */
    Dataset<Row> added(Dataset<Row> photos) {
        return photos.withColumn(
                "output",
                udf((UDF1<String, String>) this::of, DataTypes.StringType).apply(col("path")));
    }
}
