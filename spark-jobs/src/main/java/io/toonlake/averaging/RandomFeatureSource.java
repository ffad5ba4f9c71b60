package io.toonlake.averaging;

import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.RandomFeatures;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/** Seeded random features, for demonstrations. */
public record RandomFeatureSource(List<Integer> widths, long seed) implements FeatureSource {
    @Override
    public FeatureExtractor open() {
        return RandomFeatures.draw(DataType.FLOAT, widths, seed);
    }
}
