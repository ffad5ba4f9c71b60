package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.report.CollectionCounts;
import io.toonlake.report.ModelSummary;
import io.toonlake.report.QuarantinedImage;
import io.toonlake.report.ReportData;
import io.toonlake.report.RunSummary;
import io.toonlake.report.StylizedCount;
import io.toonlake.report.TrainingCurve;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Gathers a report's figures from the tables. */
final class ReportReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A page with every run of a year is no overview. */
    private static final int RUNS = 100;

    /** Nor one with the pictures of every training. */
    private static final int TRAININGS_WITH_PICTURES = 3;

    private final JobContext context;
    private final Lake lake;

    ReportReader(JobContext context) {
        this.context = context;
        this.lake = context.lake();
    }

    ReportData read(String title, List<String> notes) {
        ReportPictures pictures = new ReportPictures(context);
        List<ModelSummary> models = new ReportModels(context).read();
        return new ReportData(
                title,
                lake.root().toString(),
                Instant.now(),
                notes,
                collections(),
                new CollectionAudits(context).read(),
                stylized(),
                pictures.photosAndCartoons(names(models)),
                pictures.edges(),
                trainings(pictures),
                quarantineReasons(),
                quarantine(),
                models,
                runs());
    }

    /** Folders' own names, by fingerprint; the path above them is the same for all that stand side by side, more often than not. */
    private static Map<String, String> names(List<ModelSummary> models) {
        Map<String, String> names = new HashMap<>();
        for (ModelSummary model : models) {
            names.put(model.fingerprint(), new Path(model.name()).getName());
        }
        return names;
    }

    private List<CollectionCounts> collections() {
        Map<String, Long> quarantined = counts(
                "quarantine", lake.read(Table.QUARANTINE).filter(col("job").equalTo("ingest")));
        Map<String, Long> samples = counts("samples", lake.read(Table.SAMPLES));
        Map<String, Long> smoothed = counts("edges", lake.read(Table.EDGE_SMOOTHED));
        List<CollectionCounts> collections = new ArrayList<>();
        lake.read(Table.IMAGES)
                .groupBy("domain", "collection")
                .agg(
                        count(when(col("duplicate_of").isNull(), 1)),
                        count(col("duplicate_of")),
                        count(when(col("duplicate_of").isNull().and(col("split").equalTo("train")), 1)),
                        count(when(col("duplicate_of").isNull().and(col("split").equalTo("test")), 1)))
                .orderBy(col("domain").desc(), col("collection"))
                .collectAsList()
                .forEach(row -> {
                    String name = row.getString(1);
                    collections.add(new CollectionCounts(
                            row.getString(0),
                            name,
                            row.getLong(2),
                            row.getLong(3),
                            quarantined.getOrDefault(name, 0L),
                            row.getLong(4),
                            row.getLong(5),
                            samples.getOrDefault(name, 0L),
                            smoothed.getOrDefault(name, 0L)));
                    quarantined.remove(name);
                });
        // A collection of which nothing was accepted has no row in images, and is not to be forgotten.
        quarantined.forEach(
                (name, refused) -> collections.add(new CollectionCounts("", name, 0, 0, refused, 0, 0, 0, 0)));
        return collections;
    }

    private static Map<String, Long> counts(String what, org.apache.spark.sql.Dataset<Row> rows) {
        Map<String, Long> counts = new TreeMap<>();
        rows.groupBy("collection")
                .agg(count(lit(1)).as(what))
                .collectAsList()
                .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        return counts;
    }

    private List<StylizedCount> stylized() {
        return lake
                .read(Table.STYLIZED)
                .groupBy("model_fingerprint")
                .count()
                .orderBy(col("count").desc())
                .collectAsList()
                .stream()
                .map(row -> new StylizedCount(row.getString(0), row.getLong(1)))
                .toList();
    }

    private List<TrainingCurve> trainings(ReportPictures pictures) {
        Map<String, List<TrainingCurve.Round>> rounds = new LinkedHashMap<>();
        Map<String, String> labels = new HashMap<>();
        Map<String, String> features = new HashMap<>();
        for (Row row : lake.read(Table.ROUNDS).orderBy("finished", "round").collectAsList()) {
            String run = row.getAs("run_id");
            labels.put(run, row.getAs("photos") + " to " + row.getAs("cartoons"));
            String compared = row.getAs("features");
            features.put(run, compared == null ? "" : compared);
            rounds.computeIfAbsent(run, key -> new ArrayList<>())
                    .add(new TrainingCurve.Round(
                            row.getAs("round"),
                            row.getAs("phase"),
                            row.getAs("steps"),
                            number(row, "content"),
                            number(row, "color"),
                            number(row, "total_variation"),
                            number(row, "generator_adversarial"),
                            number(row, "discriminator_real"),
                            number(row, "discriminator_edge"),
                            number(row, "discriminator_fake"),
                            number(row, "broadcast_seconds"),
                            number(row, "compute_seconds"),
                            number(row, "average_seconds"),
                            number(row, "generator_learning_rate"),
                            number(row, "discriminator_learning_rate"),
                            speeds(row)));
        }
        List<TrainingCurve> curves = new ArrayList<>();
        int older = Math.max(0, rounds.size() - TRAININGS_WITH_PICTURES);
        for (String run : rounds.keySet()) {
            curves.add(new TrainingCurve(
                    run,
                    labels.get(run),
                    features.get(run),
                    rounds.get(run),
                    curves.size() < older ? List.of() : pictures.ofTraining(run)));
        }
        return curves;
    }

    private static List<Double> speeds(Row row) {
        int column = row.fieldIndex("worker_examples_per_second");
        return row.isNullAt(column) ? List.of() : row.getList(column);
    }

    private static double number(Row row, String column) {
        Double value = row.getAs(column);
        return value == null ? Double.NaN : value;
    }

    private Map<String, Long> quarantineReasons() {
        Map<String, Long> reasons = new TreeMap<>();
        lake.read(Table.QUARANTINE)
                .groupBy("reason")
                .count()
                .collectAsList()
                .forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
        return reasons;
    }

    private List<QuarantinedImage> quarantine() {
        return lake
                .read(Table.QUARANTINE)
                .orderBy("job", "collection", "path")
                .limit(context.settings().report().maxQuarantineRows())
                .collectAsList()
                .stream()
                .map(row -> new QuarantinedImage(
                        row.getAs("job"),
                        row.getAs("collection"),
                        row.getAs("path"),
                        row.getAs("reason"),
                        row.getAs("message")))
                .toList();
    }

    private List<RunSummary> runs() {
        return lake.read(Table.RUNS).orderBy(functions.desc("started")).limit(RUNS).collectAsList().stream()
                .map(ReportReader::run)
                .toList();
    }

    private static RunSummary run(Row row) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String column : List.of("read", "done", "unchanged", "quarantined")) {
            counts.put(column, row.getAs(column));
        }
        return new RunSummary(
                row.getAs("run_id"),
                row.getAs("job"),
                row.getAs("outcome"),
                row.<java.sql.Timestamp>getAs("started").toInstant(),
                row.getAs("seconds"),
                counts,
                settings(row.getAs("settings")),
                row.getJavaMap(row.fieldIndex("fingerprints")),
                figures(row));
    }

    /** By name, since Spark keeps no order; rows of older versions have none. */
    private static Map<String, Double> figures(Row row) {
        int column = row.fieldIndex("figures");
        return row.isNullAt(column) ? Map.of() : new TreeMap<>(row.<String, Double>getJavaMap(column));
    }

    static Map<String, String> settings(String json) {
        try {
            Map<String, String> settings = new LinkedHashMap<>();
            Map<String, Object> values =
                    json.isEmpty() ? Map.of() : JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
            values.forEach((key, value) -> settings.put(key, String.valueOf(value)));
            return settings;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("table runs holds settings that are no JSON: " + json, e);
        }
    }
}
