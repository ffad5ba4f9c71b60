package io.toonlake.ingest;

import io.toonlake.image.PixelImage;

/**
 * A square cut out of a picture, ready for training.
 *
 * @param index its number within the picture, from 0
 * @param x its left edge in the resized picture, in pixels
 * @param y its top edge in the resized picture, in pixels
 * @param image the square
 */
public record Sample(int index, int x, int y, PixelImage image) {}
