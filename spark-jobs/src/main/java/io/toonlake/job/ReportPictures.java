package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.report.Comparison;
import io.toonlake.report.Picture;
import io.toonlake.report.TrainingCurve;
import io.toonlake.storage.Storage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** The report's pictures: a few of each kind, small enough, if not told otherwise, that the page stays a page. */
final class ReportPictures {
    private static final int QUALITY = 85;

    private final JobContext context;
    private final Lake lake;
    private final ImageEncoder encoder = new ImageEncoder();
    private final ImageDecoder decoder;

    ReportPictures(JobContext context) {
        this.context = context;
        this.lake = context.lake();
        DecodeLimits limits = context.settings().stylize().limits();
        this.decoder = new ImageDecoder(new DecodeLimits(limits.maxBytes(), limits.maxPixels(), 1));
    }

    /**
     * The photos stylized last, each with all that was made of it, whatever the model; a photo or picture that is gone by now is left
     * out.
     *
     * @param names of models, by fingerprint
     */
    List<Comparison> photosAndCartoons(Map<String, String> names) {
        Dataset<Row> stylized = lake.read(Table.STYLIZED);
        List<String> photos = stylized.groupBy("path")
                .agg(max("stylized").as("last"))
                .orderBy(col("last").desc(), col("path"))
                .limit(most())
                .select("path")
                .as(Encoders.STRING())
                .collectAsList();
        Map<String, List<Row>> made = new LinkedHashMap<>();
        photos.forEach(photo -> made.put(photo, new ArrayList<>()));
        stylized.filter(col("path").isin(photos.toArray()))
                .orderBy("model_fingerprint", "engine", "output")
                .collectAsList()
                .forEach(row -> made.get(row.<String>getAs("path")).add(row));
        List<Comparison> comparisons = new ArrayList<>();
        made.forEach((photo, rows) -> comparison(photo, rows, names).ifPresent(comparisons::add));
        return comparisons;
    }

    private Optional<Comparison> comparison(String photo, List<Row> rows, Map<String, String> names) {
        List<Comparison.View> views = new ArrayList<>();
        try {
            views.add(new Comparison.View("photo", read(photo)));
            for (Row row : rows) {
                views.add(new Comparison.View(label(row, rows, names), cartoon(row)));
            }
            return Optional.of(new Comparison(new Path(photo).getName(), views));
        } catch (IOException | ImageRefusedException e) {
            System.err.println("report: leaves out " + photo + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The model, and the engine where one model's pictures stand beside each other. */
    private static String label(Row row, List<Row> rows, Map<String, String> names) {
        String model = row.getAs("model_fingerprint");
        String name = names.getOrDefault(model, "model " + model.substring(0, 8));
        boolean once = rows.stream()
                        .filter(other -> model.equals(other.getAs("model_fingerprint")))
                        .count()
                == 1;
        return once ? name : name + ", " + row.getAs("engine");
    }

    /** Cartoon samples and their edge-smoothed versions. */
    List<Comparison> edges() {
        List<Row> rows = lake.read(Table.EDGE_SMOOTHED)
                .select(
                        col("collection"),
                        col("sha256"),
                        col("sample_index"),
                        col("pixels").as("smoothed"))
                .orderBy("sha256", "sample_index")
                .limit(Math.min(most(), 4))
                .join(lake.read(Table.SAMPLES), JoinColumns.of("collection", "sha256", "sample_index"))
                .select("collection", "pixels", "smoothed")
                .collectAsList();
        List<Comparison> pairs = new ArrayList<>();
        for (Row row : rows) {
            try {
                Picture before = png(row.getAs("pixels"));
                Picture after = png(row.getAs("smoothed"));
                pairs.add(Comparison.of(row.getString(0), "cartoon", before, "edges smoothed", after));
            } catch (ImageRefusedException e) {
                System.err.println("report: leaves out a sample of " + row.getString(0) + ": " + e.getMessage());
            }
        }
        return pairs;
    }

    /** What a training's generator made of the same photos, after evenly spaced rounds of those that were kept. */
    List<TrainingCurve.SamplePictures> ofTraining(String run) {
        Dataset<Row> kept =
                lake.read(Table.SAMPLE_PICTURES).filter(col("run_id").equalTo(run));
        List<Integer> rounds = evenly(
                kept.select("round")
                        .distinct()
                        .orderBy("round")
                        .as(Encoders.INT())
                        .collectAsList(),
                most() + 1);
        Map<Integer, Map<String, Picture>> pictures = new TreeMap<>();
        for (Row row : kept.filter(col("round").isin(rounds.toArray()))
                .orderBy(col("round"), col("split").equalTo("test").desc(), col("sample_index"), col("sha256"))
                .collectAsList()) {
            String photo = row.<String>getAs("sha256").substring(0, 8) + ", " + row.getAs("split") + " split";
            try {
                pictures.computeIfAbsent(row.getAs("round"), round -> new LinkedHashMap<>())
                        .put(photo + ", sample " + row.getAs("sample_index"), jpeg(row.getAs("pixels")));
            } catch (ImageRefusedException e) {
                System.err.println("report: leaves out a sample picture of " + run + ": " + e.getMessage());
            }
        }
        return pictures.entrySet().stream()
                .map(round -> new TrainingCurve.SamplePictures(round.getKey(), round.getValue()))
                .toList();
    }

    /** At most {@code count} of the list, with its first and last. */
    static List<Integer> evenly(List<Integer> all, int count) {
        if (all.size() <= count) {
            return all;
        }
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) Math.round((double) i * (all.size() - 1) / (count - 1))))
                .toList();
    }

    private Picture jpeg(byte[] png) throws ImageRefusedException {
        PixelImage image = decoder.decode(png).image();
        return new Picture(
                "image/jpeg", encoder.encode(image, ImageFormat.JPEG, QUALITY), image.width(), image.height());
    }

    private int most() {
        return context.settings().report().maxPictures();
    }

    private Picture png(byte[] png) throws ImageRefusedException {
        PixelImage image = decoder.decode(png).image();
        return new Picture("image/png", png, image.width(), image.height());
    }

    private Picture cartoon(Row row) throws IOException, ImageRefusedException {
        return row.getAs("shard") == null
                ? read(row.<String>getAs("output"))
                : decoded(PackedPicture.read(
                        context, row, context.settings().stylize().limits().maxBytes()));
    }

    private Picture read(String path) throws IOException, ImageRefusedException {
        Storage storage = context.storage();
        return decoded(storage.read(
                new Path(path), context.settings().stylize().limits().maxBytes()));
    }

    private Picture decoded(byte[] file) throws ImageRefusedException {
        PixelImage small = decoder.decode(file).image().over(0xffffff);
        int edge = context.settings().report().pictureEdgePixels();
        if (edge > 0) {
            small = small.within(edge);
        }
        return new Picture(
                "image/jpeg", encoder.encode(small, ImageFormat.JPEG, QUALITY), small.width(), small.height());
    }
}
