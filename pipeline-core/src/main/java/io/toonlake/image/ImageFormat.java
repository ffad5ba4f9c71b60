package io.toonlake.image;

import java.util.Optional;

/** The formats read here, told by a file's first bytes, never by its name. */
public enum ImageFormat {
    JPEG("jpg", "FF D8 FF"),
    PNG("png", "89 50 4E 47 0D 0A 1A 0A"),
    WEBP("webp", "52 49 46 46 .. .. .. .. 57 45 42 50"),
    BMP("bmp", "42 4D"),
    TIFF("tif", "49 49 2A 00", "4D 4D 00 2A");

    private final String extension;
    private final Magic[] magics;

    ImageFormat(String extension, String... patterns) {
        this.extension = extension;
        this.magics = Magic.all(patterns);
    }

    /**
     * The format of a file.
     *
     * @param head the file's first bytes; 12 are enough, the whole file is welcome
     * @return empty where no format here begins like this
     */
    public static Optional<ImageFormat> of(byte[] head) {
        for (ImageFormat format : values()) {
            if (Magic.any(format.magics, head)) {
                // Two letters alone begin many a text: a bitmap's header has zeros where its format reserves them.
                return format == BMP && !BmpFile.startsLikeOne(head) ? Optional.empty() : Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** The usual file name ending, without the dot. */
    public String extension() {
        return extension;
    }
}
