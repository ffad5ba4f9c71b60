package io.toonlake.stylize;

/** What pictures are to be made on. */
public enum DeviceChoice {
    /** A GPU where there is one for the task, and else the CPU. */
    AUTO("auto"),
    CPU("cpu"),
    /** A GPU; where there is none, the CPU, and that is said. */
    GPU("gpu");

    private final String code;

    DeviceChoice(String code) {
        this.code = code;
    }

    /** Its name in settings. */
    public String code() {
        return code;
    }
}
