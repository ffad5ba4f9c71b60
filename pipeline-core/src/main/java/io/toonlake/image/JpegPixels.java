package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.toonlake.image.Samples.Layout;
import java.awt.color.ColorSpace;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/** Decodes a cleaned JPEG by the JDK's own reader (libjpeg), whose warnings are heard. */
final class JpegPixels {

    private static final int RAW = 0;
    private static final int LUMA = 1;
    private static final int[] RGB = {0, 1, 2};

    private final int width;
    private final int height;
    private final byte[] segments;

    /**
     * @param segments what stands between the start and the end of the image, without application data
     */
    JpegPixels(int width, int height, byte[] segments) {
        this.width = width;
        this.height = height;
        this.segments = segments;
    }

    Samples grey() throws ImageRefusedException {
        return new Samples(Layout.GREY, width, height, read(RAW, false, 1));
    }

    Samples colour(boolean luma) throws ImageRefusedException {
        byte[] samples = read(luma ? LUMA : RAW, false, 3);
        for (int i = 0; i < samples.length; i += 3) {
            byte red = samples[i];
            samples[i] = samples[i + 2];
            samples[i + 2] = red;
        }
        return new Samples(Layout.BGR, width, height, samples);
    }

    /**
     * CMYK as ink. Every encoder stores it inverted, as Photoshop first did, so every decoder takes it so; YCCK is CMYK whose
     * first three went through the luma transform.
     */
    Samples cmyk(boolean luma) throws ImageRefusedException {
        byte[] samples = read(RAW, true, 4);
        if (luma) {
            lumaToInk(samples);
        } else {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (byte) ~samples[i];
            }
        }
        return new Samples(Layout.CMYK, width, height, samples);
    }

    /** YCCK to ink: JFIF's YCbCr to RGB, in libjpeg's fixed point, which gives the inverted inks' inverse at once. */
    private static void lumaToInk(byte[] samples) {
        for (int i = 0; i < samples.length; i += 4) {
            int y = samples[i] & 0xFF;
            int cb = (samples[i + 1] & 0xFF) - 128;
            int cr = (samples[i + 2] & 0xFF) - 128;
            samples[i] = clamp(y + (91_881 * cr + 32_768 >> 16));
            samples[i + 1] = clamp(y + (-22_554 * cb - 46_802 * cr + 32_768 >> 16));
            samples[i + 2] = clamp(y + (116_130 * cb + 32_768 >> 16));
            samples[i + 3] = (byte) ~samples[i + 3];
        }
    }

    private static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    private byte[] read(int transform, boolean raw, int bands) throws ImageRefusedException {
        ImageReader reader = JdkReader.JPEG.create();
        try (ByteArrayImageInputStream input = new ByteArrayImageInputStream(file(transform, bands))) {
            JpegDamage damage = new JpegDamage();
            reader.addIIOReadWarningListener(damage);
            reader.setInput(input, true, true);
            Raster raster = raw
                    ? reader.readRaster(0, null)
                    : reader.read(0, bands == 3 ? intoRgb(reader) : null).getRaster();
            damage.check();
            if (raster.getNumBands() == bands
                    && raster.getDataBuffer() instanceof DataBufferByte buffer
                    && buffer.getData().length == (long) width * height * bands) {
                return buffer.getData();
            }
            throw corrupt("the decoder gave " + raster.getNumBands() + " bands of " + raster.getWidth() + "x"
                    + raster.getHeight() + " for " + bands + " of " + width + "x" + height);
        } catch (IOException e) {
            throw new ImageRefusedException(RefusalReason.CORRUPT, "damaged image data (" + e.getMessage() + ")", e);
        } finally {
            reader.dispose();
        }
    }

    /**
     * Has colours read in the order in which libjpeg gives them: rows are then copied whole, where the reader's own choice, blue first, has it move
     * them sample by sample.
     */
    private ImageReadParam intoRgb(ImageReader reader) throws IOException, ImageRefusedException {
        if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
            throw corrupt("the decoder finds " + reader.getWidth(0) + "x" + reader.getHeight(0) + " pixels for " + width
                    + "x" + height);
        }
        ImageReadParam parameters = reader.getDefaultReadParam();
        parameters.setDestination(ImageTypeSpecifier.createInterleaved(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB), RGB, DataBuffer.TYPE_BYTE, false, false)
                .createBufferedImage(width, height));
        return parameters;
    }

    /** A file of one Adobe segment, which states the transform beyond doubt, and the segments. */
    private byte[] file(int transform, int bands) {
        ByteArrayOutputStream file = new ByteArrayOutputStream(segments.length + 20);
        file.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
        if (bands > 1) {
            file.writeBytes(new byte[] {
                (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
            });
        }
        file.writeBytes(segments);
        file.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD9});
        return file.toByteArray();
    }
}
