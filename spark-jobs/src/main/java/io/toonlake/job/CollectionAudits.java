package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.Exposure;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.report.CollectionAudit;
import io.toonlake.report.Histogram;
import io.toonlake.report.Picture;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What the collections of a lake look like, for the report. */
final class CollectionAudits {
    private static final int[] SIDES = {128, 256, 512, 768, 1024, 1536, 2048};
    private static final int[] COPIES = {1, 2, 5, 10, 50};
    private static final int BRIGHTNESS_STEP = 32;
    private static final int SHEET_EDGE_PIXELS = 128;
    private static final int SHEET_QUALITY = 80;
    private static final int REPEATED = 5;

    private final JobContext context;
    private final Lake lake;
    private final ImageEncoder encoder = new ImageEncoder();
    private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(Integer.MAX_VALUE, 1 << 24, 1));

    CollectionAudits(JobContext context) {
        this.context = context;
        this.lake = context.lake();
    }

    List<CollectionAudit> read() {
        if (context.settings().report().auditSamples() == 0) {
            return List.of();
        }
        return lake
                .read(Table.IMAGES)
                .select("domain", "collection")
                .distinct()
                .orderBy(col("domain").desc(), col("collection"))
                .collectAsList()
                .stream()
                .map(row -> audit(row.getString(0), row.getString(1)))
                .toList();
    }

    private CollectionAudit audit(String domain, String collection) {
        Column here = col("collection").equalTo(collection);
        Dataset<Row> images = lake.read(Table.IMAGES).filter(here);
        Dataset<Row> copies = images.filter(col("duplicate_of").isNotNull())
                .groupBy("duplicate_of")
                .agg(count(lit(1)).as("copies"));
        Looked looked = looked(here);
        List<Histogram> histograms = new ArrayList<>();
        histograms.add(new Histogram(
                "Shorter side of accepted pictures, pixels",
                ranges(images.withColumn("value", least(col("width"), col("height"))), SIDES)));
        histograms.add(looked.brightness());
        histograms.add(looked.exposure());
        add(histograms, "Licence", lake.read(Table.PROVENANCE).filter(here), "licence");
        List<Histogram.Bar> repetitions = ranges(copies.withColumnRenamed("copies", "value"), COPIES);
        if (repetitions.stream().anyMatch(bar -> bar.count() > 0)) {
            histograms.add(new Histogram("Originals that are repeated, by how often", repetitions));
        }
        add(histograms, "Split", images.filter(col("duplicate_of").isNull()), "split");
        add(
                histograms,
                "Refused, by reason",
                lake.read(Table.QUARANTINE).filter(here.and(col("job").equalTo("ingest"))),
                "reason");
        return new CollectionAudit(
                collection,
                domain,
                looked.count,
                looked.mean(looked.brightness),
                looked.mean(looked.contrast),
                histograms,
                looked.sheet,
                copies.orderBy(col("copies").desc(), col("duplicate_of")).limit(REPEATED).collectAsList().stream()
                        .map(row -> new Histogram.Bar(row.getString(0), row.getLong(1)))
                        .toList());
    }

    private static void add(List<Histogram> histograms, String title, Dataset<Row> rows, String column) {
        List<Histogram.Bar> bars =
                rows.groupBy(column).count().orderBy(col("count").desc(), col(column)).collectAsList().stream()
                        .map(row -> new Histogram.Bar(row.isNullAt(0) ? "unknown" : row.getString(0), row.getLong(1)))
                        .toList();
        if (!bars.isEmpty()) {
            histograms.add(new Histogram(title, bars));
        }
    }

    /** How many of column {@code value} are below the first border, from each to the next, and from the last on. */
    private static List<Histogram.Bar> ranges(Dataset<Row> rows, int[] borders) {
        Column range = lit(0);
        for (int border : borders) {
            range = range.plus(when(col("value").geq(border), 1).otherwise(0));
        }
        long[] counts = new long[borders.length + 1];
        rows.groupBy(range.as("range")).count().collectAsList().forEach(row -> counts[row.getInt(0)] = row.getLong(1));
        List<Histogram.Bar> bars = new ArrayList<>();
        for (int i = 0; i <= borders.length; i++) {
            String label = i == 0
                    ? "below " + borders[0]
                    : i == borders.length ? borders[i - 1] + " or more" : range(borders[i - 1], borders[i] - 1);
            // What cannot be (an original that is repeated less than once) is not shown.
            if (i > 0 || counts[0] > 0) {
                bars.add(new Histogram.Bar(label, counts[i]));
            }
        }
        return bars;
    }

    private static String range(int from, int to) {
        return from == to ? "" + from : from + " to " + to;
    }

    /** Looks at samples in the order of their hashes, which is none. */
    private Looked looked(Column here) {
        int most = context.settings().report().auditSamples();
        Looked looked = new Looked();
        Dataset<Row> all = lake.read(Table.SAMPLES).filter(here);
        // Keys first: sorted with their pixels, every partition would send as many to the driver.
        Dataset<Row> drawn = all.select("sha256", "sample_index")
                .orderBy("sha256", "sample_index")
                .limit(most);
        List<Row> samples = all.join(functions.broadcast(drawn), JoinColumns.of("sha256", "sample_index"), "left_semi")
                .select("sha256", "sample_index", "pixels")
                .collectAsList();
        samples = new ArrayList<>(samples);
        samples.sort(Comparator.comparing((Row row) -> row.getString(0)).thenComparing(row -> row.getInt(1)));
        for (Row row : samples) {
            try {
                looked.at(decoder.decode(row.getAs("pixels")).image());
            } catch (ImageRefusedException e) {
                System.err.println("report: leaves out a sample: " + e.getMessage());
            }
        }
        return looked;
    }

    private final class Looked {
        private final List<Picture> sheet = new ArrayList<>();
        private final long[] bins = new long[256 / BRIGHTNESS_STEP];
        private final Map<Exposure.Kind, Long> kinds = new LinkedHashMap<>();
        private long count;
        private double brightness;
        private double contrast;

        void at(PixelImage sample) {
            Exposure exposure = Exposure.of(sample);
            count++;
            brightness += exposure.brightness();
            contrast += exposure.contrast();
            bins[(int) exposure.brightness() / BRIGHTNESS_STEP]++;
            kinds.merge(exposure.kind(), 1L, Long::sum);
            if (sheet.size() < context.settings().report().sheetSamples()) {
                PixelImage small = sample.within(SHEET_EDGE_PIXELS);
                sheet.add(new Picture(
                        "image/jpeg",
                        encoder.encode(small, ImageFormat.JPEG, SHEET_QUALITY),
                        small.width(),
                        small.height()));
            }
        }

        double mean(double sum) {
            return count == 0 ? Double.NaN : sum / count;
        }

        Histogram brightness() {
            List<Histogram.Bar> bars = new ArrayList<>();
            for (int i = 0; i < bins.length; i++) {
                bars.add(new Histogram.Bar(range(i * BRIGHTNESS_STEP, (i + 1) * BRIGHTNESS_STEP - 1), bins[i]));
            }
            return new Histogram("Brightness of samples, mean grey", bars);
        }

        Histogram exposure() {
            List<Histogram.Bar> bars = new ArrayList<>();
            for (Exposure.Kind kind : Exposure.Kind.values()) {
                bars.add(new Histogram.Bar(kind.label(), kinds.getOrDefault(kind, 0L)));
            }
            return new Histogram("Exposure of samples", bars);
        }
    }
}
