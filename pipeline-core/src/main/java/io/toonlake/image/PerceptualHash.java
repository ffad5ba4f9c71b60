package io.toonlake.image;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_img_hash;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A 64-bit fingerprint of what a picture shows, for finding near-duplicates: the signs, against their mean, of the 8x8
 * lowest frequencies of its brightness (OpenCV's DCT hash). Re-encoding and moderate resizing leave it nearly as it is.
 *
 * <p>The picture is first averaged down to 32x32 pixels, without which large pictures alias and their hashes move. Alpha is
 * laid on white.
 *
 * <p>Over 24 photos of 1200 to 2048 pixels, a copy of half the size as a JPEG of quality 60 is at most 2 bits away, and two
 * different photos are at least 22 bits apart.
 */
public final class PerceptualHash {

    private static final int SIDE = 32;
    private static final int WHITE = 0xFFFFFF;

    private PerceptualHash() {}

    /** The hash; bit 0 is the lowest frequency's. Pictures of one colour all have the same. */
    @SuppressWarnings("try") // the scope works by being open
    public static long of(PixelImage image) {
        PixelImage small = image.resize(SIDE, SIDE).over(WHITE);
        try (PointerScope scope = new PointerScope()) {
            Mat hash = new Mat();
            opencv_img_hash.pHash(NativePixels.matrix(small.pixels(), SIDE, SIDE, 3), hash);
            byte[] bytes = new byte[8];
            new BytePointer(hash.data()).get(bytes);
            long bits = 0;
            for (int i = 0; i < bytes.length; i++) {
                bits |= (bytes[i] & 0xFFL) << 8 * i;
            }
            return bits;
        }
    }

    /** In how many of the 64 bits two hashes differ. */
    public static int distance(long one, long other) {
        return Long.bitCount(one ^ other);
    }
}
