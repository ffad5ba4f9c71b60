package io.toonlake.image;

import java.util.Locale;

/** Why a file is not taken as a picture; written to the quarantine by {@link #code()}. */
public enum RefusalReason {
    /** The file has no bytes. */
    EMPTY,
    /** Nothing at the file's beginning looks like a picture of any known kind: text, an archive, noise. */
    NOT_AN_IMAGE,
    /** A picture, of a format or a variant of one that is not read here. */
    UNSUPPORTED_FORMAT,
    /** The data ends before the picture does. */
    TRUNCATED,
    /** The data is all there and contradicts itself: damaged, or never right. */
    CORRUPT,
    /** The header promises more pixels than {@link DecodeLimits#maxPixels()}; nothing was decoded. */
    TOO_MANY_PIXELS,
    /** The file is larger than {@link DecodeLimits#maxBytes()}; nothing was decoded. */
    TOO_MANY_BYTES,
    /** Working on it needs more memory than the job may use; for the callers that do. */
    TOO_LARGE_FOR_MEMORY,
    /** The shorter side is below {@link DecodeLimits#minSidePixels()}. */
    TOO_SMALL,
    /** Colours that cannot be turned into sRGB faithfully: Lab, floats, more bands than known. */
    UNSUPPORTED_COLOUR,
    /** A moving picture: several frames where one is expected. */
    ANIMATED,
    /** The file could not be read from its store; for the callers that read files. */
    UNREADABLE,
    /** What was made of it cannot be written under its name or in the format asked for; for the callers that write. */
    UNWRITABLE,
    /** A fault of Toonlake's own met it; for the callers that go on with the next file. */
    FAILED;

    /** The reason as tables and summaries spell it, e.g. {@code too-many-pixels}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
