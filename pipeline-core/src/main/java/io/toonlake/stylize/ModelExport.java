package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelFormatException;
import java.io.IOException;
import java.util.SplittableRandom;

/** Writes a model's folder once both engines were seen to make the same picture with it. */
public final class ModelExport {
    /** The most that values in [-1, 1] may differ by: an eightieth of a byte's step. */
    public static final double TOLERANCE = 1e-4;

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    private ModelExport() {}

    /**
     * Writes a folder.
     *
     * @throws ModelFormatException where the engines disagree; nothing is written then
     * @throws IOException what the files throw
     */
    public static void write(Model model, ModelFiles files) throws IOException {
        double difference = largestDifference(model);
        if (!(difference <= TOLERANCE)) {
            throw new ModelFormatException(
                    "Cannot export model %s: the pictures of ONNX Runtime and ND4J differ by %.1e (%.0e at most is right)"
                            .formatted(model, difference, TOLERANCE));
        }
        ModelFolder.write(model, files);
    }

    /** By how much the two engines' pictures of a drawn photo differ at most; not a number where one of theirs is none. */
    static double largestDifference(Model model) {
        float[] photo = photo();
        float[][] cartoons = new float[2][];
        for (EngineKind kind : EngineKind.values()) {
            try (StylizingEngine engine = kind.open(model, 1)) {
                cartoons[kind.ordinal()] = engine.stylize(photo, WIDTH, HEIGHT);
            }
        }
        double largest = 0;
        for (int i = 0; i < photo.length; i++) {
            largest = Math.max(largest, Math.abs((double) cartoons[0][i] - cartoons[1][i]));
        }
        return largest;
    }

    /** A slope with an edge and some noise: what every layer finds something in. */
    private static float[] photo() {
        SplittableRandom random = new SplittableRandom(1);
        float[] photo = new float[3 * WIDTH * HEIGHT];
        for (int i = 0; i < photo.length; i++) {
            int x = i % WIDTH;
            int y = i / WIDTH % HEIGHT;
            double value = 0.8 * x / WIDTH - 0.4 + (x + y > WIDTH ? 0.4 : -0.4) + random.nextDouble(-0.15, 0.15);
            photo[i] = (float) value;
        }
        return photo;
    }
}
