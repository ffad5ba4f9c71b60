package io.toonlake.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.toonlake.config.Settings;
import io.toonlake.storage.S3aDefaults;
import io.toonlake.storage.Storage;
import io.toonlake.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Model.CommandSpec;

/** One run, from its start to its row in table {@code runs} and its summary. */
record RunRecord(
        String runId,
        String job,
        String arguments,
        Instant started,
        Instant ended,
        Settings settings,
        ExitCode exitCode,
        JobResult result,
        String message) {
    /** In abfs and wasb URIs a container stands there. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)(?<!\\babfss?|\\bwasbs?)(?<=\\w)(:/+)[^/@\\s]+@");

    /** What signed URLs of S3, Google and Azure let others in by, and tokens in URLs. */
    private static final Pattern SIGNATURES = Pattern.compile(
            "(?i)((?:[?&;]|\\\\u0026|^|\\s)(?:x-(?:amz|goog)-(?:signature|credential|security-token)|signature|sig|awsaccesskeyid|(?:access_?)?token|api_?key)=)[^&\\s\"']+");

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    static RunRecord started(CommandSpec spec) {
        String arguments =
                redacted(String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        return new RunRecord(
                UUID.randomUUID().toString(), spec.name(), arguments, Instant.now(), null, null, null, null, "");
    }

    /** A text without the credentials that URIs in it may carry. */
    static String redacted(String text) {
        String unsigned = SIGNATURES.matcher(StoreCheck.shown(text)).replaceAll("$1***");
        return CREDENTIALS.matcher(unsigned).replaceAll("$1***@");
    }

    /** Value by value: in JSON without blanks a URI would seem to go on to the next address of a person. */
    static Map<String, Object> redacted(Map<String, Object> settings) {
        Map<String, Object> shown = new LinkedHashMap<>();
        settings.forEach((key, value) -> shown.put(key, value instanceof String text ? redacted(text) : value));
        return shown;
    }

    RunRecord with(Settings inForce) {
        return new RunRecord(runId, job, arguments, started, ended, inForce, exitCode, result, message);
    }

    RunRecord ended(ExitCode code, JobResult outcome, String why) {
        return new RunRecord(runId, job, arguments, started, Instant.now(), settings, code, outcome, redacted(why));
    }

    double seconds() {
        return Duration.between(started, ended).toMillis() / 1000.0;
    }

    private Counts counts() {
        return result == null ? Counts.of(0, 0) : result.counts();
    }

    private Map<String, Double> figures() {
        return result == null ? Map.of() : result.figures();
    }

    /** The last line that people see. */
    String line() {
        String line = String.format("%s: %s in %.1f s", job, counts(), seconds());
        return message.isEmpty() ? line : line + "\n" + message;
    }

    /** @param stages seconds of each, by name */
    Dataset<Row> row(SparkSession spark, Map<String, Double> stages) {
        Counts counts = counts();
        Row row = RowFactory.create(
                runId,
                job,
                Timestamp.from(started),
                Timestamp.from(ended),
                seconds(),
                exitCode.outcome(),
                exitCode.code(),
                message,
                counts.read(),
                counts.done(),
                counts.unchanged(),
                counts.quarantined(),
                counts.reasons(),
                arguments,
                settings == null ? "" : settingsJson(),
                result == null ? Map.of() : result.fingerprints(),
                Version.current(),
                counts.filtered(),
                counts.pruned(),
                counts.filteredBy(),
                stages,
                figures());
        return spark.createDataFrame(List.of(row), Table.RUNS.schema());
    }

    private String settingsJson() {
        try {
            return new ObjectMapper().writeValueAsString(redacted(settings.effective()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("settings hold numbers, texts and lists only", e);
        }
    }

    /** Writes the summary as JSON to a local file, or anywhere a Hadoop URI points; {@code context} is null where there is none. */
    void writeSummary(String file, JobContext context) throws IOException {
        byte[] json = JSON.writeValueAsBytes(
                summary(context == null ? Map.of() : context.stages().seconds()));
        if (file.matches("[a-z][a-z0-9+.-]+:.*") && !file.startsWith("file:")) {
            Storage storage = context == null ? withoutSession() : context.storage();
            storage.write(storage.qualified(file), json);
            return;
        }
        Path path = Path.of(file.replaceFirst("^file:/*", "/")).toAbsolutePath().normalize();
        if (path.getParent() == null || Files.isDirectory(path)) {
            throw new IOException("it is a folder; name a file");
        }
        Files.createDirectories(path.getParent());
        Files.write(path, json);
    }

    /** Where no session could be opened: by Spark's settings all the same, which spark-submit hands on as system properties. */
    private static Storage withoutSession() {
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        S3aDefaults.apply(hadoop);
        return new Storage(hadoop);
    }

    private Map<String, Object> summary(Map<String, Double> stages) {
        Counts counts = counts();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("job", job);
        summary.put("run", runId);
        summary.put("outcome", exitCode.outcome());
        summary.put("exitCode", exitCode.code());
        summary.put("message", message);
        summary.put("read", counts.read());
        summary.put("done", counts.done());
        summary.put("unchanged", counts.unchanged());
        summary.put("quarantined", counts.quarantined());
        summary.put("reasons", counts.reasons());
        summary.put("filtered", counts.filtered());
        summary.put("filteredBy", counts.filteredBy());
        summary.put("pruned", counts.pruned());
        summary.put("seconds", seconds());
        summary.put("stages", stages);
        summary.put("figures", figures());
        summary.put("started", started.toString());
        summary.put("fingerprints", result == null ? Map.of() : result.fingerprints());
        summary.put("version", Version.current());
        return summary;
    }
}
