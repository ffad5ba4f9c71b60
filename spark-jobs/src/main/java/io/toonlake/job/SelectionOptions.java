package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import picocli.CommandLine.Option;

/** Which of the photos are to be stylized at all. The others are counted as filtered. */
final class SelectionOptions {
    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description =
                    "Only photos whose path below the input matches; a pattern without a slash is for the name alone. Repeatable.")
    private List<String> includes = new ArrayList<>();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "No photos that match; wins over --include. Repeatable.")
    private List<String> excludes = new ArrayList<>();

    @Option(names = "--min-bytes", paramLabel = "N", description = "Only photos of at least so many bytes.")
    private Long minBytes;

    @Option(names = "--max-bytes", paramLabel = "N", description = "Only photos of at most so many bytes.")
    private Long maxBytes;

    @Option(
            names = "--min-side-pixels",
            paramLabel = "N",
            description =
                    "Only photos whose shorter side has at least so many pixels: by table images where a collection is stylized, else "
                            + "by the photo's header, which is read again by every run.")
    private int minSidePixels;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "Only photos of at most so many pixels, width times height; known as for --min-side-pixels.")
    private Long maxPixels;

    @Option(
            names = "--modified-since",
            paramLabel = "TIME",
            description = "Only photos changed then or later: 2026-11-25 or 2026-11-25T18:30:00Z, UTC.")
    private String since;

    @Option(names = "--modified-before", paramLabel = "TIME", description = "Only photos changed before.")
    private String before;

    SizeFilter sizes() {
        return new SizeFilter(minSidePixels, maxPixels == null ? Long.MAX_VALUE : maxPixels);
    }

    /** What was asked for, in words, but for {@code --modified-before}, which is another every night. */
    String scope() {
        return "include " + includes + ", exclude " + excludes + ", bytes " + minBytes + " to " + maxBytes + ", side "
                + minSidePixels + (maxPixels == null ? "" : ", pixels " + maxPixels) + ", since " + since;
    }

    /**
     * When a photo was changed at the earliest that was not looked at.
     *
     * @param listed when the photos were, where that was not just now
     */
    Instant horizon(Optional<Instant> listed) {
        Instant end = before == null ? GoodRuns.ALL : time("--modified-before", before);
        return listed.filter(made -> made.isBefore(end)).orElse(end);
    }

    /** @throws UsageException for what cannot be understood */
    void check() {
        includes.forEach(glob -> new Globs(List.of(glob)).check("--include"));
        excludes.forEach(glob -> new Globs(List.of(glob)).check("--exclude"));
        time("--modified-since", since);
        time("--modified-before", before);
        if (maxPixels != null && maxPixels < 1) {
            throw new UsageException("Invalid --max-pixels: " + maxPixels + " (must be >= 1)");
        }
    }

    /** Adds column {@code filtered}, true for photos that are passed over. */
    Dataset<Row> marked(Dataset<Row> photos, Targets targets) {
        Column selected = lit(true);
        if (!includes.isEmpty()) {
            selected = selected.and(matching(new Globs(includes), targets));
        }
        if (!excludes.isEmpty()) {
            selected = selected.and(not(matching(new Globs(excludes), targets)));
        }
        if (minBytes != null) {
            selected = selected.and(col("size_bytes").geq(minBytes));
        }
        if (maxBytes != null) {
            selected = selected.and(col("size_bytes").leq(maxBytes));
        }
        if (since != null) {
            selected = selected.and(col("modified").geq(lit(time("--modified-since", since))));
        }
        if (before != null) {
            selected = selected.and(col("modified").lt(lit(time("--modified-before", before))));
        }
        if (Arrays.asList(photos.columns()).contains("width")) {
            if (minSidePixels > 0) {
                selected = selected.and(least(col("width"), col("height")).geq(minSidePixels));
            }
            if (maxPixels != null) {
                selected = selected.and(col("width")
                        .cast(DataTypes.LongType)
                        .multiply(col("height"))
                        .leq(maxPixels));
            }
        }
        return photos.withColumn("filtered", not(selected));
    }

    private static Column matching(Globs globs, Targets targets) {
        return udf((UDF1<String, Boolean>) path -> globs.match(targets.relative(path)), DataTypes.BooleanType)
                .apply(col("path"));
    }

    /** A date or a time on the command line, or null where none was given. */
    static Instant time(String option, String given) {
        if (given == null) {
            return null;
        }
        try {
            return given.contains("T")
                    ? Instant.parse(given)
                    : LocalDate.parse(given).atStartOfDay().toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new UsageException("Invalid " + option + ": " + given
                    + " (write it as 2026-11-25 or 2026-11-25T18:30:00Z; it is UTC)");
        }
    }

    /** Patterns that travel; the JDK's matchers do not. */
    private static final class Globs implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        private final ArrayList<String> globs;
        private transient List<PathMatcher> matchers;

        Globs(List<String> globs) {
            this.globs = new ArrayList<>(globs);
        }

        void check(String option) {
            try {
                matchers();
            } catch (PatternSyntaxException e) {
                throw new UsageException(
                        "Invalid " + option + ": " + globs.get(0) + " (" + e.getDescription() + " in the pattern)");
            }
        }

        boolean match(String relative) {
            try {
                Path path = Path.of(relative);
                List<PathMatcher> all = matchers();
                for (int i = 0; i < all.size(); i++) {
                    if (all.get(i).matches(globs.get(i).contains("/") ? path : path.getFileName())) {
                        return true;
                    }
                }
                return false;
            } catch (InvalidPathException e) {
                return false;
            }
        }

        private synchronized List<PathMatcher> matchers() {
            if (matchers == null) {
                matchers = globs.stream()
                        .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                        .toList();
            }
            return matchers;
        }
    }
}
