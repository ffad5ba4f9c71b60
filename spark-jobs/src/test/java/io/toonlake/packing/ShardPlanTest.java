package io.toonlake.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.packing.ShardPlan.Place;
import io.toonlake.packing.ShardPlan.Range;
import io.toonlake.packing.ShardPlan.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
    private static final long[] BYTES = {3_000, 0, 5_000, 90_000, 1_000, 1_000, 0, 1_000, 0};

    /** The same photos, made by tasks of so many each. */
    private static List<Size> sizes(int each) {
        List<Size> sizes = new ArrayList<>();
        for (int i = 0; i < BYTES.length; i++) {
            sizes.add(new Size(new Place(i / each, i % each), BYTES[i]));
        }
        Collections.shuffle(sizes, new Random(1));
        return sizes;
    }

    private static List<Integer> shards(List<Range> ranges, int each) {
        List<Integer> shards = new ArrayList<>();
        for (int i = 0; i < BYTES.length; i++) {
            Place place = new Place(i / each, i % each);
            List<Integer> holding = new ArrayList<>();
            for (int j = 0; j < ranges.size(); j++) {
                if (ranges.get(j).holds(place)) {
                    assertThat(ranges.get(j).tasks()).contains(place.task());
                    holding.add(j);
                }
            }
            assertThat(holding).as("photo " + i).hasSize(1);
            shards.add(holding.get(0));
        }
        return shards;
    }

    @Test
    void shardsAreFilledInOrderWhateverTheTasks() {
        for (int each : new int[] {1, 2, 4, 100}) {
            List<Range> ranges = ShardPlan.of(sizes(each), 12_500).ranges();

            // 2,048 bytes more for each picture: 5,048 + 7,048 fit, 92,048 never do.
            assertThat(shards(ranges, each)).as("tasks of " + each).containsExactly(0, 0, 0, 1, 2, 2, 2, 2, 2);
            assertThat(ranges).allMatch(Range::filled);
        }
    }

    @Test
    void photosWithoutAPictureMakeNoShard() {
        assertThat(ShardPlan.of(List.of(), 1).ranges()).isEmpty();
        assertThat(ShardPlan.of(List.of(new Size(new Place(0, 0), 0), new Size(new Place(3, 0), 0)), 1)
                        .ranges())
                .containsExactly(new Range(new Place(0, 0), new Place(3, 0), List.of(0, 3), false));
    }

    @Test
    void tasksThatWereCutOffAreLeftOut() {
        List<Size> some =
                sizes(2).stream().filter(size -> size.place().task() != 2).toList();

        assertThat(ShardPlan.of(some, 1_000_000).ranges())
                .singleElement()
                .extracting(Range::tasks)
                .isEqualTo(List.of(0, 1, 3, 4));
    }
}
