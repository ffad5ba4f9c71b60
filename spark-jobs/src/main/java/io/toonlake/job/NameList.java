package io.toonlake.job;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * A text file that names photos or pictures of tables, one a line: by path or URI, or a photo by its number at Flickr. Held in the driver's memory.
 *
 * @param lines without the blank ones, each once
 * @param names what tables may call them, with the lines that say so; two may name the same
 */
record NameList(List<String> lines, Map<String, Set<String>> names) {
    /** What is said of such a file in an option's description. */
    static final String FORM =
            "a path or URI a line, as the tables have it, or Flickr's id. Paths that do not begin with a slash are taken from the "
                    + "file's folder.";

    private static final long MAX_BYTES = 64 << 20;

    /**
     * @param option the command line's name for it
     * @throws UnreachableException where it cannot be read
     * @throws UsageException where it has no lines
     */
    static NameList read(Storage storage, String option, String uri) {
        Path file = storage.canonical(uri);
        List<String> lines = lines(storage, option, file);
        if (lines.isEmpty()) {
            throw new UsageException("Invalid " + option + ": " + Storage.shown(new Path(uri)) + " (it has no lines)");
        }
        Map<String, Set<String>> names = new LinkedHashMap<>();
        lines.forEach(line -> names(storage, file.getParent(), line)
                .forEach(name -> names.computeIfAbsent(name, absent -> new LinkedHashSet<>())
                        .add(line)));
        return new NameList(lines, names);
    }

    private static List<String> lines(Storage storage, String option, Path file) {
        String cannot = "Cannot read " + option + " " + Storage.shown(file) + ": ";
        try {
            return new String(storage.read(file, MAX_BYTES), StandardCharsets.UTF_8)
                    .replaceFirst("^\uFEFF", "")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .distinct()
                    .toList();
        } catch (FileNotFoundException e) {
            throw new UnreachableException(cannot + "no such file", e);
        } catch (IOException e) {
            throw new UnreachableException(cannot + Storage.reason(e), e);
        }
    }

    /** What tables may call it: a folder is taken in by the name that it was given, or by where it lies. */
    private static List<String> names(Storage storage, Path folder, String line) {
        if (line.matches("\\d+")) {
            return List.of(line);
        }
        boolean whole = line.startsWith("/") || line.matches("[a-z][a-z0-9+.-]*:/.*");
        String place = whole ? line : folder + "/" + line;
        try {
            return List.of(
                    line,
                    storage.qualified(place).toString(),
                    storage.canonical(place).toString());
        } catch (UnreachableException e) {
            return List.of(line); // No path at all; if no table calls anything so, that is said.
        }
    }
}
