package io.toonlake.image;

import java.util.Optional;

/** A file whose structure was walked to its end and found whole, and whose size is within the limits. */
interface PictureFile {

    /** In pixels, as stored: before the orientation is applied. */
    int width();

    /** Likewise. */
    int height();

    /** The EXIF orientation, 1 to 8; 1 where none is stated. */
    int orientation();

    /** The embedded ICC profile's bytes, unjudged. */
    Optional<byte[]> profile();

    /** What the file says beside its pixels, unjudged. */
    default EmbeddedMetadata metadata() {
        return EmbeddedMetadata.none();
    }

    /** Bits a sample in the file. */
    int bitDepth();

    /** The word for {@link DecodedImage#colour()}. */
    String colour();

    /** Decodes, strictly: damage is a refusal. */
    Samples decode() throws ImageRefusedException;
}
