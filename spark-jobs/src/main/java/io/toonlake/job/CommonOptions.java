package io.toonlake.job;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What every job takes. */
final class CommonOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Settings in a file (HOCON), over the defaults; repeatable, later files win. See conf/ for presets.")
    private List<Path> configs = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, over the files; repeatable. Example: --set stylize.format=webp")
    private List<String> assignments = new ArrayList<>();

    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "Write what was read, done, left unchanged and quarantined to this file, as JSON.")
    private String summary;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    List<Path> configs() {
        return configs;
    }

    List<String> assignments() {
        return assignments;
    }

    /** Null where none was asked for. */
    String summary() {
        return summary;
    }
}
