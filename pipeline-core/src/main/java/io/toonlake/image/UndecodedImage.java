package io.toonlake.image;

/** A file that is one whole picture by its structure, whose pixels are yet to be decoded. */
public final class UndecodedImage {
    private final ImageFormat format;
    private final PictureFile picture;

    UndecodedImage(ImageFormat format, PictureFile picture) {
        this.format = format;
        this.picture = picture;
    }

    /** In pixels, as stored: before the orientation is applied. */
    public int width() {
        return picture.width();
    }

    /** Likewise. */
    public int height() {
        return picture.height();
    }

    /**
     * Decodes the pixels, which takes up to 12 bytes of memory for each while it does, and 3 or 4 afterwards.
     *
     * @throws ImageRefusedException if they are damaged; nothing else is thrown, whatever the bytes are
     */
    public DecodedImage decode() throws ImageRefusedException {
        return ImageDecoder.guarded(format, () -> {
            SrgbConversion conversion = SrgbConversion.of(picture.decode(), picture.profile());
            PixelImage upright = Orientation.apply(picture.orientation(), conversion.image());
            return new DecodedImage(
                    upright,
                    format,
                    picture.orientation(),
                    picture.bitDepth(),
                    picture.colour(),
                    conversion.profile(),
                    picture.metadata());
        });
    }
}
