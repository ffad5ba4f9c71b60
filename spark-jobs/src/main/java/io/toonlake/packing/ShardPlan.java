package io.toonlake.packing;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which pictures go to which shard: in the order of their photos, as many as fit. By the pictures alone, and not by the tasks that made them, so that
 * more or fewer cores give the same shards.
 */
public final class ShardPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What a sample takes beside its picture, about: headers, what is said of it, and what is filled up. */
    private static final long OVERHEAD_BYTES = 2_048;

    private final List<Range> ranges;

    private ShardPlan(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * Where a photo stands in its batch.
     *
     * @param task that made its picture
     * @param position among that task's photos
     */
    public record Place(int task, int position) implements Comparable<Place>, Serializable {
        @Override
        public int compareTo(Place other) {
            return task == other.task ? Integer.compare(position, other.position) : Integer.compare(task, other.task);
        }
    }

    /** @param bytes of the picture; 0 where none was made of the photo */
    public record Size(Place place, long bytes) implements Serializable {}

    /**
     * The photos of one shard.
     *
     * @param tasks that made them, ascending; neighbouring shards may share one
     * @param filled whether there is any picture among them
     */
    public record Range(Place first, Place last, List<Integer> tasks, boolean filled) implements Serializable {
        public boolean holds(Place place) {
            return first.compareTo(place) <= 0 && place.compareTo(last) <= 0;
        }
    }

    /**
     * @param sizes of all photos that are done, in any order
     * @param shardBytes that a shard has at most, about, unless a single picture is larger
     */
    public static ShardPlan of(List<Size> sizes, long shardBytes) {
        List<Size> ordered =
                sizes.stream().sorted(Comparator.comparing(Size::place)).toList();
        List<Range> ranges = new ArrayList<>();
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < ordered.size(); i++) {
            long more = ordered.get(i).bytes() == 0 ? 0 : ordered.get(i).bytes() + OVERHEAD_BYTES;
            if (bytes > 0 && bytes + more > shardBytes && more > 0) {
                ranges.add(range(ordered.subList(first, i), true));
                first = i;
                bytes = 0;
            }
            bytes += more;
        }
        if (first < ordered.size()) {
            ranges.add(range(ordered.subList(first, ordered.size()), bytes > 0));
        }
        return new ShardPlan(List.copyOf(ranges));
    }

    private static Range range(List<Size> sizes, boolean filled) {
        List<Integer> tasks =
                sizes.stream().map(size -> size.place().task()).distinct().toList();
        return new Range(sizes.get(0).place(), sizes.get(sizes.size() - 1).place(), tasks, filled);
    }

    /** One for each shard, in order; only the last may have no picture at all. */
    public List<Range> ranges() {
        return ranges;
    }
}
