package io.toonlake.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads typed values and gathers what is wrong with them instead of stopping at the first. A value that cannot be used is replaced
 * by one that can, so that reading goes on; the caller throws once, at the end, if {@link #problems()} has any.
 */
final class SettingsReader {
    private final Config config;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> keysRead = new TreeSet<>();

    SettingsReader(Config config) {
        this.config = config;
    }

    List<String> problems() {
        return problems;
    }

    Set<String> keysRead() {
        return keysRead;
    }

    int intBetween(String key, int least, int most) {
        return (int) longBetween(key, least, most);
    }

    long longBetween(String key, long least, long most) {
        return whole(key) ? between(key, Config::getLong, least, most) : least;
    }

    /** A whole number. HOCON would cut the fraction off. */
    int wholeNumber(String key) {
        return whole(key) ? between(key, Config::getInt, Integer.MIN_VALUE, Integer.MAX_VALUE) : 0;
    }

    private boolean whole(String key) {
        Double value = read(key, Config::getDouble, "a whole number");
        if (value == null) {
            return false;
        }
        if (value != Math.rint(value) || Math.abs(value) > 1e15) {
            problem(key, config.getValue(key).unwrapped(), "must be a whole number");
            return false;
        }
        return true;
    }

    double doubleBetween(String key, double least, double most) {
        return between(key, Config::getDouble, least, most);
    }

    long bytes(String key) {
        Long value = read(key, Config::getBytes, "a size such as 64 MiB");
        return value == null ? 1 : check(key, value, value >= 1, "must be at least 1 byte");
    }

    /** Any number; what it may be is checked by the type it is for. */
    double number(String key) {
        Double value = read(key, Config::getDouble, "a number");
        return value == null ? 0 : value;
    }

    /** Takes what a type of the library found wrong. Returns whether that was nothing. */
    boolean problems(List<String> found) {
        problems.addAll(found);
        return found.isEmpty();
    }

    boolean flag(String key) {
        Boolean value = read(key, Config::getBoolean, "true or false");
        return value != null && value;
    }

    String text(String key) {
        String value = read(key, Config::getString, "text");
        return value == null ? "" : value;
    }

    String text(String key, String pattern, String wanted) {
        String value = text(key);
        return check(key, value, value.matches(pattern), "must be " + wanted);
    }

    /** One number to {@code most} of them. */
    int[] ints(String key, int mostNumbers, int least, int most) {
        List<Integer> values = read(key, Config::getIntList, "a list of whole numbers");
        if (values == null) {
            return new int[] {least};
        }
        boolean fits = !values.isEmpty()
                && values.size() <= mostNumbers
                && values.stream().allMatch(value -> value >= least && value <= most);
        check(key, values, fits, "must be 1 to " + mostNumbers + " numbers between " + least + " and " + most);
        return fits ? values.stream().mapToInt(Integer::intValue).toArray() : new int[] {least};
    }

    /** Any number of them, each of the pattern. */
    List<String> texts(String key, String pattern, String wanted) {
        List<String> values = read(key, Config::getStringList, "a list");
        if (values == null) {
            return List.of();
        }
        check(key, values, values.stream().allMatch(value -> value.matches(pattern)), "must be a list of " + wanted);
        return List.copyOf(values);
    }

    /** One of an enum's codes; {@code code} gives the word that users write. */
    <E extends Enum<E>> E oneOf(String key, Class<E> type, Function<E, String> code) {
        String written = text(key);
        E[] all = type.getEnumConstants();
        for (E candidate : all) {
            if (code.apply(candidate).equals(written)) {
                return candidate;
            }
        }
        problem(key, written, "must be one of " + Stream.of(all).map(code).collect(Collectors.joining(", ")));
        return all[0];
    }

    void problem(String key, Object value, String complaint) {
        problems.add("Invalid " + key + ": " + value + " (" + complaint + ")");
    }

    private <N extends Number & Comparable<N>> N between(
            String key, BiFunction<Config, String, N> getter, N least, N most) {
        N value = read(key, getter, "a number");
        if (value == null) {
            return least;
        }
        N nearest = value.compareTo(least) < 0 ? least : value.compareTo(most) > 0 ? most : value;
        check(key, value, nearest.equals(value), "must be between " + least + " and " + most);
        return nearest;
    }

    private <T> T check(String key, T value, boolean holds, String complaint) {
        if (!holds) {
            problem(key, value, complaint);
        }
        return value;
    }

    private <T> T read(String key, BiFunction<Config, String, T> getter, String wanted) {
        keysRead.add(key);
        try {
            return getter.apply(config, key);
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            problem(key, config.getValue(key).unwrapped(), "must be " + wanted);
        } catch (ConfigException.Missing e) {
            problem(key, "nothing", "must be " + wanted);
        }
        return null;
    }
}
