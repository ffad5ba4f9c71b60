package io.toonlake.table;

import java.util.Locale;

/** Which side of the training a collection is on. */
public enum Domain {
    PHOTO,
    CARTOON;

    /** The word on the command line and in the tables. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
