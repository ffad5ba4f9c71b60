package io.toonlake.film;

import java.util.Locale;

/** Why a film, or a part of it, gives no frames; written to the quarantine by {@link #code()}. */
public enum FilmReason {
    /** The file has no bytes. */
    EMPTY,
    /** No container that is known and holds its own data: text, a picture, a playlist, noise. */
    NOT_A_FILM,
    /** A container without moving pictures, or without a frame of them. */
    NO_VIDEO,
    /** Moving pictures in a coding that is not decoded here. */
    UNSUPPORTED_CODEC,
    /** High dynamic range, which has no one rendition in sRGB. */
    UNSUPPORTED_COLOUR,
    /** Contradicts itself. */
    CORRUPT,
    /** Frames have more pixels than {@link io.toonlake.image.DecodeLimits#maxPixels()}. */
    TOO_MANY_PIXELS,
    /** The shorter side is below {@link io.toonlake.image.DecodeLimits#minSidePixels()}. */
    TOO_SMALL,
    /** Frames that the film's packets promise and the decoder does not give. */
    UNDECODABLE,
    /** The film could not be read from its store; for the callers that read files. */
    UNREADABLE,
    /** A fault of Toonlake's own met it; for the callers that go on with the next film. */
    FAILED;

    /** The reason as tables and summaries spell it, e.g. {@code not-a-film}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
