package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.toonlake.model.Calibration;
import io.toonlake.model.ChannelRanges;
import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives single-precision pictures, and remembers between what values the activations lay that would be 8-bit integers. It takes more memory
 * than other engines, since it holds all of them: for photos of a few hundred pixels.
 */
public final class CalibratingEngine extends OrtEngine {
    private final String model;
    private final SortedMap<String, ChannelRanges> ranges = new TreeMap<>();
    private int pictures;

    /** As {@link OrtEngine}'s. */
    public CalibratingEngine(Model model, int threads) {
        super(model, model.fingerprint(), OnnxGenerator.watched(model), threads, Processor.CPU);
        this.model = model.fingerprint();
    }

    /**
     * What was seen so far.
     *
     * @param maxEdgePixels that the caller made photos smaller to
     * @throws IllegalStateException where no picture was made yet
     */
    public Calibration calibration(int maxEdgePixels) {
        if (pictures == 0) {
            throw new IllegalStateException("Cannot calibrate: no picture was made yet");
        }
        SortedMap<String, ChannelRanges> rounded = new TreeMap<>();
        ranges.forEach((name, range) -> rounded.put(name, range.rounded()));
        return new Calibration(model, pictures, maxEdgePixels, rounded, Calibration.HeldOut.NOTHING);
    }

    @Override
    void seen(OrtSession.Result outputs) throws OrtException {
        pictures++;
        for (Map.Entry<String, OnnxValue> output : outputs) {
            if (!output.getKey().equals(OnnxGenerator.OUTPUT)) {
                OnnxTensor activation = (OnnxTensor) output.getValue();
                ranges.merge(output.getKey(), ranges(activation), ChannelRanges::with);
            }
        }
    }

    /** Of an activation [1, channels, height, width]. */
    private static ChannelRanges ranges(OnnxTensor activation) {
        int channels = Math.toIntExact(activation.getInfo().getShape()[1]);
        FloatBuffer values = activation.getFloatBuffer();
        int plane = values.remaining() / channels;
        float[] least = new float[channels];
        float[] most = new float[channels];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < plane; i++) {
                float value = values.get(c * plane + i);
                least[c] = Math.min(least[c], value);
                most[c] = Math.max(most[c], value);
            }
        }
        return new ChannelRanges(least, most);
    }
}
