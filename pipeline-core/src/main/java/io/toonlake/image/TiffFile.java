package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageReader;

/**
 * A TIFF, of which the first page is taken. All pages' tables are walked and their data must lie within the file, so that a
 * cut anywhere is seen.
 */
final class TiffFile implements PictureFile {

    private static final int DNG_VERSION = 50706;
    private static final int SUBFILE_TYPE = 254;
    private static final int ICC_PROFILE = 34675;
    private static final int XMP = 700;
    private static final int IPTC = 33723;
    private static final int PHOTOSHOP = 34377;

    private final Ifd ifd;
    private final TiffPage page;

    TiffFile(byte[] data, DecodeLimits limits) throws ImageRefusedException {
        FileBytes file = Ifd.open(data);
        long at = file.u32(4);
        ifd = Ifd.read(file, at);
        page = new TiffPage(ifd, limits);
        if (ifd.entry(DNG_VERSION).isPresent() || (ifd.number(SUBFILE_TYPE, 0) & 1) != 0) {
            throw new ImageRefusedException(
                    UNSUPPORTED_FORMAT, "the first page is a preview: a camera's raw file is not read");
        }
        page.checkExtents();
        Set<Long> seen = new HashSet<>(Set.of(at));
        for (long next = ifd.next(); next != 0; ) {
            if (!seen.add(next)) {
                throw corrupt("the table at byte " + next + " is its own successor");
            }
            Ifd following = Ifd.read(file, next);
            TiffPage.checkWithin(following);
            next = following.next();
        }
    }

    @Override
    public int orientation() {
        try {
            return ifd.orientation();
        } catch (ImageRefusedException unreadable) {
            return 1;
        }
    }

    @Override
    public Optional<byte[]> profile() {
        try {
            return ifd.bytes(ICC_PROFILE);
        } catch (ImageRefusedException unreadable) {
            return Optional.of(new byte[0]);
        }
    }

    /** Its own tables are those of EXIF. */
    @Override
    public EmbeddedMetadata metadata() {
        return new EmbeddedMetadata(ifd.file().data(), bytes(XMP), bytes(IPTC), bytes(PHOTOSHOP), Map.of());
    }

    private byte[] bytes(int tag) {
        try {
            return ifd.bytes(tag).orElse(new byte[0]);
        } catch (ImageRefusedException unreadable) {
            return new byte[0];
        }
    }

    @Override
    public int bitDepth() {
        return page.bits();
    }

    @Override
    public String colour() {
        return page.colour();
    }

    @Override
    public int width() {
        return page.width();
    }

    @Override
    public int height() {
        return page.height();
    }

    @Override
    public Samples decode() throws ImageRefusedException {
        ImageReader reader = new TIFFImageReaderSpi().createReaderInstance(null);
        try (ByteArrayImageInputStream input =
                new ByteArrayImageInputStream(ifd.file().data())) {
            reader.setInput(input, false, true);
            return page.isPalette()
                    ? JavaPixels.samples(reader.read(0), false)
                    : page.samples(reader.readRaster(0, null));
        } catch (EOFException e) {
            throw new ImageRefusedException(RefusalReason.TRUNCATED, "image data ends before the last row", e);
        } catch (IOException e) {
            throw new ImageRefusedException(RefusalReason.CORRUPT, "damaged image data (" + e.getMessage() + ")", e);
        } finally {
            reader.dispose();
        }
    }
}
