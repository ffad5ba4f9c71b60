package io.toonlake.config;

import java.util.Locale;

/** How the pictures of {@code stylize} lie in its output. */
public enum OutputLayout {
    /** A file each, with the photos' names and folders. */
    FILES(""),
    /** Samples in tar files. */
    WEBDATASET("tar"),
    /** Rows of Parquet files. */
    PARQUET("parquet");

    private final String extension;

    OutputLayout(String extension) {
        this.extension = extension;
    }

    /** The word in settings; of packed layouts the name of their folder, too. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Ending of the shards' names, without a dot; empty for files. */
    public String extension() {
        return extension;
    }

    /** Whether many pictures share a file. */
    public boolean isPacked() {
        return this != FILES;
    }
}
