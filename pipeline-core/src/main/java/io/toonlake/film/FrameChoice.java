package io.toonlake.film;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What becomes of every frame of a film: {@code frames = chosen + filtered + missing}, but that {@link FrameFilter#PURGED} ones
 * are among the chosen.
 *
 * @param chosen timestamps of the frames that are taken, ascending
 * @param filtered how many are not, by filter
 * @param missing timestamps of frames that the decoder does not give, ascending
 * @param scenes how many scenes there are
 * @param crop what is taken of each frame
 */
public record FrameChoice(List<Long> chosen, Map<FrameFilter, Long> filtered, List<Long> missing, int scenes, Crop crop)
        implements Serializable {

    /** The same, where so many of the chosen frames had been taken out for good before. */
    public FrameChoice without(long purged) {
        if (purged == 0) {
            return this;
        }
        Map<FrameFilter, Long> more = new EnumMap<>(FrameFilter.class);
        more.putAll(filtered);
        more.put(FrameFilter.PURGED, purged);
        return new FrameChoice(chosen, more, missing, scenes, crop);
    }
}
