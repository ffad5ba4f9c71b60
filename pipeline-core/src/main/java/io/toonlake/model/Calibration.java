package io.toonlake.model;

import io.toonlake.image.Likeness;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model's activations were on some photos, by which {@link OnnxGenerator} makes them 8-bit integers, and how near the integers'
 * pictures came on other photos.
 *
 * @param model fingerprint of the model that saw the photos
 * @param photos whose activations were seen
 * @param maxEdgePixels that photos with a longer side were made smaller to
 * @param ranges by the names that activations have in the model's ONNX file
 * @param heldOut how near the pictures came
 */
public record Calibration(
        String model, int photos, int maxEdgePixels, SortedMap<String, ChannelRanges> ranges, HeldOut heldOut) {

    /** How ranges come from photos, as the record names it. */
    public static final String METHOD = "min-max-by-channel";

    /**
     * 8-bit pictures against single precision's, on photos that gave no ranges.
     *
     * @param psnr mean over the photos, in dB
     * @param leastPsnr the worst photo's
     * @param ssim mean over the photos
     */
    public record HeldOut(int photos, double psnr, double leastPsnr, double ssim) {
        /** Before anything was compared. */
        public static final HeldOut NOTHING = new HeldOut(0, 0, 0, 0);

        /** Of the likeness that each photo's two pictures have. */
        public static HeldOut of(List<Likeness> likenesses) {
            if (likenesses.isEmpty()) {
                return NOTHING;
            }
            DoubleSummaryStatistics psnr =
                    likenesses.stream().mapToDouble(Likeness::psnr).summaryStatistics();
            double ssim =
                    likenesses.stream().mapToDouble(Likeness::ssim).average().orElseThrow();
            return new HeldOut(likenesses.size(), psnr.getAverage(), psnr.getMin(), ssim);
        }
    }

    public Calibration {
        ranges = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
    }

    public Calibration with(HeldOut seen) {
        return new Calibration(model, photos, maxEdgePixels, ranges, seen);
    }

    /**
     * @throws IllegalArgumentException where the ranges of an activation are missing, or not of as many channels
     */
    ChannelRanges of(String activation, int channels) {
        ChannelRanges found = ranges.get(activation);
        if (found == null || found.least().length != channels) {
            throw new IllegalArgumentException("Invalid calibration: %s ranges for %s, expected %d (calibrate anew)"
                    .formatted(found == null ? "no" : found.least().length, activation, channels));
        }
        return found;
    }

    /** What identifies the pictures that a model so calibrated makes: SHA-256, in hexadecimal, over the model's and all ranges. */
    public String fingerprint() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        StringBuilder text = new StringBuilder("toonlake-calibration 1\nmodel " + model + "\nmethod " + METHOD + "\n");
        ranges.forEach((name, range) -> text.append(name)
                .append('\n')
                .append(Arrays.toString(bits(range.least())))
                .append('\n')
                .append(Arrays.toString(bits(range.most())))
                .append('\n'));
        return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }
}
