package io.toonlake.averaging;

import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Makes a training diverge: nothing a test could set makes numbers as small as its overflow. */
public final class PoisonedCheckpoint {
    private PoisonedCheckpoint() {}

    /** Replaces every value of the checkpoint by NaN. */
    public static void write(Path file) throws IOException {
        Checkpoint whole = Checkpoint.of(Files.readAllBytes(file), file.toString());
        float[] values = new float[whole.state().values().length];
        Arrays.fill(values, Float.NaN);
        Checkpoint poisoned = new Checkpoint(
                whole.training(),
                whole.round(),
                whole.identity(),
                new TrainingState(whole.state().layout(), values));
        Files.write(file, poisoned.toBytes());
    }
}
