package io.toonlake.edge;

import io.toonlake.image.PixelImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import javax.imageio.ImageIO;

/** Reads files of our own for comparison, past the project's decoder, which has tests of its own. */
final class PixelFiles {

    private PixelFiles() {}

    static PixelImage read(InputStream file) throws IOException {
        BufferedImage image = ImageIO.read(file);
        byte[] bgr = new byte[image.getWidth() * image.getHeight() * 3];
        for (int y = 0, i = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                bgr[i++] = (byte) rgb;
                bgr[i++] = (byte) (rgb >> 8);
                bgr[i++] = (byte) (rgb >> 16);
            }
        }
        return PixelImage.bgr(image.getWidth(), image.getHeight(), bgr);
    }
}
