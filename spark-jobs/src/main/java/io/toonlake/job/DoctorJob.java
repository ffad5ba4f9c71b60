package io.toonlake.job;

import io.toonlake.config.Settings;
import io.toonlake.config.SettingsException;
import io.toonlake.config.StylizeSettings;
import io.toonlake.device.Device;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.Precision;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks whether jobs would run here. Not a {@link Job}: it makes nothing, and leaves no row in tables that may be what is wrong. */
@Command(
        name = "doctor",
        header = "Says whether jobs would run here, and what to do where not.",
        description = {
            "",
            "Looks at Java, memory, the natives for pictures and networks, the GPU, the settings, and the stores that are named: the input is listed "
                    + "and a file of it read, into the output a small file is written, read and deleted. On a cluster (--master before the job's name) "
                    + "executors look too.",
            "",
            "Ends with 0 where nothing is wrong, with 4 where a store is, and with 2 where anything else is.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake doctor",
            "  toonlake --master spark://host:7077 doctor --input s3a://lake/photos --output s3a://lake/cartoons --config conf/nightly.conf"
        })
final class DoctorJob implements Callable<Integer> {
    @Option(names = "--input", paramLabel = "URI", description = "A folder or file that jobs shall read. Repeatable.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--output", paramLabel = "URI", description = "A folder that jobs shall write to. Repeatable.")
    private List<String> outputs = new ArrayList<>();

    @Option(names = "--config", paramLabel = "FILE", description = "Settings in a file, as for the jobs. Repeatable.")
    private List<Path> configs = new ArrayList<>();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting, as for the jobs. Repeatable.")
    private List<String> assignments = new ArrayList<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        Settings settings;
        try {
            settings = Settings.load(configs, assignments);
            findings.add(Finding.good("driver", "settings", "as they should be"));
        } catch (SettingsException e) {
            e.problems().forEach(problem -> findings.add(Finding.wrong("driver", "settings", problem)));
            settings = Settings.defaults();
        }
        findings.addAll(withSpark(settings));
        return told(findings, spec.commandLine().getOut());
    }

    private List<Finding> withSpark(Settings settings) {
        List<Finding> findings = new ArrayList<>();
        boolean training = settings.train().device() == Device.GPU;
        try (JobContext context = JobContext.open(settings, "doctor", "doctor", System.getProperty("java.io.tmpdir"))) {
            findings.add(Finding.good(
                    "driver",
                    "Spark",
                    context.spark().version() + " at " + context.sparkContext().master()));
            // On a cluster the driver computes on no GPU.
            boolean local = context.sparkContext().isLocal();
            findings.addAll(Diagnosis.ofProcess("driver", 0, training && local));
            gpuProblem(context, settings).ifPresent(findings::add);
            List<String> reads = new ArrayList<>(inputs);
            if (!settings.train().features().vgg19().isEmpty()) {
                reads.add(settings.train().features().vgg19());
            }
            StoreCheck stores = new StoreCheck(context.storage(), "driver");
            reads.forEach(input -> findings.add(stores.reads(input)));
            outputs.forEach(output -> findings.add(stores.writes(output)));
            if (!local) {
                findings.add(ExecutorMemory.of(
                        context.sparkContext().getConf(), settings.stylize().engineMemoryBytes()));
                findings.addAll(ofExecutors(context, reads, outputs, training));
            }
        } catch (UnreachableException e) {
            findings.add(Finding.ofStore("driver", "store", StoreCheck.shown(e.getMessage())));
        } catch (Exception e) {
            findings.add(Finding.wrong(
                    "driver", "Spark", rootMessage(e) + " (look at --master, and whether the cluster has free cores)"));
        }
        return findings;
    }

    /** By the code with which stylize refuses half precision, or says why it goes on on the CPU. */
    private static Optional<Finding> gpuProblem(JobContext context, Settings settings) {
        StylizeSettings stylize = settings.stylize();
        boolean half = stylize.precision() == Precision.FP16;
        if (!half && stylize.device() != DeviceChoice.GPU) {
            return Optional.empty();
        }
        return StylizingDevice.of(context.sparkContext(), stylize)
                .problem(context.sparkContext())
                .map(problem -> half
                        ? Finding.wrong("job", "stylize.precision", "fp16 is computed on GPUs: " + problem)
                        : Finding.wrong(
                                "job",
                                "stylize.device",
                                "is gpu, and stylize would go on on the CPU: " + problem
                                        + " (docs/gpu.md; auto takes a GPU where there is one)"));
    }

    private static String rootMessage(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }

    /** As many tasks as there are cores, so that each executor has some; each finding is told once for each of them. */
    private static List<Finding> ofExecutors(
            JobContext context, List<String> reads, List<String> writes, boolean training) throws SparkException {
        JavaSparkContext spark = context.sparkContext();
        int tasks = Math.max(2, spark.defaultParallelism());
        Broadcast<SerializableConfiguration> hadoop = ListedFiles.hadoop(context);
        List<String> inputs = qualified(context, reads);
        List<String> outputs = qualified(context, writes);
        StoreCheck stores = new StoreCheck(context.storage(), "driver");
        List<String> marks = outputs.stream()
                .flatMap(output -> stores.marked(output).stream())
                .toList();
        try {
            return spark
                    .parallelize(IntStream.range(0, tasks).boxed().collect(Collectors.toList()), tasks)
                    .flatMap(task -> ExecutorDiagnosis.findings(
                                    hadoop, inputs, outputs, new ArrayList<>(marks), training)
                            .iterator())
                    .collect()
                    .stream()
                    .distinct()
                    .sorted()
                    .toList();
        } finally {
            marks.forEach(stores::unmark);
        }
    }

    /** As the driver takes them: executors have working folders of their own. What cannot be taken is left, for them to say so too. */
    private static List<String> qualified(JobContext context, List<String> uris) {
        return uris.stream()
                .map(uri -> {
                    try {
                        return context.storage().qualified(uri).toString();
                    } catch (UnreachableException e) {
                        return uri;
                    }
                })
                .collect(Collectors.toList());
    }

    private static int told(List<Finding> findings, PrintWriter out) {
        int where = width(findings.stream().map(Finding::where).toList());
        int what = width(findings.stream().map(Finding::what).toList());
        for (Finding finding : findings) {
            out.printf(
                    "%-5s  %-" + where + "s  %-" + what + "s  %s%n",
                    finding.kind().word(),
                    finding.where(),
                    finding.what(),
                    finding.said());
        }
        long wrong = findings.stream().filter(Finding::isWrong).count();
        out.println(
                wrong == 0 ? "Nothing is wrong." : wrong == 1 ? "One thing is wrong." : wrong + " things are wrong.");
        out.flush();
        if (findings.stream().anyMatch(finding -> finding.kind() == Finding.Kind.WRONG)) {
            return ExitCode.USAGE.code();
        }
        return wrong == 0 ? ExitCode.DONE.code() : ExitCode.UNREACHABLE.code();
    }

    private static int width(List<String> words) {
        return words.stream().mapToInt(String::length).max().orElse(1);
    }
}
