package io.toonlake.film;

import java.util.Locale;

/** Why a frame that was decoded is not taken: the first of these that holds. */
public enum FrameFilter {
    /** Within {@link FilmSettings#skipStartSeconds} of the beginning. */
    OPENING,
    /** Within {@link FilmSettings#skipEndSeconds} of the end. */
    ENDING,
    /** All of one grey, or nearly so. */
    FLAT,
    BLURRED,
    /** At a cut, where frames fade or are smeared. */
    CUT,
    /** Another frame stands for its part of the scene. */
    SAME_SCENE,
    /** Not in the recipe. */
    NOT_IN_RECIPE,
    /** Taken out for good; for the callers that keep a record of that. */
    PURGED,
    /** The same film is in the collection by another path. */
    REPEATED;

    /** The word for summaries, e.g. {@code same-scene}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
