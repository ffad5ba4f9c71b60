package io.toonlake.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A pool of pictures that the generator made earlier, from which the discriminator is shown some in place of the newest
 * (Shrivastava et al., 2017; the authors' code keeps 50). It keeps the two networks from chasing each other in circles.
 */
final class PastFakes implements AutoCloseable {
    private final int capacity;
    private final List<INDArray> pool = new ArrayList<>();

    /** @param capacity pictures to keep; 0 for no pool */
    PastFakes(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Until the pool is full, every picture goes in and is shown. Then each one is shown, or, as often, swapped with one
     * of the pool.
     *
     * @param generated [N, 3, H, W]; it stays unchanged
     * @return a new array of the same shape, the caller's to free
     */
    INDArray mixed(INDArray generated, SplittableRandom random) {
        INDArray shown = generated.dup('c');
        if (capacity == 0) {
            return shown;
        }
        for (int n = 0; n < generated.size(0); n++) {
            INDArray place = shown.get(NDArrayIndex.point(n));
            if (pool.size() < capacity) {
                pool.add(place.dup('c'));
            } else if (random.nextBoolean()) {
                INDArray old = pool.get(random.nextInt(capacity));
                try (INDArray newest = place.dup('c')) {
                    place.assign(old);
                    old.assign(newest);
                }
            }
        }
        return shown;
    }

    void clear() {
        pool.forEach(INDArray::close);
        pool.clear();
    }

    @Override
    public void close() {
        clear();
    }
}
