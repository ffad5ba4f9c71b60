package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.toonlake.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Commands that README, docs and presets give, held against the command line and the settings: what they name is there, and they are complete but where they say that they are not. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root"));
    private static final Pattern COMMAND = Pattern.compile("^\\s*(?:\\S+=\\S+\\s+)*(?:\\S*/)?toonlake\\s+(\\S.*)$");
    /** What stands for more than it says. */
    private static final Pattern PLACEHOLDER = Pattern.compile("…|\\.\\.\\.|\\bLAKE\\b");

    private static final Set<String> LAUNCHER_FLAGS =
            Set.of("--verbose", "-v", "--supervise", "--help", "-h", "--version");
    private static final Pattern LAUNCHER_OPTION =
            Pattern.compile("--(master|deploy-mode|driver-memory|properties-file|executor-memory|driver-java-options"
                    + "|driver-class-path|jars|conf|name|num-executors|executor-cores)");
    private static final Map<String, CommandSpec> JOBS = commandLine().getSubcommands().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, job -> job.getValue().getCommandSpec()));
    private static final Settings DEFAULTS = Settings.defaults();

    /** @param words after {@code toonlake}, as a shell takes them */
    record Command(Path page, int line, List<String> words) {
        @Override
        public String toString() {
            return ROOT.relativize(page) + ":" + line + " " + String.join(" ", words);
        }
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Test
    void thereAreAsManyAsAReaderSees() throws IOException {
        List<Command> commands = commands().toList();

        assertThat(commands).hasSizeGreaterThan(45);
        assertThat(commands.stream()
                        .map(command -> ROOT.relativize(command.page()).toString()))
                .contains("README.md", "docs/s3.md", "docs/formats/shards.md", "conf/shinkai.conf");
        assertThat(commands.stream().flatMap(command -> command.words().stream()))
                .contains("--yfcc", "--vacuum", "--onnx");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whatACommandNamesIsThere(Command command) {
        List<String> words = new ArrayList<>(command.words());
        while (!words.isEmpty() && words.get(0).startsWith("-")) {
            String option = words.remove(0);
            if (!LAUNCHER_FLAGS.contains(option)) {
                assertThat(option).matches(LAUNCHER_OPTION);
                String value = words.remove(0);
                if (option.equals("--properties-file")) {
                    assertThat(ROOT.resolve(value)).exists();
                }
            }
        }
        if (words.isEmpty() || words.get(0).equals("jars")) {
            return;
        }
        String job = words.remove(0);
        assertThat(JOBS).containsKey(job);
        boolean whole =
                words.stream().noneMatch(word -> PLACEHOLDER.matcher(word).find());
        words.removeIf(word -> PLACEHOLDER.matcher(word).matches());

        assertThat(JOBS.get(job).optionsMap().keySet())
                .containsAll(words.stream()
                        .filter(word -> word.startsWith("--"))
                        .map(word -> word.replaceFirst("=.*", ""))
                        .toList());
        List<String> assignments = values(words, "--set");
        assertThat(DEFAULTS.effective().keySet())
                .containsAll(assignments.stream()
                        .map(assignment -> assignment.replaceFirst("=.*", ""))
                        .toList());
        List<Path> configs = values(words, "--config").stream()
                .map(ROOT::resolve)
                .filter(config -> !config.toString().endsWith("mine.conf"))
                .toList();
        assertThatCode(() -> Settings.load(
                        configs,
                        assignments.stream()
                                .filter(assignment ->
                                        !PLACEHOLDER.matcher(assignment).find())
                                .toList()))
                .doesNotThrowAnyException();
        if (whole) {
            words.add(0, job);
            assertThatCode(() -> commandLine().parseArgs(words.toArray(String[]::new)))
                    .doesNotThrowAnyException();
        }
    }

    private static List<String> values(List<String> words, String option) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith(option + "=")) {
                values.add(words.get(i).substring(option.length() + 1));
            } else if (words.get(i).equals(option)) {
                values.add(words.get(i + 1));
            }
        }
        return values;
    }

    static Stream<Command> commands() throws IOException {
        List<Command> commands = new ArrayList<>();
        for (String place : List.of("README.md", "CONTRIBUTING.md", "docs", "conf", "deploy")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(place))) {
                for (Path page : files.filter(file -> file.toString().matches(".*\\.(md|conf|properties)"))
                        .sorted()
                        .toList()) {
                    commands.addAll(commands(page));
                }
            }
        }
        return commands.stream();
    }

    private static List<Command> commands(Path page) throws IOException {
        boolean prose = page.toString().endsWith(".md");
        List<Command> commands = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        boolean fenced = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                fenced = !fenced;
            }
            if (prose && !fenced || !prose && !lines.get(i).startsWith("#")) {
                continue;
            }
            int first = i;
            String line = bare(lines.get(i), prose);
            while (line.endsWith("\\")) {
                line = line.substring(0, line.length() - 1) + bare(lines.get(++i), prose);
            }
            Matcher command = COMMAND.matcher(line);
            // In a comment's sentence a command is no line of its own.
            if (command.find() && (prose || line.startsWith("     "))) {
                commands.add(new Command(page, first + 1, words(command.group(1))));
            }
        }
        return commands;
    }

    private static String bare(String line, boolean prose) {
        return prose ? line : line.replaceFirst("^#", " ");
    }

    /** As a shell splits them, up to what is not the command's any more. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+").matcher(line);
        while (word.find() && !word.group().matches("#.*|[|&;>].*|2>.*")) {
            words.add(word.group().replaceAll("[\"']", ""));
        }
        return words;
    }
}
