package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkUserAppException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @Test
    void helpListsTheJobsAndTheExitCodes() {
        Outcome help = run("--help");

        assertThat(help.code).isZero();
        assertThat(help.out)
                .contains(
                        "demo",
                        "ingest",
                        "edge-smooth",
                        "train",
                        "import-model",
                        "calibrate",
                        "stylize",
                        "attribution",
                        "purge",
                        "report",
                        "Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "ingest",
                "edge-smooth",
                "train",
                "import-model",
                "calibrate",
                "stylize",
                "attribution",
                "purge",
                "report"
            })
    void everyJobExplainsItself(String job) {
        Outcome help = run(job, "--help");

        assertThat(help.code).isZero();
        assertThat(help.out).contains("Usage: toonlake " + job, "--config", "--set", "--summary", "Example");
    }

    @Test
    void credentialsInAUriAreNotRepeated() {
        Outcome wrong = run("report", "--tables", "lake", "--output", "x", "s3a://me:secret@lake/x");

        assertThat(wrong.code).isEqualTo(2);
        assertThat(wrong.err).contains("s3a://***@lake/x").doesNotContain("secret");
        assertThat(RunRecord.redacted("Cannot read ftp://me:se%2Fcret@host/a and s3a://bucket/@b: no a@b"))
                .isEqualTo("Cannot read ftp://***@host/a and s3a://bucket/@b: no a@b");
        assertThat(RunRecord.redacted("s3a://key:se/cret@lake/x")).isEqualTo("s3a://***@lake/x");
        assertThat(RunRecord.redacted("abfss://lake@account.dfs.core.windows.net/photos"))
                .isEqualTo("abfss://lake@account.dfs.core.windows.net/photos");
        assertThat(RunRecord.redacted("ABFSS://lake@account/photos")).isEqualTo("ABFSS://lake@account/photos");
        assertThat(RunRecord.redacted("sig=se%2Bcret&amp;sig=se%2Bcret \\u0026sig=se%2Bcret design=good"))
                .isEqualTo("sig=***&amp;sig=*** \\u0026sig=*** design=good");
        assertThat(RunRecord.redacted(
                        "https://lake/a.csv?X-Amz-Date=1&X-Amz-Security-Token=se%2Fcret&X-Amz-Signature=abc1 and"
                                + " 'https://lake/a?sv=2&sig=se%2Bcret'"))
                .isEqualTo("https://lake/a.csv?X-Amz-Date=1&X-Amz-Security-Token=***&X-Amz-Signature=*** and"
                        + " 'https://lake/a?sv=2&sig=***'");
        assertThat(RunRecord.redacted(Map.of("vgg19", "ftp://me:secret@host", "contact", "you@example.org")))
                .isEqualTo(Map.of("vgg19", "ftp://***@host", "contact", "you@example.org"));
    }

    @Test
    void credentialsInTheSummarysUriAreNotRepeatedEither() {
        Outcome away =
                run("report", "--tables", "no-lake", "--output", "x", "--summary", "ftp://me:secret@127.0.0.1:1/s");

        assertThat(away.err)
                .contains("Cannot write --summary ftp://***@127.0.0.1:1/s")
                .doesNotContain("secret");
    }

    /** If it ended the process, the test would end here, too. */
    @Test
    void onYarnTheProcessIsNotOursToEnd() throws SparkUserAppException {
        Map<String, String> driver = Map.of("spark.master", "yarn", "spark.submit.deployMode", "cluster");
        driver.forEach(System::setProperty);
        try {
            Main.main(new String[] {"--version"});

            assertThatThrownBy(() -> Main.main(new String[] {"cartoonify"}))
                    .isInstanceOfSatisfying(
                            SparkUserAppException.class,
                            exception -> assertThat(exception.exitCode()).isEqualTo(2));
        } finally {
            driver.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void noJobPrintsTheHelpAndEndsWithTwo() {
        Outcome nothing = run();

        assertThat(nothing.code).isEqualTo(2);
        assertThat(nothing.err).contains("Jobs, in the order data flows:");
    }

    @Test
    void aMisspeltJobOrOptionGetsASuggestion() {
        assertThat(run("stylise").code).isEqualTo(2);
        assertThat(run("stylise").err).contains("Unmatched argument at index 0: 'stylise'", "stylize");
        Outcome option = run("stylize", "--modle", "m");
        assertThat(option.code).isEqualTo(2);
        assertThat(option.err).contains("--model").doesNotContain("Exception");
    }

    @Test
    void wrongSettingsEndBeforeAnythingStarts(@TempDir Path folder) {
        Path tables = folder.resolve("lake");
        Outcome outcome = run(
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "c",
                "--input",
                "nowhere",
                "--tables",
                tables.toString(),
                "--set",
                "stylize.qualty=3",
                "--set",
                "edge.blur-pixels=2");

        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.err.lines()).hasSize(2).anyMatch(line -> line.endsWith("did you mean stylize.quality?"));
        assertThat(Files.exists(tables)).isFalse();
    }

    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int code = Main.run(arguments);
            return new Outcome(
                    code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
