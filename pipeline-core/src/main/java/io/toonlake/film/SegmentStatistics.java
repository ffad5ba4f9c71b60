package io.toonlake.film;

import java.io.Serializable;
import java.util.List;

/**
 * What was measured of the frames of a segment.
 *
 * @param frames in the order in which they are shown
 * @param next timestamp of the first frame after them, and how it differs from the last of them; null where the film ends. The next segment is
 *     measured by itself and does not see its first frame's predecessor
 */
public record SegmentStatistics(List<FrameStatistics> frames, Next next) implements Serializable {
    record Next(long timestamp, float difference) implements Serializable {}
}
