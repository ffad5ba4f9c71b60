package io.toonlake.training;

import io.toonlake.image.PixelImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws batches: pictures at random with replacement, from each a square cut at a random place, half of them mirrored.
 *
 * <p>What is drawn depends on the {@link Draw} and the number and sizes of the pictures, on nothing else.
 */
public final class BatchSampler {
    private static final int CHANNELS = 3;

    private final int batchSize;
    private final int cropPixels;
    private final boolean flips;

    /** A sampler as the settings say. */
    public BatchSampler(TrainingSettings settings) {
        this(settings.batchSize(), settings.cropPixels(), settings.flips());
    }

    BatchSampler(int batchSize, int cropPixels, boolean flips) {
        this.batchSize = batchSize;
        this.cropPixels = cropPixels;
        this.flips = flips;
    }

    /**
     * A batch with pictures of every domain given. Domains that are drawn with one another show the same cut-outs of
     * their pictures: seeing a frame and its smoothed twin, the discriminator can tell them apart by nothing but their edges.
     *
     * @param pictures by the domain's name: BGR, no side shorter than the crop. Only those drawn are asked for
     * @return a new batch, the caller's to free
     */
    public Batch batch(List<Domain> domains, Map<String, ? extends List<PixelImage>> pictures, Draw draw) {
        Map<String, INDArray> batch = new LinkedHashMap<>();
        for (Domain domain : domains) {
            List<PixelImage> all = pictures.get(domain.name());
            List<PixelImage> drawnWith = pictures.get(domain.drawnWith());
            if (all.size() != drawnWith.size()) {
                throw new IllegalArgumentException("Cannot pair %d pictures of domain %s with %d of domain %s"
                        .formatted(all.size(), domain.name(), drawnWith.size(), domain.drawnWith()));
            }
            batch.put(domain.name(), array(cut(all, draw.random(domain.drawnWith()))));
        }
        return new Batch(batch, draw);
    }

    private List<PixelImage> cut(List<PixelImage> pictures, SplittableRandom random) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("Cannot draw a batch from no pictures");
        }
        List<PixelImage> cuts = new ArrayList<>();
        for (int n = 0; n < batchSize; n++) {
            PixelImage picture = pictures.get(random.nextInt(pictures.size()));
            if (Math.min(picture.width(), picture.height()) < cropPixels || picture.channels() != CHANNELS) {
                throw new IllegalArgumentException("Cannot cut %d×%d BGR pixels from a picture of %d×%d, %d channels"
                        .formatted(cropPixels, cropPixels, picture.width(), picture.height(), picture.channels()));
            }
            int x = random.nextInt(picture.width() - cropPixels + 1);
            int y = random.nextInt(picture.height() - cropPixels + 1);
            PixelImage cut = picture.crop(x, y, cropPixels, cropPixels);
            cuts.add(random.nextBoolean() && flips ? cut.mirrored() : cut);
        }
        return cuts;
    }

    /** Value = byte / 127.5 − 1, planes of blue, green and red. */
    private INDArray array(List<PixelImage> cuts) {
        int plane = cropPixels * cropPixels;
        float[] values = new float[cuts.size() * CHANNELS * plane];
        int at = 0;
        for (PixelImage cut : cuts) {
            byte[] pixels = cut.pixels();
            for (int channel = 0; channel < CHANNELS; channel++) {
                for (int i = 0; i < plane; i++) {
                    values[at++] = (pixels[i * CHANNELS + channel] & 0xFF) / 127.5f - 1;
                }
            }
        }
        return Nd4j.createFromArray(values).reshape('c', cuts.size(), CHANNELS, cropPixels, cropPixels);
    }
}
