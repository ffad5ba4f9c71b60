package io.toonlake.job;

import io.toonlake.report.ReportData;
import io.toonlake.report.ReportWriter;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what the tables hold, as one page that needs no network, and the same figures as JSON. */
@Command(
        name = "report",
        header = "Shows what the tables hold: one self-contained HTML page, and the same figures as JSON.",
        description = {
            "",
            "Pictures before and after, loss curves, counts, the quarantine with its reasons, and every run with its settings and "
                    + "fingerprints. The JSON lies beside the page.",
            ""
        },
        footer = {"", "Example:", "  toonlake report --tables lake --output report.html"})
final class ReportJob extends Job {
    @Option(names = "--tables", required = true, paramLabel = "URI", description = "The tables of the other jobs.")
    private String tables;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE.html",
            description = "The page; replaced if it is there.")
    private String output;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            defaultValue = "Toonlake",
            description = "The page's title. Default: ${DEFAULT-VALUE}")
    private String title;

    @Option(names = "--note", paramLabel = "TEXT", description = "A paragraph at the top of the page; repeatable.")
    private List<String> notes = new ArrayList<>();

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        if (!output.endsWith(".html")) {
            throw new UsageException(
                    "Invalid --output: " + output + " (the page's name must end in .html; its JSON lies beside it)");
        }
        if (!context.lake().exists()) {
            throw new UnreachableException("Cannot read --tables " + tables + ": no tables of Toonlake there");
        }
        ReportData data = new ReportReader(context).read(title, notes);
        ReportWriter writer = new ReportWriter();
        Path page = context.storage().qualified(output);
        write(context, page, writer.html(data));
        write(context, new Path(page.getParent(), page.getName().replaceAll("html$", "json")), writer.json(data));
        return new JobResult(Counts.of(1, 0), Map.of(), "report written: " + output);
    }

    private void write(JobContext context, Path file, String text) {
        try {
            context.storage().write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UnreachableException("Cannot write --output " + file + ": " + e.getMessage(), e);
        }
    }
}
