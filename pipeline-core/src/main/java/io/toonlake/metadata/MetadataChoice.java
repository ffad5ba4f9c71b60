package io.toonlake.metadata;

/** What of a photo's metadata its picture carries. */
public enum MetadataChoice {
    /** All that still holds of the picture. */
    KEEP("keep"),
    /** Who made the photo, and under which rights and licence; no place, time, camera or description. */
    ATTRIBUTION("attribution"),
    /** Nothing, not even how the picture came about. */
    NONE("none");

    private final String code;

    MetadataChoice(String code) {
        this.code = code;
    }

    /** The word that settings use. */
    public String code() {
        return code;
    }
}
