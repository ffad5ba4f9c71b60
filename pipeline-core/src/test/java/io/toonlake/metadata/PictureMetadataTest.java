package io.toonlake.metadata;

import static io.toonlake.testing.MetadataBlocks.dataset;
import static io.toonlake.testing.MetadataBlocks.text;
import static io.toonlake.testing.MetadataBlocks.undefined;
import static io.toonlake.testing.MetadataBlocks.xmp;
import static org.assertj.core.api.Assertions.assertThat;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.iptc.IPTCReader;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.metadata.xmp.XMPReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.DecodedImage;
import io.toonlake.image.EmbeddedMetadata;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.testing.ImageFiles;
import io.toonlake.testing.MetadataBlocks;
import io.toonlake.testing.RawBytes;
import io.toonlake.testing.ReferenceData;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureMetadataTest {
    private static final ModificationNote NOTE = new ModificationNote("1.2", "Hayao ☂");
    private static final String SENTENCE = "Stylized by Toonlake 1.2 with model Hayao ☂";
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 26, 1 << 24, 1);
    private static final PixelImage PICTURE = ImageFiles.picture(1, 40, 24);
    private static final byte[] NOTHING = {};

    private static final int ARTIST = 315;
    private static final int COPYRIGHT = 33432;
    private static final int EXIF = 34665;
    private static final int GPS = 34853;

    /** What must not get out says SECRET. */
    private static final byte[] XMP = xmp("<dc:creator><rdf:Seq><rdf:li>Ada Øst</rdf:li></rdf:Seq></dc:creator>"
            + "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">© Ada</rdf:li><rdf:li xml:lang=\"de\">© Ada, de</rdf:li></rdf:Alt>"
            + "</dc:rights><dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">SECRET cat</rdf:li></rdf:Alt></dc:description>"
            + "<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang=\"x-default\">CC BY 4.0</rdf:li></rdf:Alt></xmpRights:UsageTerms>"
            + "<xmpRights:WebStatement>https://example.org/licence</xmpRights:WebStatement>"
            + "<cc:license rdf:resource=\"https://creativecommons.org/licenses/by/4.0/\"/>"
            + "<exif:GPSLatitude>SECRET 48,12N</exif:GPSLatitude><exif:PixelXDimension>4000</exif:PixelXDimension>"
            + "<tiff:Orientation>6</tiff:Orientation><tiff:Make>SECRET Canon</tiff:Make>"
            + "<crs:Exposure2012>PHOTO +1.0</crs:Exposure2012>"
            + "<xmpMM:DocumentID>xmp.did:SECRET1</xmpMM:DocumentID>"
            + "<xmpMM:History><rdf:Seq><rdf:li stEvt:action=\"saved\" stEvt:softwareAgent=\"SECRET Lightroom\"/></rdf:Seq>"
            + "</xmpMM:History><xmp:Thumbnails><rdf:Alt><rdf:li>PHOTO /9j/4AAQ</rdf:li></rdf:Alt></xmp:Thumbnails>");

    private static final byte[] IPTC = RawBytes.join(
            dataset(1, 90, RawBytes.of(0x1B, '%', 'G')),
            dataset(2, 0, RawBytes.of(0, 4)),
            dataset(2, 80, "Ada Øst".getBytes(StandardCharsets.UTF_8)),
            dataset(2, 90, RawBytes.latin("SECRET Paris")),
            dataset(2, 110, RawBytes.latin("Agency")),
            dataset(2, 116, RawBytes.latin("(c) Ada")),
            dataset(2, 120, RawBytes.latin("SECRET caption")),
            dataset(2, 202, RawBytes.latin("PHOTO preview")));

    private static byte[] exif(ByteOrder order) {
        MetadataBlocks blocks = new MetadataBlocks(order);
        Map<Integer, MetadataBlocks.Value> main = new TreeMap<>();
        main.put(0x0100, blocks.shortNumber(4000));
        main.put(0x010E, text("SECRET description"));
        main.put(0x010F, text("SECRET Canon"));
        main.put(0x0111, blocks.shortNumber(4711)); // where a TIFF's pixels are
        main.put(0x0112, blocks.shortNumber(6));
        main.put(0x011A, blocks.fractions(300, 1));
        main.put(0x0131, text("SECRET Lightroom"));
        main.put(ARTIST, text("Ada Øst"));
        main.put(COPYRIGHT, text("© Ada"));
        Map<Integer, MetadataBlocks.Value> exposure = new TreeMap<>();
        exposure.put(0x829A, blocks.fractions(1, 250));
        exposure.put(0x9003, text("2026:11:25 SECRET"));
        exposure.put(0x9206, blocks.fractions(0, 0)); // as cameras say that they do not know
        exposure.put(0x927C, undefined(RawBytes.latin("PHOTO note of a maker")));
        exposure.put(0xA001, blocks.shortNumber(0xFFFF));
        exposure.put(0xA002, blocks.shortNumber(4000));
        exposure.put(0xA003, blocks.shortNumber(3000));
        exposure.put(0xA431, text("SECRET serial"));
        Map<Integer, MetadataBlocks.Value> place = new TreeMap<>();
        place.put(1, text("N"));
        place.put(2, blocks.fractions(48, 1, 12, 1, 0, 1));
        place.put(0x1D, text("SECRET:11:25"));
        return blocks.exif(main, exposure, place, RawBytes.latin("PHOTO thumbnail"));
    }

    private static byte[] jpeg(byte[] exif, byte[] xmp, byte[] iptc) {
        byte[] photoshop = iptc.length == 0
                ? iptc
                : RawBytes.join(
                        MetadataBlocks.resource(0x040C, RawBytes.latin("PHOTO thumbnail of Photoshop")),
                        MetadataBlocks.resource(0x0404, iptc));
        return MetadataBlocks.intoJpeg(ImageFiles.plainJpeg(PICTURE), exif, xmp, photoshop);
    }

    private static DecodedImage decoded(byte[] file) throws ImageRefusedException {
        return new ImageDecoder(LIMITS).decode(file);
    }

    private static PictureMetadata chosen(byte[] photo, MetadataChoice choice) throws ImageRefusedException {
        return PictureMetadata.of(decoded(photo), choice, NOTE, 24, 40);
    }

    private static byte[] picture(byte[] photo, MetadataChoice choice, ImageFormat format)
            throws ImageRefusedException {
        byte[] encoded = new ImageEncoder().encode(PICTURE, format, 90);
        return chosen(photo, choice).embedded(encoded, format);
    }

    private static Directory exifOf(EmbeddedMetadata metadata) throws IOException {
        return new TIFFReader().read(new ByteArrayImageInputStream(metadata.exif()));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Object value(Directory directory, int tag) {
        Entry entry = directory.getEntryById(tag);
        return entry == null ? null : entry.getValue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ImageFormat.class,
            names = {"JPEG", "PNG", "WEBP"})
    void whatStillHoldsIsCarriedIntoEveryFormat(ImageFormat format) throws Exception {
        byte[] picture = picture(jpeg(exif(ByteOrder.BIG_ENDIAN), XMP, IPTC), MetadataChoice.KEEP, format);

        DecodedImage read = decoded(picture);
        assertThat(read.image().pixels())
                .isEqualTo(decoded(new ImageEncoder().encode(PICTURE, format, 90))
                        .image()
                        .pixels());
        assertThat(read.orientation()).isEqualTo(1);
        Directory main = exifOf(read.metadata());
        assertThat(((CompoundDirectory) main).directoryCount())
                .as("no thumbnail")
                .isEqualTo(1);
        assertThat(value(main, ARTIST)).isEqualTo("Ada Øst");
        assertThat(value(main, COPYRIGHT)).isEqualTo("© Ada");
        assertThat(value(main, 271)).isEqualTo("SECRET Canon");
        assertThat(value(main, 305)).isEqualTo(SENTENCE);
        assertThat(value(main, 274)).isEqualTo(1);
        assertThat(value(main, 256)).as("a size of the photo's").isNull();
        assertThat(value(main, 273)).as("where pixels are").isNull();
        Directory exposure = (Directory) value(main, EXIF);
        assertThat(value(exposure, 36867)).isEqualTo("2026:11:25 SECRET");
        assertThat(String.valueOf(value(exposure, 0x829A))).isEqualTo("1/250");
        assertThat(value(exposure, 0x9206))
                .as("0/0 is no reason to leave it out")
                .isNotNull();
        assertThat(value(exposure, 40961)).as("sRGB").isEqualTo(1);
        assertThat(((Number) value(exposure, 40962)).intValue()).isEqualTo(24);
        assertThat(((Number) value(exposure, 40963)).intValue()).isEqualTo(40);
        assertThat(value((Directory) value(main, GPS), 1)).isEqualTo("N");
        String xmp = new String(read.metadata().xmp(), StandardCharsets.UTF_8);
        assertThat(xmp)
                .contains("Ada Øst", "© Ada, de", "SECRET cat", "SECRET 48,12N", "licenses/by/4.0/", "SECRET Lightroom")
                .contains("stRef:documentID=\"xmp.did:SECRET1\"", "stEvt:parameters=\"" + SENTENCE + "\"")
                .doesNotContain("Orientation", "PixelXDimension", "stEvt:when", "xmpMM:DocumentID");
        assertThat(latin(picture)).doesNotContain("PHOTO");
        if (format == ImageFormat.JPEG) {
            assertThat(latin(read.metadata().photoshop())).contains("SECRET caption", "SECRET Paris");
        }
        if (format == ImageFormat.PNG) {
            assertThat(latin(picture)).contains("sRGB\0");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ImageFormat.class,
            names = {"JPEG", "PNG", "WEBP"})
    void attributionCarriesNothingElse(ImageFormat format) throws Exception {
        byte[] picture = picture(jpeg(exif(ByteOrder.LITTLE_ENDIAN), XMP, IPTC), MetadataChoice.ATTRIBUTION, format);

        EmbeddedMetadata read = decoded(picture).metadata();
        Directory main = exifOf(read);
        assertThat(value(main, ARTIST)).isEqualTo("Ada Øst");
        assertThat(value(main, COPYRIGHT)).isEqualTo("© Ada");
        assertThat(value(main, 305)).isEqualTo(SENTENCE);
        assertThat(value(main, GPS)).isNull();
        assertThat(new String(read.xmp(), StandardCharsets.UTF_8))
                .contains("Ada Øst", "© Ada, de", "CC BY 4.0", "https://example.org/licence", "licenses/by/4.0/")
                .contains("Agency", SENTENCE);
        assertThat(latin(picture)).doesNotContain("SECRET", "PHOTO");
        if (format == ImageFormat.JPEG) {
            byte[] datasets = Arrays.copyOfRange(read.photoshop(), 12, read.photoshop().length);
            Directory iptc = new IPTCReader().read(new ByteArrayImageInputStream(datasets));
            assertThat(iptc.getEntryByFieldName("ByLine").getValueAsString()).contains("Ada Øst");
            assertThat(iptc.getEntryByFieldName("CopyrightNotice").getValueAsString())
                    .contains("(c) Ada");
            assertThat(iptc.getEntryByFieldName("Caption")).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ImageFormat.class,
            names = {"JPEG", "PNG", "WEBP"})
    void noneLeavesThePictureAsItWasEncoded(ImageFormat format) throws ImageRefusedException {
        assertThat(picture(jpeg(exif(ByteOrder.BIG_ENDIAN), XMP, IPTC), MetadataChoice.NONE, format))
                .isEqualTo(new ImageEncoder().encode(PICTURE, format, 90));
    }

    @Test
    void aPhotoThatSaysNothingGivesAPictureThatSaysHowItWasMade() throws Exception {
        DecodedImage read = decoded(picture(ImageFiles.bmp(PICTURE), MetadataChoice.KEEP, ImageFormat.JPEG));

        assertThat(value(exifOf(read.metadata()), 305)).isEqualTo(SENTENCE);
        assertThat(new XMPReader()
                        .read(new ByteArrayImageInputStream(read.metadata().xmp()))
                        .size())
                .isPositive();
        assertThat(read.metadata().photoshop()).isEmpty();
    }

    @Test
    void transparentAndLosslessWebpStayThePicturesTheyWere() throws Exception {
        PixelImage translucent = ImageFiles.translucent(2, 33, 17);
        PictureMetadata metadata = chosen(jpeg(exif(ByteOrder.BIG_ENDIAN), XMP, IPTC), MetadataChoice.KEEP);
        for (byte[] webp : List.of(
                ImageFiles.webp(translucent), ImageFiles.losslessWebp(translucent), ImageFiles.losslessWebp(PICTURE))) {
            DecodedImage read = decoded(metadata.embedded(webp, ImageFormat.WEBP));

            assertThat(read.image().pixels()).isEqualTo(decoded(webp).image().pixels());
            assertThat(read.image().hasAlpha()).isEqualTo(decoded(webp).image().hasAlpha());
            assertThat(read.metadata().exif()).isEqualTo(metadata.exif());
            assertThat(read.metadata().xmp()).isEqualTo(metadata.xmp());
        }
    }

    @Test
    void everyFormatOfPhotosIsRead() throws Exception {
        byte[] exif = exif(ByteOrder.LITTLE_ENDIAN);
        byte[] text = RawBytes.join(RawBytes.latin("XML:com.adobe.xmp\0\0\0\0\0"), XMP);
        byte[] compressed = RawBytes.join(RawBytes.latin("XML:com.adobe.xmp\0\1\0\0\0"), RawBytes.deflate(XMP));
        byte[] png = ImageFiles.png(PICTURE);
        byte[] padded = Arrays.copyOf(XMP, (XMP.length + 3) / 4 * 4);
        Arrays.fill(padded, XMP.length, padded.length, (byte) ' ');
        int[] words = new int[padded.length / 4];
        for (int i = 0; i < words.length; i++) {
            words[i] = java.nio.ByteBuffer.wrap(padded)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(4 * i);
        }
        byte[] tiff = RawBytes.tiff(
                Map.of(
                        256, new int[] {4},
                        257, new int[] {2},
                        258, new int[] {8},
                        259, new int[] {1},
                        262, new int[] {1},
                        277, new int[] {1},
                        278, new int[] {2},
                        700, words),
                new byte[8]);
        byte[] extended = RawBytes.webp(
                RawBytes.webpCanvas(0x0C, 40, 24),
                Arrays.copyOfRange(ImageFiles.webp(PICTURE), 12, ImageFiles.webp(PICTURE).length),
                RawBytes.webpChunk("EXIF", RawBytes.join(RawBytes.latin("Exif\0\0"), exif)),
                RawBytes.webpChunk("XMP ", XMP));

        for (byte[] photo : List.of(
                RawBytes.intoPng(png, RawBytes.pngChunk("eXIf", exif), RawBytes.pngChunk("iTXt", text)),
                RawBytes.intoPng(png, RawBytes.pngChunk("eXIf", exif), RawBytes.pngChunk("iTXt", compressed)),
                extended,
                tiff)) {
            PictureMetadata chosen = chosen(photo, MetadataChoice.ATTRIBUTION);

            assertThat(chosen.leftOut()).isEmpty();
            assertThat(new String(chosen.xmp(), StandardCharsets.UTF_8)).contains("licenses/by/4.0/");
            if (photo != tiff) {
                assertThat(new String(chosen.exif(), StandardCharsets.UTF_8)).contains("Ada Øst");
            }
        }
    }

    @Test
    void whatIptcAndPngsTextsSayStandsInXmp() throws Exception {
        String fromIptc = new String(
                chosen(jpeg(NOTHING, NOTHING, IPTC), MetadataChoice.KEEP).xmp(), StandardCharsets.UTF_8);
        byte[] png = RawBytes.intoPng(
                ImageFiles.png(PICTURE),
                RawBytes.pngChunk("tEXt", RawBytes.latin("Author\0Ada \u00d8st")),
                RawBytes.pngChunk("tEXt", RawBytes.latin("Copyright\0CC BY")),
                RawBytes.pngChunk("tEXt", RawBytes.latin("Comment\0SECRET")),
                RawBytes.pngChunk("tEXt", RawBytes.latin("broken")));
        String fromPng = new String(chosen(png, MetadataChoice.ATTRIBUTION).xmp(), StandardCharsets.UTF_8);

        assertThat(fromIptc).contains("Ada Øst", "(c) Ada", "SECRET caption", "photoshop:Credit=\"Agency\"");
        assertThat(fromPng).contains("Ada Øst", "CC BY").doesNotContain("SECRET");
    }

    @Test
    void theSamePhotoGivesTheSameBytesWhateverCameBefore() throws Exception {
        byte[] first = jpeg(NOTHING, packet("http://example.org/one#"), NOTHING);
        byte[] second = jpeg(NOTHING, packet("http://example.org/two#"), NOTHING);

        byte[] once = chosen(first, MetadataChoice.KEEP).xmp();
        byte[] other = chosen(second, MetadataChoice.KEEP).xmp();

        assertThat(new String(other, StandardCharsets.UTF_8)).contains("xmlns:odd=\"http://example.org/two#\"");
        assertThat(chosen(first, MetadataChoice.KEEP).xmp()).isEqualTo(once);
    }

    private static byte[] packet(String namespace) {
        return xmp("<odd:name xmlns:odd=\"" + namespace + "\">a</odd:name>");
    }

    @Test
    void brokenMetadataIsLeftOutAndNamed() throws Exception {
        byte[] bomb = ("<!DOCTYPE x [<!ENTITY a \"" + "a".repeat(100) + "\">]>"
                        + new String(XMP, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        for (byte[] broken : List.of(RawBytes.latin("<x:xmpmeta"), bomb, new byte[] {1, 2, 3})) {
            PictureMetadata chosen = chosen(jpeg(exif(ByteOrder.BIG_ENDIAN), broken, IPTC), MetadataChoice.KEEP);

            assertThat(chosen.leftOut()).containsExactly("xmp");
            assertThat(new String(chosen.xmp(), StandardCharsets.UTF_8))
                    .as("what IPTC says is still there")
                    .contains("Ada Øst", SENTENCE);
        }
        assertThat(chosen(jpeg(RawBytes.latin("no tables here"), XMP, IPTC), MetadataChoice.KEEP)
                        .leftOut())
                .containsExactly("exif");
        assertThat(chosen(jpeg(NOTHING, XMP, RawBytes.latin("no datasets")), MetadataChoice.KEEP)
                        .leftOut())
                .containsExactly("iptc");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cutAndScrambledBlocksNeverFailAndStillGiveReadableOnes(boolean cut) throws Exception {
        byte[] exif = exif(ByteOrder.LITTLE_ENDIAN);
        byte[] photoshop = MetadataBlocks.resource(0x0404, IPTC);
        Random random = new Random(1);
        int damaged = 0;
        DecodedImage photo = decoded(jpeg(NOTHING, NOTHING, NOTHING));
        for (int i = 0; i < 600; i++) {
            EmbeddedMetadata metadata = new EmbeddedMetadata(
                    broken(exif, i, cut, random), NOTHING, NOTHING, broken(photoshop, i, cut, random), Map.of());
            PictureMetadata chosen = PictureMetadata.of(
                    new DecodedImage(photo.image(), photo.format(), 1, 8, "rgb", "srgb", metadata),
                    MetadataChoice.KEEP,
                    NOTE,
                    24,
                    40);
            damaged += chosen.leftOut().size();
            byte[] picture = chosen.embedded(ImageFiles.plainJpeg(PICTURE), ImageFormat.JPEG);
            assertThat(value(exifOf(decoded(picture).metadata()), 305)).isEqualTo(SENTENCE);
        }
        assertThat(damaged).isGreaterThan(300);
    }

    private static byte[] broken(byte[] block, int round, boolean cut, Random random) {
        if (cut) {
            return Arrays.copyOf(block, round % block.length);
        }
        byte[] scrambled = block.clone();
        for (int i = 0; i < 8; i++) {
            scrambled[random.nextInt(block.length)] = (byte) random.nextInt();
        }
        return scrambled;
    }

    @Test
    void whatIsTooLargeForAJpegGivesWayToAttribution() throws Exception {
        String long1 = "x".repeat(70_000);
        byte[] xmp = xmp(
                "<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator><dc:source>" + long1 + "</dc:source>");
        MetadataBlocks blocks = new MetadataBlocks(ByteOrder.BIG_ENDIAN);
        byte[] exif = blocks.exif(
                Map.of(ARTIST, text("Ada"), 0x010E, text("y".repeat(50_000))),
                Map.of(0x9286, undefined(new byte[50_000])),
                Map.of(),
                NOTHING);
        byte[] png = RawBytes.intoPng(
                ImageFiles.png(PICTURE),
                RawBytes.pngChunk("eXIf", exif),
                RawBytes.pngChunk("iTXt", RawBytes.join(RawBytes.latin("XML:com.adobe.xmp\0\0\0\0\0"), xmp)));

        PictureMetadata chosen = chosen(png, MetadataChoice.KEEP);

        assertThat(chosen.leftOut()).containsExactly("exif", "xmp");
        assertThat(latin(chosen.xmp())).contains("Ada").doesNotContain("xxxx");
        assertThat(latin(chosen.exif())).contains("Ada").doesNotContain("yyyy");
        EmbeddedMetadata read = decoded(chosen.embedded(ImageFiles.plainJpeg(PICTURE), ImageFormat.JPEG))
                .metadata();
        assertThat(read.exif()).isEqualTo(chosen.exif());
        assertThat(read.xmp()).isEqualTo(chosen.xmp());
    }

    @Test
    void blocksThatWouldGrowWithoutEndAreLeftOut() throws Exception {
        MetadataBlocks blocks = new MetadataBlocks(ByteOrder.BIG_ENDIAN);
        Map<Integer, MetadataBlocks.Value> many = new TreeMap<>();
        for (int tag = 0xB000; tag < 0xB100; tag++) {
            many.put(tag, undefined(new byte[40_000]));
        }
        byte[] exif = blocks.exif(Map.of(ARTIST, text("Ada")), many, Map.of(), NOTHING);
        byte[] megabytes = new byte[15 << 20];
        Arrays.fill(megabytes, (byte) 'a');
        byte[][] texts = new byte[400][];
        for (int i = 0; i < texts.length; i++) {
            String keyword = i % 2 == 0 ? "Comment " + i : "Author";
            texts[i] = RawBytes.pngChunk(
                    "zTXt",
                    RawBytes.join(RawBytes.latin(keyword + "\0\0"), RawBytes.deflate(i < 4 ? megabytes : NOTHING)));
        }
        byte[] xmp = xmp("<dc:source>" + "x".repeat(5 << 20) + "</dc:source>");
        byte[] png = RawBytes.intoPng(
                ImageFiles.png(PICTURE),
                RawBytes.pngChunk("eXIf", exif),
                RawBytes.pngChunk("iTXt", RawBytes.join(RawBytes.latin("XML:com.adobe.xmp\0\0\0\0\0"), xmp)),
                RawBytes.join(texts));

        assertThat(decoded(png).metadata().texts()).containsOnlyKeys("Author");
        PictureMetadata chosen = chosen(png, MetadataChoice.KEEP);
        assertThat(chosen.leftOut()).containsExactly("exif", "xmp");
        assertThat(latin(chosen.exif())).contains("Ada");
        assertThat(latin(chosen.xmp())).contains("Toonlake 1.2");
    }

    @Test
    void coloursAreConvertedByTheProfileWhichThenHasNoPlaceInThePicture() throws Exception {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] grey = new byte[40 * 24 * 3];
        Arrays.fill(grey, (byte) 55);
        byte[] photo = RawBytes.intoJpeg(
                ImageFiles.plainJpeg(PixelImage.bgr(40, 24, grey)),
                RawBytes.jpegSegment(0xE2, RawBytes.join(RawBytes.latin("ICC_PROFILE\0\1\1"), profile)));

        DecodedImage decoded = decoded(photo);
        assertThat(decoded.profile()).isEqualTo("icc");
        assertThat(decoded.image().pixels()[0] & 0xFF)
                .as("0.2157 of linear light is 128 in sRGB")
                .isBetween(127, 129);
        byte[] picture = PictureMetadata.of(decoded, MetadataChoice.KEEP, NOTE, 40, 24)
                .embedded(new ImageEncoder().encode(decoded.image(), ImageFormat.JPEG, 95), ImageFormat.JPEG);
        DecodedImage again = decoded(picture);
        assertThat(latin(picture)).doesNotContain("ICC_PROFILE");
        assertThat(again.profile()).isEqualTo("srgb");
        assertThat(again.image().pixels()[0] & 0xFF).isBetween(127, 129);
        assertThat(value((Directory) value(exifOf(again.metadata()), EXIF), 40961))
                .isEqualTo(1);
    }

    @Test
    void aRealPhotosThumbnailAndProfileAreDropped() throws Exception {
        byte[] photo = Files.readAllBytes(ReferenceData.require("photos").resolve("v3_51.jpg"));
        DecodedImage decoded = decoded(photo);
        assertThat(((CompoundDirectory) exifOf(decoded.metadata())).directoryCount())
                .as("it has one")
                .isEqualTo(2);

        PictureMetadata chosen = PictureMetadata.of(decoded, MetadataChoice.KEEP, NOTE, 640, 960);

        assertThat(chosen.leftOut()).isEmpty();
        assertThat(chosen.exif().length).as("the thumbnail took 27,932").isLessThan(1_000);
        byte[] picture = chosen.embedded(ImageFiles.plainJpeg(PICTURE), ImageFormat.JPEG);
        Directory main = exifOf(decoded(picture).metadata());
        assertThat(((CompoundDirectory) main).directoryCount()).isEqualTo(1);
        assertThat(String.valueOf(value(main, 282))).startsWith("72");
        assertThat(((Number) value((Directory) value(main, EXIF), 40962)).intValue())
                .isEqualTo(640);
        assertThat(latin(picture)).doesNotContain("ICC_PROFILE", "http://www.iec.ch");
    }
}
