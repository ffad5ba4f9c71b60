package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.RefusalReason.ANIMATED;

import io.toonlake.image.Samples.Layout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A PNG, walked chunk by chunk to its end with every checksum checked (PNG specification, third edition).
 *
 * <p>Like a JPEG's, the chunks that make the pixels are gathered for the decoder, and nothing else.
 */
final class PngFile implements PictureFile {

    private static final int SIGNATURE_BYTES = 8;

    private final FileBytes file;
    private final DecodeLimits limits;
    private final ByteArrayOutputStream cleaned;
    private final PngData data = new PngData();
    private PngHeader header;
    private boolean hasPalette;
    private boolean hasTransparency;
    private int key;
    private boolean dataClosed;
    private int orientation = 1;
    private byte[] profile;
    private byte[] exif = {};
    private final PngTexts texts = new PngTexts();

    PngFile(byte[] bytes, DecodeLimits limits) throws ImageRefusedException {
        this.file = new FileBytes(bytes, ByteOrder.BIG_ENDIAN);
        this.limits = limits;
        this.cleaned = new ByteArrayOutputStream(bytes.length);
        cleaned.write(bytes, 0, SIGNATURE_BYTES);
        long at = SIGNATURE_BYTES;
        String type;
        do {
            long length = file.u32(at);
            file.require(at, length + 12);
            type = file.text(at + 4, 4);
            checkSum(at, length, type);
            chunk(type, at, (int) length);
            at += length + 12;
        } while (!type.equals("IEND"));
        if (data.isEmpty()) {
            throw corrupt("no image data");
        }
        if (header.isIndexed() && !hasPalette) {
            throw corrupt("no palette");
        }
        data.check(header);
    }

    private void checkSum(long at, long length, String type) throws ImageRefusedException {
        CRC32 sum = new CRC32();
        sum.update(file.data(), (int) at + 4, (int) length + 4);
        if (sum.getValue() != file.u32(at + 8 + length)) {
            throw corrupt("wrong checksum of chunk " + printable(type) + " at byte " + at);
        }
    }

    private void chunk(String type, long at, int length) throws ImageRefusedException {
        long content = at + 8;
        if (header == null && !type.equals("IHDR")) {
            throw corrupt("chunk " + printable(type) + " at byte " + at + " before the header");
        }
        dataClosed |= !data.isEmpty() && !type.equals("IDAT");
        switch (type) {
            case "IHDR" -> {
                if (header != null || length != 13) {
                    throw corrupt("a header of " + length + " bytes at byte " + at);
                }
                header = PngHeader.read(file, content, limits);
                keep(at, length);
            }
            case "PLTE" -> {
                if (hasPalette || !data.isEmpty() || length == 0 || length % 3 != 0 || length > 768) {
                    throw corrupt("a palette of " + length + " bytes at byte " + at);
                }
                hasPalette = true;
                keepIf(header.isIndexed(), at, length);
            }
            case "tRNS" -> {
                if (data.isEmpty() && header.allowsTransparency(length)) {
                    hasTransparency = true;
                    key = length > 1 ? file.u16(content) : 0;
                    keep(at, length);
                }
            }
            case "IDAT" -> {
                if (dataClosed) {
                    throw corrupt("image data at byte " + at + " apart from the rest");
                }
                data.add(file.data(), (int) content, length);
                keep(at, length);
            }
            case "IEND" -> keep(at, length);
            case "acTL" -> throw new ImageRefusedException(ANIMATED, "an animated PNG: one picture is expected");
            case "iCCP" -> profile = PngData.profile(file.copy(content, length));
            case "eXIf" -> {
                exif = file.copy(content, length);
                orientation = Orientation.of(exif);
            }
            case "tEXt", "zTXt", "iTXt" -> texts.add(type, file.copy(content, length));
            default -> {
                if (Character.isUpperCase(type.charAt(0))) {
                    throw corrupt("unknown critical chunk " + printable(type) + " at byte " + at);
                }
            }
        }
    }

    private void keepIf(boolean needed, long at, int length) {
        if (needed) { // a palette in true colour only suggests colours for poorer displays
            keep(at, length);
        }
    }

    private void keep(long at, int length) {
        cleaned.write(file.data(), (int) at, length + 12);
    }

    private static String printable(String type) {
        return type.chars().allMatch(c -> c > ' ' && c < 127) ? type : "of no name";
    }

    @Override
    public int orientation() {
        return orientation;
    }

    @Override
    public Optional<byte[]> profile() {
        return Optional.ofNullable(profile);
    }

    @Override
    public EmbeddedMetadata metadata() {
        return EmbeddedMetadata.of(exif, texts.xmp(), texts.texts());
    }

    @Override
    public int bitDepth() {
        return header.bits();
    }

    @Override
    public String colour() {
        if (header.isIndexed()) {
            return "palette";
        }
        String base = header.isGrey() ? "grey" : "rgb";
        return hasAlpha() ? base + "-alpha" : base;
    }

    private boolean hasAlpha() {
        return hasTransparency || header.storesAlpha();
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public Samples decode() throws ImageRefusedException {
        Samples samples = NativePixels.decode(cleaned.toByteArray(), header.width(), header.height());
        return header.isGrey() ? toGrey(samples) : samples;
    }

    /**
     * OpenCV spreads grey with alpha over three equal bands, where a grey profile wants the one, and takes no notice of a
     * transparent grey value. That value is compared after reduction to 8 bits, so 16-bit neighbours of it vanish too.
     */
    private Samples toGrey(Samples decoded) {
        if (decoded.layout() == Layout.GREY && !hasTransparency) {
            return decoded;
        }
        int most = (1 << header.bits()) - 1;
        byte transparent = (byte) (((long) key * 255 + most / 2) / most);
        int from = decoded.layout().bands();
        byte[] grey = new byte[decoded.width() * decoded.height() * 2];
        for (int i = 0, k = 0; k < grey.length; i += from, k += 2) {
            grey[k] = decoded.data()[i];
            grey[k + 1] = from == 4 ? decoded.data()[i + 3] : hasTransparency && grey[k] == transparent ? 0 : (byte) -1;
        }
        return new Samples(Layout.GREY_ALPHA, decoded.width(), decoded.height(), grey);
    }
}
