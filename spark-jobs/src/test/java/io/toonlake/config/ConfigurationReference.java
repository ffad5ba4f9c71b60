package io.toonlake.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The settings of a commented file as Markdown: a section for each object that holds settings, in the file's order. */
final class ConfigurationReference {
    private static final String HEAD = """
            # Settings

            Made from `reference.conf` by `ConfigurationReferenceTest`; change that file, not this one. One setting is changed on the command line,
            `--set stylize.format=webp`, several in a file, `--config nightly.conf`, that holds only what differs ([HOCON](https://github.com/lightbend/config/blob/main/HOCON.md)).
            The command line wins over files, later files over earlier ones; an unknown key is an error that names it. [conf/](../conf) has presets. Spark's own settings go with
            `--conf`, as with `spark-submit`.
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private ConfigurationReference() {}

    static String of(Config config) {
        ConfigurationReference reference = new ConfigurationReference();
        reference.section("", config.root());
        return reference.page.toString();
    }

    private void section(String path, ConfigObject object) {
        List<Map.Entry<String, ConfigValue>> inOrder = object.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .toList();
        List<Map.Entry<String, ConfigValue>> settings = inOrder.stream()
                .filter(entry -> !(entry.getValue() instanceof ConfigObject))
                .toList();
        if (!path.isEmpty()) {
            page.append("\n## ").append(path).append('\n');
            String about = comment(object);
            if (!about.isEmpty()) {
                page.append('\n').append(about).append('\n');
            }
        }
        if (!settings.isEmpty()) {
            page.append("\n| setting | default | meaning |\n|---|---|---|\n");
            rows(path, settings).forEach(row -> page.append(row).append('\n'));
        }
        for (Map.Entry<String, ConfigValue> entry : inOrder) {
            if (entry.getValue() instanceof ConfigObject nested) {
                section(joined(path, entry.getKey()), nested);
            }
        }
    }

    /** A comment holds for the settings below it that have none. */
    private static List<String> rows(String path, List<Map.Entry<String, ConfigValue>> settings) {
        List<List<Map.Entry<String, ConfigValue>>> groups = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> setting : settings) {
            if (groups.isEmpty() || !comment(setting.getValue()).isEmpty()) {
                groups.add(new ArrayList<>());
            }
            groups.get(groups.size() - 1).add(setting);
        }
        return groups.stream()
                .map(group -> "| "
                        + cell(group, setting -> joined(path, setting.getKey())) + " | "
                        + cell(group, setting -> rendered(setting.getValue())) + " | "
                        + comment(group.get(0).getValue()).replace("|", "\\|") + " |")
                .toList();
    }

    private static String cell(
            List<Map.Entry<String, ConfigValue>> group,
            java.util.function.Function<Map.Entry<String, ConfigValue>, String> text) {
        return group.stream().map(text).map(each -> "`" + each + "`").collect(Collectors.joining("<br>"));
    }

    private static String rendered(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise()).replace(",", ", ");
    }

    private static String comment(ConfigValue value) {
        return value.origin().comments().stream().map(String::strip).collect(Collectors.joining(" "));
    }

    private static String joined(String path, String key) {
        String quoted = ConfigUtil.joinPath(key);
        return path.isEmpty() ? quoted : path + "." + quoted;
    }
}
