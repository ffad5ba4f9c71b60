package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.report.ModelSummary;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** The models that runs of these tables made, with what the report has to say about each. */
final class ReportModels {
    private final JobContext context;

    ReportModels(JobContext context) {
        this.context = context;
    }

    List<ModelSummary> read() {
        Map<String, ModelSummary> models = new LinkedHashMap<>();
        List<Row> runs = context.lake()
                .read(Table.RUNS)
                .filter(col("job")
                        .isin("train", "import-model")
                        .and(col("outcome").equalTo("done")))
                .orderBy(col("started").desc())
                .collectAsList();
        for (Row run : runs) {
            Map<String, String> fingerprints = run.getJavaMap(run.fieldIndex("fingerprints"));
            String fingerprint = fingerprints.get("model");
            if (fingerprint != null) {
                models.putIfAbsent(fingerprint, summary(run, fingerprint));
            }
        }
        return new ArrayList<>(models.values());
    }

    private static ModelSummary summary(Row run, String fingerprint) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("made by", run.<String>getAs("job") + ", run " + run.getAs("run_id"));
        details.put("command line", run.getAs("arguments"));
        if (run.getAs("job").equals("import-model")) {
            return new ModelSummary(
                    nameOf(run),
                    fingerprint,
                    run.getAs("message"),
                    details,
                    notes(ContentFeatures.isRandom(features(run).orElse(""))));
        }
        Map<String, String> settings = ReportReader.settings(run.getAs("settings"));
        String architecture = String.format(
                "generator of width %s with %s residual blocks, %s padding",
                settings.get("train.generator.width"),
                settings.get("train.generator.residual-blocks"),
                settings.get("train.generator.padding"));
        details.put(
                "rounds",
                settings.get("train.initialization-rounds") + " of initialization, "
                        + settings.get("train.adversarial-rounds")
                        + " adversarial, " + settings.get("train.steps-per-round") + " steps each, on "
                        + settings.get("train.workers") + " workers");
        return new ModelSummary(
                nameOf(run),
                fingerprint,
                architecture,
                details,
                notes("random".equals(settings.get("train.content.features"))));
    }

    /** What a training's content loss compared, also of the one whose checkpoint was imported; runs of older versions did not say it. */
    private static Optional<String> features(Row run) {
        Map<String, String> fingerprints = run.getJavaMap(run.fieldIndex("fingerprints"));
        return Optional.ofNullable(fingerprints.get(ContentFeatures.FINGERPRINT));
    }

    private static List<String> notes(boolean randomFeatures) {
        return randomFeatures
                ? List.of(
                        "Content loss on seeded random features, not on VGG19: fit for a demonstration, not for a style.")
                : List.of();
    }

    /** The folder that the command line named. */
    private static String nameOf(Row run) {
        String[] words = run.<String>getAs("arguments").split(" ");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("--output")) {
                return words[i + 1];
            }
        }
        return "model";
    }
}
