package io.toonlake.image;

import java.util.Optional;

/** Picture formats that are known and not read here, so that a refusal can name them. */
enum ForeignFormat {
    GIF("GIF", "47 49 46 38"),
    AVIF("AVIF", ".. .. .. .. 66 74 79 70 61 76 69"),
    HEIC(
            "HEIC",
            ".. .. .. .. 66 74 79 70 68 65",
            ".. .. .. .. 66 74 79 70 6D 69 66",
            ".. .. .. .. 66 74 79 70 6D 73 66"),
    CANON_RAW("Canon raw", ".. .. .. .. 66 74 79 70 63 72 78"),
    JPEG_XL("JPEG XL", "FF 0A", "00 00 00 0C 4A 58 4C 20"),
    JPEG_2000("JPEG 2000", "00 00 00 0C 6A 50 20 20", "FF 4F FF 51"),
    JPEG_XR("JPEG XR", "49 49 BC 01"),
    BIG_TIFF("BigTIFF", "49 49 2B 00", "4D 4D 00 2B"),
    PHOTOSHOP("Photoshop", "38 42 50 53"),
    ICON("Windows icon", "00 00 01 00", "00 00 02 00"),
    OPEN_EXR("OpenEXR", "76 2F 31 01"),
    RADIANCE("Radiance HDR", "23 3F 52 41 44 49 41 4E 43 45", "23 3F 52 47 42 45"),
    QOI("QOI", "71 6F 69 66"),
    DDS("DDS", "44 44 53 20"),
    FUJI_RAW("Fujifilm raw", "46 55 4A 49 46 49 4C 4D"),
    PDF("PDF", "25 50 44 46"),
    POSTSCRIPT("PostScript", "25 21 50 53"),
    VIDEO("MP4 video", ".. .. .. .. 66 74 79 70"),
    MATROSKA("Matroska video", "1A 45 DF A3"),
    RIFF("RIFF of another kind", "52 49 46 46 .. .. .. .. 41 56 49 20", "52 49 46 46 .. .. .. .. 57 41 56 45"),
    PIXMAP("PNM", "50 34 0A", "50 35 0A", "50 36 0A", "50 37 0A", "50 35 20", "50 36 20");

    private final String label;
    private final Magic[] magics;

    ForeignFormat(String label, String... patterns) {
        this.label = label;
        this.magics = Magic.all(patterns);
    }

    /** The format, in the order above: more particular patterns stand before those that hold them. */
    static Optional<ForeignFormat> of(byte[] head) {
        for (ForeignFormat format : values()) {
            if (Magic.any(format.magics, head)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** The name people know it by. */
    String label() {
        return label;
    }
}
