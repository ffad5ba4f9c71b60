package io.toonlake.stylize;

import io.toonlake.device.Engine;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a model's folder, with an ONNX file once both engines were seen to make the same picture with it. */
public final class ModelExport {
    /** The most that values in [-1, 1] may differ by: an eightieth of a byte's step. */
    public static final double TOLERANCE = 1e-4;

    /** Of ND4J on a GPU, which may multiply with ten bits of mantissa. */
    private static final double GPU_TOLERANCE = 1e-2;

    private static final Logger LOG = LoggerFactory.getLogger(ModelExport.class);
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    private ModelExport() {}

    /**
     * Writes a folder. Where ONNX Runtime does not load or run, or its picture is not ND4J's, there will be no ONNX file in it, and a warning says so:
     * a trained model is not lost over it.
     *
     * @throws IOException what the files throw
     */
    public static void write(Model model, ModelFiles files) throws IOException {
        write(model, files, ModelExport::largestDifference);
    }

    /** @param comparison gives by how much the engines' pictures differ */
    static void write(Model model, ModelFiles files, ToDoubleFunction<Model> comparison) throws IOException {
        if (agrees(model, comparison)) {
            ModelFolder.write(model, files);
        } else {
            ModelFolder.writeReadable(model, files);
        }
    }

    private static boolean agrees(Model model, ToDoubleFunction<Model> comparison) {
        Engine.useCpuUnlessStarted();
        double tolerance = Engine.onHost() ? TOLERANCE : GPU_TOLERANCE;
        try {
            double difference = comparison.applyAsDouble(model);
            if (difference <= tolerance) {
                return true;
            }
            LOG.warn(
                    "No {} is written for {}: the pictures of ONNX Runtime and ND4J differ by {} ({} at most is right)",
                    ModelFolder.ONNX,
                    model,
                    difference,
                    tolerance);
        } catch (LinkageError | IllegalStateException e) {
            // A model that took days is not lost for want of its other form.
            LOG.warn(
                    "No {} is written for {}: the engines cannot be compared here ({})",
                    ModelFolder.ONNX,
                    model,
                    e.toString());
        }
        return false;
    }

    /** By how much the two engines' pictures of a drawn photo differ at most; not a number where one of theirs is none. */
    static double largestDifference(Model model) {
        float[] photo = photo();
        try (StylizingEngine first = new OrtEngine(model, 1);
                StylizingEngine second = new Nd4jEngine(model)) {
            return largestDifference(first.stylize(photo, WIDTH, HEIGHT), second.stylize(photo, WIDTH, HEIGHT));
        }
    }

    private static double largestDifference(float[] first, float[] second) {
        double largest = 0;
        for (int i = 0; i < first.length; i++) {
            largest = Math.max(largest, Math.abs((double) first[i] - second[i]));
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
