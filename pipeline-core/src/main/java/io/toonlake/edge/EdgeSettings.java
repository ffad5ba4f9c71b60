package io.toonlake.edge;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The numbers of edge smoothing. The paper gives none; {@link #DEFAULT} is what public implementations share.
 *
 * @param cannyLow Canny's lower threshold on the gradient of the grey picture, {@code |dx| + |dy|} of a 3×3 Sobel: a pixel
 *     over it is an edge if it touches one; {@code >= 0}
 * @param cannyHigh the upper threshold: a pixel over it is an edge by itself; {@code >= cannyLow}
 * @param dilatePixels side of the square of ones the edges are dilated with, once; odd, 1 leaves them as they are
 * @param blurPixels side of the blur's square; odd, 1 blurs nothing. A Gaussian's sigma follows from it, see {@link EdgeSmoother}
 * @param blur Gaussian or mean
 */
public record EdgeSettings(double cannyLow, double cannyHigh, int dilatePixels, int blurPixels, Blur blur)
        implements Serializable {

    /** Canny 100/200, a 5×5 square, a 5×5 Gaussian. */
    public static final EdgeSettings DEFAULT = new EdgeSettings(100, 200, 5, 5);

    /** Larger kernels would be larger than the training crops they run on. */
    private static final int MAX_KERNEL_PIXELS = 99;

    /** Changes when the same numbers would give other pixels. */
    private static final String ALGORITHM = "edge-smoothing/1";

    /**
     * @throws IllegalArgumentException where a number is out of its range, naming every such number
     */
    public EdgeSettings {
        List<String> problems = problems(cannyLow, cannyHigh, dilatePixels, blurPixels);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    /** With a Gaussian. */
    public EdgeSettings(double cannyLow, double cannyHigh, int dilatePixels, int blurPixels) {
        this(cannyLow, cannyHigh, dilatePixels, blurPixels, Blur.GAUSSIAN);
    }

    /** What is wrong with these numbers, one sentence each; empty where they would make settings. */
    public static List<String> problems(double cannyLow, double cannyHigh, int dilatePixels, int blurPixels) {
        List<String> problems = new ArrayList<>();
        if (!(Double.isFinite(cannyLow) && cannyLow >= 0)) {
            problems.add("Invalid edge.canny-low: " + cannyLow + " (must be a number >= 0)");
        }
        if (!Double.isFinite(cannyHigh)) {
            problems.add("Invalid edge.canny-high: " + cannyHigh + " (must be a number >= edge.canny-low)");
        } else if (cannyHigh < cannyLow) {
            problems.add("Invalid edge.canny-high: " + cannyHigh + " (must be >= edge.canny-low, which is " + cannyLow
                    + ")");
        }
        checkKernel("edge.dilate-pixels", dilatePixels, problems);
        checkKernel("edge.blur-pixels", blurPixels, problems);
        return List.copyOf(problems);
    }

    private static void checkKernel(String name, int pixels, List<String> problems) {
        if (pixels % 2 != 1 || pixels > MAX_KERNEL_PIXELS) {
            problems.add("Invalid " + name + ": " + pixels + " (must be odd and from 1 to " + MAX_KERNEL_PIXELS + ")");
        }
    }

    /** SHA-256, in hex, over the algorithm and its numbers: equal fingerprints give equal pixels. */
    public String fingerprint() {
        String text = ALGORITHM + " canny-low=" + cannyLow + " canny-high=" + cannyHigh + " dilate-pixels="
                + dilatePixels + " blur-pixels=" + blurPixels
                // Tables hold fingerprints from before there was a choice.
                + (blur == Blur.GAUSSIAN ? "" : " blur=" + blur.code());
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
