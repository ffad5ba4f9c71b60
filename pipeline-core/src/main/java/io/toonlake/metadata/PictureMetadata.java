package io.toonlake.metadata;

import io.toonlake.image.DecodedImage;
import io.toonlake.image.EmbeddedMetadata;
import io.toonlake.image.ImageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a picture says beside its pixels. Nothing in a photo's metadata makes this fail: what cannot be read is left out, and named.
 *
 * @param exif a TIFF header and its tables; no bytes for none
 * @param xmp a packet
 * @param iptc datasets, which only JPEG has a place for; what they say of attribution stands in {@code xmp} too
 * @param leftOut {@code exif}, {@code xmp}, {@code iptc}: blocks of the photo that could not be read, or not wholly, or that are too large,
 *     of which the attribution is carried where it can be had
 */
public record PictureMetadata(byte[] exif, byte[] xmp, byte[] iptc, List<String> leftOut) {

    /** What a JPEG's segment holds beside the letters that name its kind, or nearly. */
    private static final int MOST_BYTES = 65_000;

    private static final byte[] NOTHING = {};

    /**
     * Chooses.
     *
     * @param photo what the picture is made from
     * @param width of the picture
     * @param height of the picture
     */
    public static PictureMetadata of(
            DecodedImage photo, MetadataChoice choice, ModificationNote note, int width, int height) {
        if (choice == MetadataChoice.NONE) {
            return new PictureMetadata(NOTHING, NOTHING, NOTHING, List.of());
        }
        EmbeddedMetadata given = photo.metadata();
        List<String> leftOut = new ArrayList<>();

        ExifBlock exif = ExifBlock.read(given.exif());
        byte[] tables = exif.chosen(choice, note, width, height);
        if (exif.isDamaged() || !fits(tables)) {
            leftOut.add("exif");
        }
        for (MetadataChoice less : List.of(MetadataChoice.ATTRIBUTION, MetadataChoice.NONE)) {
            tables = fits(tables) ? tables : exif.chosen(less, note, width, height);
        }

        IptcBlock iptc = IptcBlock.read(given);
        byte[] datasets = iptc.chosen(choice);
        if (iptc.isDamaged() || !fits(datasets)) {
            leftOut.add("iptc");
        }

        XmpPacket xmp = new XmpPacket(note, photo.orientation() != 1, iptc, given.texts());
        Optional<byte[]> packet = xmp.chosen(given.xmp(), choice).filter(PictureMetadata::fits);
        if (packet.isEmpty()) {
            leftOut.add("xmp");
            packet = Stream.of(given.xmp(), NOTHING)
                    .flatMap(from -> xmp.chosen(from, MetadataChoice.ATTRIBUTION).stream())
                    .filter(PictureMetadata::fits)
                    .findFirst();
        }
        return new PictureMetadata(
                tables, packet.orElseGet(xmp::noteAlone), fits(datasets) ? datasets : NOTHING, leftOut);
    }

    private static boolean fits(byte[] block) {
        return block.length <= MOST_BYTES;
    }

    /**
     * The encoded picture with this in it.
     *
     * @param picture as {@link io.toonlake.image.ImageEncoder} gives it
     * @param format JPEG, PNG or WebP
     */
    public byte[] embedded(byte[] picture, ImageFormat format) {
        if (exif.length == 0 && xmp.length == 0) {
            return picture;
        }
        return switch (format) {
            case JPEG -> JpegSegments.with(picture, this);
            case PNG -> PngChunks.with(picture, this);
            case WEBP -> WebpChunks.with(picture, this);
            case BMP, TIFF ->
                throw new IllegalArgumentException(
                        "Cannot write metadata into " + format + ": JPEG, PNG and WEBP have it");
        };
    }
}
