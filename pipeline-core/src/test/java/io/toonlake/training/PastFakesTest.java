package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PastFakesTest {
    /** Two pictures, every value of which is the picture's number. */
    private static INDArray generated(int step) {
        INDArray pictures = Nd4j.zeros(DataType.FLOAT, 2, 3, 2, 2);
        pictures.slice(0).assign(2 * step);
        pictures.slice(1).assign(2 * step + 1);
        return pictures;
    }

    @Test
    void withoutAPoolTheNewestAreShown() {
        try (PastFakes none = new PastFakes(0)) {
            for (int step = 0; step < 5; step++) {
                assertThat(none.mixed(generated(step), new SplittableRandom(step)))
                        .isEqualTo(generated(step));
            }
        }
    }

    @Test
    void fullPoolShowsOldPicturesAboutAsOftenAsNewOnesAndEachAtMostTwice() {
        SplittableRandom random = new SplittableRandom(1);
        Set<Integer> old = new HashSet<>();
        int shownOld = 0;
        try (PastFakes pool = new PastFakes(4)) {
            for (int step = 0; step < 100; step++) {
                INDArray generated = generated(step);
                INDArray shown = pool.mixed(generated, random);
                assertThat(generated).isEqualTo(generated(step));
                for (int n = 0; n < 2; n++) {
                    int picture = (int) shown.getFloat(n, 0, 0, 0);
                    assertThat(shown.slice(n).meanNumber().intValue()).isEqualTo(picture);
                    if (step < 2) {
                        assertThat(picture).as("the pool is filling").isEqualTo(2 * step + n);
                    } else if (picture < 2 * step + n) {
                        shownOld++;
                        assertThat(old.add(picture))
                                .as("picture %d left the pool", picture)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(shownOld).isBetween(70, 126);
    }

    @Test
    void clearedPoolIsAsNew() {
        try (PastFakes used = new PastFakes(2);
                PastFakes fresh = new PastFakes(2)) {
            used.mixed(generated(0), new SplittableRandom(1));
            used.clear();
            for (int step = 3; step < 9; step++) {
                assertThat(used.mixed(generated(step), new SplittableRandom(step)))
                        .isEqualTo(fresh.mixed(generated(step), new SplittableRandom(step)));
            }
        }
    }
}
