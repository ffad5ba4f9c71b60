package io.toonlake.averaging;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Samples as pictures: decoded when first asked for, and kept as long as the pixels kept in this JVM stay below a quarter of its
 * heap. Beyond that they are decoded each time, which costs milliseconds where a step takes seconds.
 */
final class DecodedPictures extends AbstractList<PixelImage> implements RandomAccess, AutoCloseable {
    private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 4;
    private static final AtomicLong KEPT_BYTES = new AtomicLong();

    private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(Integer.MAX_VALUE, 1L << 28, 1));
    private final List<TrainingSample> samples;
    private final PixelImage[] kept;

    DecodedPictures(List<TrainingSample> samples) {
        this.samples = List.copyOf(samples);
        this.kept = new PixelImage[samples.size()];
    }

    @Override
    public PixelImage get(int index) {
        if (kept[index] != null) {
            return kept[index];
        }
        PixelImage picture = decoded(samples.get(index));
        int bytes = picture.pixels().length;
        if (KEPT_BYTES.addAndGet(bytes) <= MOST_BYTES) {
            kept[index] = picture;
        } else {
            KEPT_BYTES.addAndGet(-bytes);
        }
        return picture;
    }

    @Override
    public int size() {
        return samples.size();
    }

    private PixelImage decoded(TrainingSample sample) {
        try {
            return decoder.decode(sample.png()).image();
        } catch (ImageRefusedException e) {
            throw new IllegalStateException(
                    "Cannot decode sample " + sample.name() + ": " + e.getMessage() + " (ingest its image again)", e);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < kept.length; i++) {
            if (kept[i] != null) {
                KEPT_BYTES.addAndGet(-kept[i].pixels().length);
                kept[i] = null;
            }
        }
    }
}
