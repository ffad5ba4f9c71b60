package io.toonlake.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real photos, published weights and PyTorch references that are too large, or not ours, to be committed.
 *
 * <p>They are looked for in the folder named by system property {@code reference.data}, and otherwise in
 * {@code ../shared/data} beside the project. A test that needs them is skipped where that default place lacks them, and
 * fails where the place was named: who names it wants the comparison made.
 */
public final class ReferenceData {

    private ReferenceData() {}

    /**
     * Finds a file or folder of the reference data.
     *
     * @param relative the path below the reference folder, e.g. {@code photos}
     * @return the existing path
     * @throws AssertionError if {@code reference.data} is set and lacks the path
     */
    public static Path require(String relative) {
        String named = System.getProperty("reference.data", "");
        if (!named.isBlank()) {
            Path path = Path.of(named).resolve(relative);
            if (!Files.exists(path)) {
                throw new AssertionError("Cannot find " + relative + " in reference.data=" + named
                        + ": name a folder that holds it, or leave the property out to skip this test");
            }
            return path;
        }
        Path path = Path.of(System.getProperty("project.root", "."))
                .toAbsolutePath()
                .resolve("../shared/data")
                .normalize()
                .resolve(relative);
        assumeTrue(
                Files.exists(path), () -> "skipped: " + path + " is absent; -Dreference.data=DIR names another place");
        return path;
    }
}
