package io.toonlake.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Function;

/**
 * Tries inputs that nobody has tried before for a bounded time, and keeps what is found. The seed is printed: {@code -Dfuzz.seed} repeats it,
 * {@code -Dfuzz.seconds} has it go on for longer. Finds are kept in {@code target/finds}, also where the whole JVM ends; what is mended is
 * tried again by a test of its own, as {@code ofADamagedContainerFramesAreTheSameInParts} does.
 */
public final class Fuzz {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
    private static final Path FINDS = Path.of(System.getProperty("project.root"), "pipeline-core/target/finds");

    private Fuzz() {}

    /** Fails where the input is not dealt with. */
    public interface Check {
        void of(Path input) throws IOException;
    }

    /**
     * @param kind a folder of fixtures
     * @param name of the inputs' file: its end may matter
     */
    public static void run(String kind, String name, Function<Random, byte[]> input, Check check) {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        int tried = 0;
        try {
            Files.createDirectories(FINDS);
            Path last = FINDS.resolve(kind + "-" + name);
            do {
                Files.write(last, input.apply(random));
                try {
                    check.of(last);
                } catch (Exception | Error e) {
                    Path find = Files.move(last, FINDS.resolve(kind + "-" + seed + "-" + tried + "-" + name));
                    throw new AssertionError(
                            "a find, kept as " + find + ": mend it, and keep it in a test of its own", e);
                }
                tried++;
            } while (System.nanoTime() < end);
            Files.delete(last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("fuzz: " + tried + " inputs of " + kind + " " + name + ", seed " + seed);
    }
}
