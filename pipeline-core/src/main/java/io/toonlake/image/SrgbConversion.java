package io.toonlake.image;

import io.toonlake.image.Samples.Layout;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;

/**
 * Makes sRGB out of samples, by the embedded ICC profile where there is a usable one (Little CMS, as the JDK brings it).
 *
 * <p>A broken profile, or one of another kind of colour than the samples, is ignored: the samples are taken as sRGB, as
 * viewers do. CMYK without a usable profile becomes {@code red = (255 - cyan) * (255 - black) / 255} and so on.
 *
 * @param image the picture in sRGB
 * @param profile what was done, in the words of {@link DecodedImage#profile()}
 */
record SrgbConversion(PixelImage image, String profile) {

    /** A profile that moves no colour of a lattice by more than this is sRGB in all but name. */
    private static final int NOT_SEEN = 1;

    static SrgbConversion of(Samples samples, Optional<byte[]> profile) {
        String outcome = profile.isPresent() ? "ignored" : samples.layout() == Layout.CMYK ? "naive-cmyk" : "srgb";
        ColorConvertOp operation =
                profile.flatMap(bytes -> operation(bytes, samples.layout())).orElse(null);
        if (operation != null) {
            try {
                if (isIdentity(operation, samples.layout())) {
                    return new SrgbConversion(plain(samples), "srgb");
                }
                return new SrgbConversion(converted(samples, operation), "icc");
            } catch (CMMException | IllegalArgumentException broken) {
                outcome = "ignored";
            }
        }
        return new SrgbConversion(plain(samples), outcome);
    }

    private static Optional<ColorConvertOp> operation(byte[] bytes, Layout layout) {
        try {
            ICC_Profile profile = ICC_Profile.getInstance(bytes);
            int wanted = switch (layout) {
                case GREY, GREY_ALPHA -> ColorSpace.TYPE_GRAY;
                case BGR, BGRA -> ColorSpace.TYPE_RGB;
                case CMYK -> ColorSpace.TYPE_CMYK;
            };
            int kind = profile.getProfileClass();
            boolean describesColours = kind == ICC_Profile.CLASS_INPUT
                    || kind == ICC_Profile.CLASS_DISPLAY
                    || kind == ICC_Profile.CLASS_OUTPUT
                    || kind == ICC_Profile.CLASS_COLORSPACECONVERSION;
            if (profile.getColorSpaceType() != wanted || !describesColours) {
                return Optional.empty();
            }
            ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
            return Optional.of(new ColorConvertOp(new ICC_Profile[] {profile, srgb}, null));
        } catch (CMMException | IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static boolean isIdentity(ColorConvertOp operation, Layout layout) {
        if (layout == Layout.CMYK) {
            return false;
        }
        boolean grey = layout == Layout.GREY || layout == Layout.GREY_ALPHA;
        byte[] lattice = grey ? ramp() : lattice();
        int bands = grey ? 1 : 3;
        int count = lattice.length / bands;
        byte[] moved = new byte[count * 3];
        operation.filter(raster(lattice, count, 1, bands), raster(moved, count, 1, 3));
        for (int i = 0; i < moved.length; i++) {
            int before = lattice[grey ? i / 3 : i] & 0xFF;
            if (Math.abs((moved[i] & 0xFF) - before) > NOT_SEEN) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ramp() {
        byte[] ramp = new byte[256];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) i;
        }
        return ramp;
    }

    /** All colours whose samples are multiples of 15. */
    private static byte[] lattice() {
        byte[] lattice = new byte[18 * 18 * 18 * 3];
        for (int i = 0; i < lattice.length / 3; i++) {
            lattice[3 * i] = (byte) (i % 18 * 15);
            lattice[3 * i + 1] = (byte) (i / 18 % 18 * 15);
            lattice[3 * i + 2] = (byte) (i / 324 * 15);
        }
        return lattice;
    }

    private static PixelImage converted(Samples samples, ColorConvertOp operation) {
        int width = samples.width();
        int height = samples.height();
        Layout layout = samples.layout();
        int bands = layout.bands();
        int colours = layout.hasAlpha() ? bands - 1 : bands;
        // Without alpha in between: the JDK takes the fourth byte of a three-band raster for a colour.
        byte[] dense = layout.hasAlpha() ? without(samples.data(), bands) : samples.data();
        byte[] srgb = new byte[width * height * 3];
        operation.filter(raster(dense, width, height, colours), raster(srgb, width, height, 3));
        PixelImage image = PixelImage.bgr(width, height, srgb);
        if (!layout.hasAlpha()) {
            return image;
        }
        byte[] alpha = new byte[width * height];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = samples.data()[bands * i + colours];
        }
        return image.withAlpha(alpha);
    }

    private static byte[] without(byte[] data, int bands) {
        byte[] colours = new byte[data.length / bands * (bands - 1)];
        for (int i = 0, k = 0; k < colours.length; i += bands, k += bands - 1) {
            System.arraycopy(data, i, colours, k, bands - 1);
        }
        return colours;
    }

    /** Interleaved samples as a raster, three of them being blue, green and red. */
    private static WritableRaster raster(byte[] data, int width, int height, int bands) {
        int[] order = bands == 1 ? new int[] {0} : bands == 3 ? new int[] {2, 1, 0} : new int[] {0, 1, 2, 3};
        return Raster.createInterleavedRaster(
                new DataBufferByte(data, data.length), width, height, width * bands, bands, order, null);
    }

    private static PixelImage plain(Samples samples) {
        int width = samples.width();
        int height = samples.height();
        byte[] data = samples.data();
        return switch (samples.layout()) {
            case BGR -> PixelImage.bgr(width, height, data);
            case BGRA -> PixelImage.bgra(width, height, data);
            case GREY -> PixelImage.bgr(width, height, spread(data, width * height, 1, 3));
            case GREY_ALPHA -> PixelImage.bgra(width, height, spread(data, width * height, 2, 4));
            case CMYK -> PixelImage.bgr(width, height, naive(data, width * height));
        };
    }

    private static byte[] spread(byte[] grey, int count, int from, int to) {
        byte[] data = new byte[count * to];
        for (int i = 0; i < count; i++) {
            data[i * to] = data[i * to + 1] = data[i * to + 2] = grey[i * from];
            if (to == 4) {
                data[i * to + 3] = grey[i * from + 1];
            }
        }
        return data;
    }

    private static byte[] naive(byte[] cmyk, int count) {
        byte[] data = new byte[count * 3];
        for (int i = 0; i < count; i++) {
            int light = 255 - (cmyk[4 * i + 3] & 0xFF);
            for (int c = 0; c < 3; c++) {
                int mixed = (255 - (cmyk[4 * i + 2 - c] & 0xFF)) * light;
                data[3 * i + c] = (byte) ((mixed + 127) / 255);
            }
        }
        return data;
    }
}
