package io.toonlake.device;

import java.util.Locale;

/** The kind of processor that networks compute on. Two kinds round sums differently. */
public enum Device {
    CPU,
    GPU;

    /** As settings have it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
