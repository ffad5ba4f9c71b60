package io.toonlake.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All settings of a run, typed and checked before any work starts.
 *
 * @param maxQuarantinedFraction share of the images read, 0 to 1, that may be quarantined before the job fails
 * @param toleratedQuarantinedImages may be quarantined whatever their share
 * @param effective every key with its value in force, for table {@code runs}
 */
public record Settings(
        double maxQuarantinedFraction,
        int toleratedQuarantinedImages,
        IngestSettings ingest,
        EdgeSection edge,
        TrainSection train,
        StylizeSettings stylize,
        ReportSettings report,
        Map<String, Object> effective) {

    /**
     * Reads {@code reference.conf}, lays the files over it in order and the {@code key=value} pairs over those.
     *
     * @throws SettingsException naming every unknown key, unreadable file and value out of range
     */
    public static Settings load(List<Path> files, List<String> assignments) {
        List<String> problems = new ArrayList<>();
        Config reference = reference();
        Config overlays = ConfigFactory.empty();
        for (Path file : files) {
            overlays = parsed(file, reference, problems).withFallback(overlays);
        }
        for (String assignment : assignments) {
            overlays = parsed(assignment, reference, problems).withFallback(overlays);
        }
        Config config = reference;
        try {
            config = overlays.withFallback(reference).resolve();
        } catch (ConfigException e) {
            problems.add("Cannot resolve settings: " + e.getMessage());
        }
        SettingsReader reader = new SettingsReader(config);
        Settings settings = read(reader, config);
        problems.addAll(reader.problems());
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings;
    }

    /** The defaults alone. */
    public static Settings defaults() {
        return load(List.of(), List.of());
    }

    /** Every key of {@code reference.conf} with its default. */
    static Config reference() {
        return ConfigFactory.parseResources(Settings.class, "reference.conf").resolve();
    }

    static Settings read(SettingsReader reader, Config config) {
        return new Settings(
                reader.doubleBetween("max-quarantined-fraction", 0, 1),
                reader.intBetween("tolerated-quarantined-images", 0, Integer.MAX_VALUE),
                IngestSettings.read(reader),
                EdgeSection.read(reader),
                TrainSection.read(reader),
                StylizeSettings.read(reader),
                ReportSettings.read(reader),
                flattened(config));
    }

    private String canonical(String section) {
        StringBuilder text = new StringBuilder();
        effective.forEach((key, value) -> {
            if (key.startsWith(section + ".") || key.equals(section)) {
                text.append(key).append('=').append(value).append('\n');
            }
        });
        return text.toString();
    }

    private static Map<String, Object> flattened(Config config) {
        Map<String, Object> values = new TreeMap<>();
        config.entrySet()
                .forEach(entry -> values.put(
                        String.join(".", ConfigUtil.splitPath(entry.getKey())),
                        entry.getValue().unwrapped()));
        return new LinkedHashMap<>(values);
    }

    private static Config parsed(Path file, Config reference, List<String> problems) {
        File source = file.toFile();
        if (!Files.isReadable(file) || source.isDirectory()) {
            problems.add("Cannot read --config " + file + ": no such file");
            return ConfigFactory.empty();
        }
        try {
            Config config = ConfigFactory.parseFile(
                    source, ConfigParseOptions.defaults().setAllowMissing(false));
            problems.addAll(UnknownKeys.problems(config, reference, file.toString()));
            return known(config, reference);
        } catch (ConfigException e) {
            problems.add("Cannot read --config " + file + ": " + e.getMessage());
            return ConfigFactory.empty();
        }
    }

    private static Config parsed(String assignment, Config reference, List<String> problems) {
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            problems.add("Invalid --set " + assignment + ": write it as key=value");
            return ConfigFactory.empty();
        }
        String key = assignment.substring(0, equals).strip();
        String value = assignment.substring(equals + 1).strip();
        try {
            Config config = ConfigFactory.parseString(key + "=" + quotedWhereNeeded(value));
            problems.addAll(UnknownKeys.problems(config, reference, "--set " + assignment));
            return known(config, reference);
        } catch (ConfigException e) {
            problems.add("Invalid --set " + assignment + ": " + e.getMessage());
            return ConfigFactory.empty();
        }
    }

    /** Paths and colours hold characters that HOCON reserves; only lists and quoted text keep their HOCON meaning. */
    private static String quotedWhereNeeded(String value) {
        boolean hocon = value.startsWith("[") || value.startsWith("\"") || value.startsWith("{");
        return hocon ? value : ConfigUtil.quoteString(value);
    }

    private static Config known(Config config, Config reference) {
        Set<String> known = UnknownKeys.keys(reference);
        Config kept = config;
        for (String key : UnknownKeys.keys(config)) {
            if (!known.contains(key)) {
                kept = kept.withoutPath(ConfigUtil.joinPath(key.split("\\.")));
            }
        }
        return kept;
    }

    /** sha256 of the named sections' values, in hexadecimal: equal exactly where a job would do the same with them. */
    public String fingerprint(String... sections) {
        return Fingerprint.of(
                java.util.Arrays.stream(sections).map(this::canonical).toArray(String[]::new));
    }
}
