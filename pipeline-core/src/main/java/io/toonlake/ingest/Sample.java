package io.toonlake.ingest;

import io.toonlake.image.PixelImage;

/**
 * A square cut out of a picture, ready for training.
 *
 * @param index its number within the picture, from 0
 * @param x its left edge, in pixels of the picture resized until its short side is the sample's
 * @param y its top edge, in the same pixels
 * @param image the square
 */
public record Sample(int index, int x, int y, PixelImage image) {}
