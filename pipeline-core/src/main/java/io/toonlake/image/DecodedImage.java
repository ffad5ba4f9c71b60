package io.toonlake.image;

/**
 * A picture and what its file said about it.
 *
 * @param image the picture as it is to be seen: upright, sRGB, 8 bits
 * @param format the file's format, by content
 * @param orientation the EXIF orientation that was applied, 1 to 8; 1 where none was stated
 * @param bitDepth bits a sample in the file, before they became 8
 * @param colour what the samples were: {@code grey}, {@code grey-alpha}, {@code rgb}, {@code rgb-alpha}, {@code palette},
 *     {@code cmyk}
 * @param profile what was done about colour: {@code srgb} (stated, assumed, or a profile that is sRGB in all but name),
 *     {@code icc} (converted by the embedded profile), {@code ignored} (a broken or foreign profile, taken as sRGB),
 *     {@code naive-cmyk} (CMYK without a usable profile)
 * @param metadata what else the file says, unjudged
 */
public record DecodedImage(
        PixelImage image,
        ImageFormat format,
        int orientation,
        int bitDepth,
        String colour,
        String profile,
        EmbeddedMetadata metadata) {}
