package io.toonlake.image;

import io.toonlake.image.Samples.Layout;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** Samples out of the JDK's picture classes. */
final class JavaPixels {

    private JavaPixels() {}

    /** A picture of an sRGB colour model, or of grey, whose samples are copied: Java's grey is linear, no file's is. */
    static Samples samples(BufferedImage image, boolean alpha) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
            int bits = image.getColorModel().getComponentSize(0);
            return new Samples(Layout.GREY, width, height, bands(image.getRaster(), bits, 0));
        }
        if (!alpha
                && image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer
                && buffer.getData().length == width * height * 3) {
            return new Samples(Layout.BGR, width, height, buffer.getData());
        }
        int bands = alpha ? 4 : 3;
        byte[] data = new byte[width * height * bands];
        int[] row = new int[width];
        for (int y = 0, at = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int argb : row) {
                data[at] = (byte) argb;
                data[at + 1] = (byte) (argb >> 8);
                data[at + 2] = (byte) (argb >> 16);
                if (alpha) {
                    data[at + 3] = (byte) (argb >> 24);
                }
                at += bands;
            }
        }
        return new Samples(alpha ? Layout.BGRA : Layout.BGR, width, height, data);
    }

    /**
     * Chosen bands of a raster, scaled from {@code bits} to 8 with rounding.
     *
     * @param bands which band goes where
     */
    static byte[] bands(Raster raster, int bits, int... bands) {
        int width = raster.getWidth();
        int most = (1 << bits) - 1;
        byte[] data = new byte[width * raster.getHeight() * bands.length];
        int[] row = new int[width];
        for (int y = 0; y < raster.getHeight(); y++) {
            for (int b = 0; b < bands.length; b++) {
                raster.getSamples(0, y, width, 1, bands[b], row);
                int at = y * width * bands.length + b;
                for (int sample : row) {
                    data[at] = (byte) (bits == 8 ? sample : (sample * 255 + most / 2) / most);
                    at += bands.length;
                }
            }
        }
        return data;
    }
}
