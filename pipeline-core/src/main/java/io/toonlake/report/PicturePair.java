package io.toonlake.report;

/**
 * Two pictures of the same size, to be compared.
 *
 * @param caption what they show, e.g. the photo's path
 * @param beforeLabel e.g. {@code photo}
 * @param before the picture on the left
 * @param afterLabel e.g. {@code demo model}
 * @param after the picture on the right
 */
public record PicturePair(String caption, String beforeLabel, Picture before, String afterLabel, Picture after) {}
