package io.toonlake.averaging;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A sample as dl4j-spark wants data: a {@code MultiDataSet} of one example. It holds the sample as it is in the tables, a PNG, an eighth of
 * the bytes of its floats or less, and decodes when asked. Workers take the PNG and cut their crops from the decoded pixels.
 */
final class SampleDataSet extends MultiDataSet {
    private static final long serialVersionUID = 1L;

    private final TrainingSample sample;

    SampleDataSet(TrainingSample sample) {
        this.sample = sample;
    }

    TrainingSample sample() {
        return sample;
    }

    @Override
    public int numFeatureArrays() {
        return 1;
    }

    /** The whole sample, [1, 3, H, W], BGR, [-1, 1]: a new array with each call. */
    @Override
    public INDArray getFeatures(int index) {
        try (DecodedPictures pictures = new DecodedPictures(List.of(sample))) {
            var picture = pictures.get(0);
            try (INDArray bytes = Nd4j.createFromArray(floats(picture.pixels()))
                    .reshape('c', 1, picture.height(), picture.width(), 3)) {
                return bytes.permute(0, 3, 1, 2).dup('c');
            }
        }
    }

    @Override
    public INDArray[] getFeatures() {
        return new INDArray[] {getFeatures(0)};
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public long getMemoryFootprint() {
        return sample.png().length;
    }

    private static float[] floats(byte[] pixels) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[i] & 0xFF) / 127.5f - 1;
        }
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SampleDataSet that && sample.equals(that.sample);
    }

    @Override
    public int hashCode() {
        return sample.hashCode();
    }

    @Override
    public String toString() {
        return "SampleDataSet[" + sample.name() + "]";
    }
}
