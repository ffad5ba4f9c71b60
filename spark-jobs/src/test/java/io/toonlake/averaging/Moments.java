package io.toonlake.averaging;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Moments of a training in other processes, so that a test kills nothing before it has seen it at work: each is a file in a folder, which
 * is there from its moment on, with words in its name.
 */
final class Moments implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final long PATIENCE_MILLIS = 240_000;

    private final String folder;

    Moments(Path folder) {
        this.folder = folder.toString();
    }

    void mark(Object... words) {
        try {
            Files.createFile(Path.of(folder, name(words)));
        } catch (FileAlreadyExistsException e) {
            // A moment that came again is the first one's.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(Object... words) {
        return Files.exists(Path.of(folder, name(words)));
    }

    /** What follows these words in the names that begin with them; nothing follows in a name that is just them. */
    List<String> after(Object... words) {
        String exact = name(words);
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.equals(exact) || name.startsWith(exact + "_"))
                    .map(name -> name.substring(Math.min(name.length(), exact.length() + 1)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What follows these words in the first such name, once there is one. */
    String await(Process process, Object... words) throws InterruptedException {
        long patience = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (System.currentTimeMillis() < patience) {
            List<String> all = after(words);
            if (!all.isEmpty()) {
                return all.get(0);
            }
            if (!process.isAlive()) {
                throw new AssertionError("the training ended with " + process.exitValue() + " before " + name(words));
            }
            Thread.sleep(5);
        }
        throw new AssertionError("no " + name(words) + " in " + PATIENCE_MILLIS + " ms; there are " + after("round"));
    }

    /** Waits until there are so many moments that begin with these words. */
    void awaitNumber(int number, Object... words) {
        long patience = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (after(words).size() < number) {
            if (System.currentTimeMillis() > patience) {
                throw new AssertionError("only " + after(words) + " of " + number + " " + name(words));
            }
            pause(20);
        }
    }

    /** In the training: goes on only when the test has marked the words. */
    void waitFor(Object... words) {
        long patience = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!has(words) && System.currentTimeMillis() < patience) {
            pause(5);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted: another attempt has won", e);
        }
    }

    private static String name(Object... words) {
        return String.join("_", Stream.of(words).map(String::valueOf).toList());
    }
}
