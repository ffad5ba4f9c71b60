package io.toonlake.training;

import java.util.Arrays;

/**
 * Everything a trainer learns, as one array: parameters and Adam's moments of every network. This is what is averaged, sent
 * about and checkpointed. Frozen networks are no part of it.
 *
 * @param layout which value is what
 * @param values shared with the caller, not copied
 */
public record TrainingState(StateLayout layout, float[] values) {
    public TrainingState {
        if (values.length != layout.length()) {
            throw new IllegalArgumentException("Invalid training state: %d values (layout %s takes %d)"
                    .formatted(values.length, layout.segments(), layout.length()));
        }
    }

    /** A copy of the part of that name. */
    public float[] segment(String name) {
        StateLayout.Segment segment = layout.segment(name);
        return Arrays.copyOfRange(values, segment.offset(), segment.offset() + segment.length());
    }

    /**
     * A copy with another part of that name.
     *
     * @throws IllegalArgumentException if it is longer or shorter than the one that was there
     */
    public TrainingState with(String name, float[] part) {
        StateLayout.Segment segment = layout.segment(name);
        if (part.length != segment.length()) {
            throw new IllegalArgumentException(
                    "Invalid %s: %d values (layout has %d)".formatted(name, part.length, segment.length()));
        }
        float[] copy = values.clone();
        System.arraycopy(part, 0, copy, segment.offset(), part.length);
        return new TrainingState(layout, copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrainingState state
                && layout.equals(state.layout)
                && Arrays.equals(values, state.values);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "TrainingState" + layout.segments();
    }
}
