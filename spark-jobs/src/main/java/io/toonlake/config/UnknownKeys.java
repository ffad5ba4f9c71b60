package io.toonlake.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds keys that {@code reference.conf} does not have and says which one was probably meant. */
final class UnknownKeys {
    private UnknownKeys() {}

    static List<String> problems(Config overlay, Config reference, String origin) {
        Set<String> known = keys(reference);
        List<String> problems = new ArrayList<>();
        for (String key : keys(overlay)) {
            if (!known.contains(key)) {
                problems.add("Unknown setting " + key + " in " + origin + suggestion(key, known, reference));
            }
        }
        return problems;
    }

    static Set<String> keys(Config config) {
        return config.entrySet().stream()
                .map(entry -> String.join(".", ConfigUtil.splitPath(entry.getKey())))
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private static String suggestion(String key, Set<String> known, Config reference) {
        if (reference.hasPath(ConfigUtil.joinPath(key.split("\\.")))
                && reference.getValue(ConfigUtil.joinPath(key.split("\\."))).valueType() == ConfigValueType.OBJECT) {
            return ": it is a section, not a value";
        }
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        // A key without its section is the commonest slip, so the last word alone counts too.
        Comparator<String> nearest = Comparator.comparingInt(candidate -> Math.min(
                distance.apply(key, candidate),
                distance.apply(lastWords(key), lastWords(candidate)) + (key.contains(".") ? 3 : 0)));
        return known.stream()
                .min(nearest.thenComparing(Comparator.naturalOrder()))
                .map(candidate -> ": did you mean " + candidate + "?")
                .orElse("");
    }

    private static String lastWords(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
