package io.toonlake.packing;

/**
 * A picture in a shard, with what is said of it there. It names no run and no time: the same photo gives the same bytes.
 *
 * @param key as {@link SampleKey} makes it
 * @param path full URI of the photo
 * @param sha256 of the photo's bytes, hexadecimal
 * @param modifiedMillis of the photo, since 1970
 * @param width pixels of the picture
 * @param height pixels of the picture
 * @param format ending of the picture's file, without a dot: {@code jpg}, {@code png}, {@code webp}
 * @param origin what made the picture
 * @param picture its file's bytes
 */
public record Sample(
        String key,
        String path,
        String sha256,
        long modifiedMillis,
        int width,
        int height,
        String format,
        Origin origin,
        byte[] picture) {

    /**
     * The model that made pictures.
     *
     * @param fingerprint of the model
     * @param title as people call it
     * @param licence of the weights, {@code unknown} if unstated
     */
    public record Origin(String fingerprint, String title, String licence) implements java.io.Serializable {}
}
