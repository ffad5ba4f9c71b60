package io.toonlake.testing;

import io.toonlake.image.PixelImage;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Picture files of every kind that is read, made in code: the JDK's writers and OpenCV's. */
public final class ImageFiles {

    private ImageFiles() {}

    /** A picture with slopes, edges and some noise, the same for the same seed. */
    public static PixelImage picture(long seed, int width, int height) {
        Random random = new Random(seed);
        byte[] pixels = new byte[width * height * 3];
        int phase = random.nextInt(64);
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int edge = (x + phase) / 16 + y / 16 & 1;
                pixels[at++] = (byte) (255 * x / width);
                pixels[at++] = (byte) (255 * y / height);
                pixels[at++] = (byte) (60 + 120 * edge + random.nextInt(20));
            }
        }
        return PixelImage.bgr(width, height, pixels);
    }

    /** The same under alpha that rises from left to right. */
    public static PixelImage translucent(long seed, int width, int height) {
        byte[] alpha = new byte[width * height];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = (byte) (255 * (i % width) / Math.max(1, width - 1));
        }
        return picture(seed, width, height).withAlpha(alpha);
    }

    /** Baseline, 4:2:0, with a restart marker every few blocks, so that no damage goes unseen. */
    public static byte[] jpeg(PixelImage image) {
        return openCv(
                image,
                ".jpg",
                opencv_imgcodecs.IMWRITE_JPEG_QUALITY,
                90,
                opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                4);
    }

    /** Baseline, 4:2:0, one run of data. */
    public static byte[] plainJpeg(PixelImage image) {
        return openCv(image, ".jpg", opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 90);
    }

    public static byte[] progressiveJpeg(PixelImage image) {
        return openCv(image, ".jpg", opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
    }

    public static byte[] png(PixelImage image) {
        return openCv(image, ".png");
    }

    public static byte[] interlacedPng(PixelImage image) {
        return imageIo(buffered(image), "png", null, true);
    }

    public static byte[] webp(PixelImage image) {
        return openCv(image, ".webp", opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 80);
    }

    public static byte[] losslessWebp(PixelImage image) {
        return openCv(image, ".webp", opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
    }

    /** 24 bits a pixel, or 32 with alpha. */
    public static byte[] bmp(PixelImage image) {
        return openCv(image, ".bmp");
    }

    /**
     * Several strips.
     *
     * @param compression {@code LZW}, {@code Deflate}, {@code PackBits}, or null for none
     */
    public static byte[] tiff(PixelImage image, String compression) {
        return imageIo(buffered(image), "tiff", compression, false);
    }

    /** OpenCV's encoding with its own settings. */
    public static byte[] openCv(PixelImage image, String extension, int... settings) {
        try (Mat mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC(image.channels()));
                BytePointer buffer = new BytePointer();
                IntPointer parameters = new IntPointer(settings)) {
            mat.data().put(image.pixels(), 0, image.pixels().length);
            if (!opencv_imgcodecs.imencode(extension, mat, buffer, parameters)) {
                throw new IllegalStateException("no " + extension);
            }
            byte[] bytes = new byte[(int) buffer.limit()];
            buffer.get(bytes);
            return bytes;
        }
    }

    /** The encoding of one of the JDK's own writers. */
    public static byte[] imageIo(BufferedImage image, String format, String compression, boolean progressive) {
        ImageWriter writer = jdkWriter(image, format);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (compression != null) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionType(compression);
            }
            if (progressive) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static ImageWriter jdkWriter(BufferedImage image, String format) {
        Iterator<ImageWriter> writers =
                ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), format);
        while (writers.hasNext()) {
            ImageWriter writer = writers.next();
            if (writer.getClass().getName().startsWith("com.sun.")) {
                return writer;
            }
        }
        throw new IllegalStateException("the JDK writes no " + format);
    }

    /** The picture in Java's own class. */
    public static BufferedImage buffered(PixelImage image) {
        if (!image.hasAlpha()) {
            BufferedImage bgr = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
            bgr.getRaster().setDataElements(0, 0, image.width(), image.height(), rgb(image.pixels(), 3));
            return bgr;
        }
        byte[] rgba = rgb(image.pixels(), 4);
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        return new BufferedImage(
                model,
                Raster.createInterleavedRaster(
                        new DataBufferByte(rgba, rgba.length),
                        image.width(),
                        image.height(),
                        image.width() * 4,
                        4,
                        new int[] {0, 1, 2, 3},
                        null),
                false,
                null);
    }

    private static byte[] rgb(byte[] bgr, int channels) {
        byte[] rgb = bgr.clone();
        for (int i = 0; i < rgb.length; i += channels) {
            rgb[i] = bgr[i + 2];
            rgb[i + 2] = bgr[i];
        }
        return rgb;
    }
}
