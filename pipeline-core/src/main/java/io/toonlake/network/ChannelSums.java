package io.toonlake.network;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums over pictures, rows and columns, which is what a bias gets of a gradient. ND4J's backward operations take long over it. */
final class ChannelSums {
    private ChannelSums() {}

    /**
     * Writes each channel's sum.
     *
     * @param sums [C]
     * @param x [N, C, H, W]
     */
    static void into(INDArray sums, INDArray x) {
        if (!HostLoops.reach(x)) {
            x.sum(sums, 0, 2, 3);
            return;
        }
        int planes = Math.toIntExact(x.size(0) * x.size(1));
        int pixels = Math.toIntExact(x.size(2) * x.size(3));
        FloatBuffer values = HostLoops.values(x);
        double[] perPlane = new double[planes];
        HostLoops.run(planes, pixels, (first, last) -> {
            float[] line = HostLoops.line(0);
            for (int plane = first; plane < last; plane++) {
                for (int at = 0; at < pixels; at += HostLoops.LINE) {
                    int count = Math.min(HostLoops.LINE, pixels - at);
                    values.get(plane * pixels + at, line, 0, count);
                    perPlane[plane] += Sums.sum(line, count);
                }
            }
        });
        assignOverPictures(sums, perPlane);
    }

    /** Writes each channel's sum over the pictures, given the sum of every plane. */
    static void assignOverPictures(INDArray sums, double[] perPlane) {
        int channels = Math.toIntExact(sums.length());
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int plane = channel; plane < perPlane.length; plane += channels) {
                sum += perPlane[plane];
            }
            sums.putScalar(channel, sum);
        }
    }
}
