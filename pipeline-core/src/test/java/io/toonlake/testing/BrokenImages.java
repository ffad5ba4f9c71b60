package io.toonlake.testing;

import static io.toonlake.image.RefusalReason.ANIMATED;
import static io.toonlake.image.RefusalReason.CORRUPT;
import static io.toonlake.image.RefusalReason.EMPTY;
import static io.toonlake.image.RefusalReason.NOT_AN_IMAGE;
import static io.toonlake.image.RefusalReason.TOO_MANY_PIXELS;
import static io.toonlake.image.RefusalReason.TRUNCATED;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_COLOUR;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import io.toonlake.image.PixelImage;
import io.toonlake.image.RefusalReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Malformed files of every kind, each with the reason it must be refused for, and awkward good ones to hide among them. The
 * same seed gives the same files. All pictures are at least 40 pixels on their shorter side.
 */
public final class BrokenImages {

    private static final int HUGE = 60_000;

    /**
     * One file of a collection.
     *
     * @param name its path below the collection's folder, with forward slashes
     * @param expected why it is to be refused; empty for a good one
     */
    public record Item(String name, byte[] bytes, Optional<RefusalReason> expected) {

        /** Writes the file, and the folders above it. */
        public Path writeBelow(Path folder) throws IOException {
            Path path = folder.resolve(name);
            Files.createDirectories(path.getParent());
            return Files.write(path, bytes);
        }

        @Override
        public String toString() {
            return name + expected.map(reason -> " (" + reason.code() + ")").orElse("");
        }
    }

    private final Random random;
    private final List<Item> items = new ArrayList<>();

    private BrokenImages(long seed) {
        this.random = new Random(seed);
    }

    /** {@code count} malformed files, the kinds taking turns. */
    public static List<Item> malformed(long seed, int count) {
        BrokenImages broken = new BrokenImages(seed);
        while (broken.items.size() < count) {
            broken.addRound();
        }
        return List.copyOf(broken.items.subList(0, count));
    }

    /** {@code count} good pictures: every format, wrong and missing extensions, a folder named like a picture. */
    public static List<Item> good(long seed, int count) {
        Random random = new Random(seed);
        String[] names = {
            "plain-%d.jpg", "really-a-png-%d.jpg", "x.jpg/in-a-folder-%d.jpg", "webp-%d.webp", "really-a-jpeg-%d.png",
            "bitmap-%d.bmp", "x.jpg/deep.png/tiff-%d.tif", "no-extension-%d", "trailing-%d.jpg",
                    "with space und ü %d.jpeg"
        };
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PixelImage picture =
                    ImageFiles.picture(random.nextLong(), 48 + random.nextInt(40), 48 + random.nextInt(40));
            byte[] bytes = switch (i % names.length) {
                case 1 -> ImageFiles.png(picture);
                case 3 -> ImageFiles.webp(picture);
                case 5 -> ImageFiles.bmp(picture);
                case 6 -> ImageFiles.tiff(picture, "LZW");
                case 8 -> RawBytes.join(ImageFiles.jpeg(picture), RawBytes.latin("after the end"));
                default -> ImageFiles.jpeg(picture);
            };
            items.add(new Item(String.format(names[i % names.length], i), bytes, Optional.empty()));
        }
        return List.copyOf(items);
    }

    private void addRound() {
        PixelImage picture = ImageFiles.picture(random.nextLong(), 48 + random.nextInt(40), 48 + random.nextInt(40));
        cut("baseline", "jpg", ImageFiles.jpeg(picture), 3);
        cut("progressive", "jpg", ImageFiles.progressiveJpeg(picture), 3);
        cut("plain", "png", ImageFiles.png(picture), 8);
        cut("interlaced", "png", ImageFiles.interlacedPng(picture), 8);
        cut("lossy", "webp", ImageFiles.webp(picture), 12);
        cut("lossless", "webp", ImageFiles.losslessWebp(picture), 12);
        cut("bitmap", "bmp", ImageFiles.bmp(picture), 10);
        cut("lzw", "tif", ImageFiles.tiff(picture, "LZW"), 4);
        cut("deflate", "tif", ImageFiles.tiff(picture, "Deflate"), 4);
        add("empty", "jpg", new byte[0], EMPTY);
        add("text", "jpg", RawBytes.latin("Not a picture, number " + random.nextInt() + "\n"), NOT_AN_IMAGE);
        byte[] noise = new byte[500 + random.nextInt(2000)];
        random.nextBytes(noise);
        noise[0] = 7; // begins no format
        add("noise", "png", noise, NOT_AN_IMAGE);
        addHuge();
        addDamaged(picture);
        add("gif", "jpg", RawBytes.join(RawBytes.latin("GIF89a"), noise), UNSUPPORTED_FORMAT);
        add(
                "heic",
                "jpg",
                RawBytes.join(RawBytes.of(0, 0, 0, 24), RawBytes.latin("ftypheic"), noise),
                UNSUPPORTED_FORMAT);
        add("animated", "webp", RawBytes.webp(RawBytes.webpCanvas(2, 64, 64)), ANIMATED);
        add("lab", "tif", RawBytes.tiff(tags(64, 64, 8), new byte[64 * 64 * 3]), UNSUPPORTED_COLOUR);
    }

    private void addHuge() {
        byte[] start = RawBytes.of(0xFF, 0xD8);
        add("huge", "jpg", RawBytes.join(start, RawBytes.jpegFrame(HUGE, HUGE)), TOO_MANY_PIXELS);
        add("huge", "png", RawBytes.png(RawBytes.pngHeader(HUGE, HUGE, 8, 2, 0)), TOO_MANY_PIXELS);
        add("huge", "webp", RawBytes.webp(RawBytes.webpCanvas(0, HUGE, HUGE)), TOO_MANY_PIXELS);
        add("huge", "bmp", RawBytes.bmp(HUGE, HUGE, 24, new byte[16]), TOO_MANY_PIXELS);
        add("huge", "tif", RawBytes.tiff(tags(HUGE, HUGE, 2), new byte[16]), TOO_MANY_PIXELS);
    }

    private void addDamaged(PixelImage picture) {
        byte[] jpeg = ImageFiles.jpeg(picture);
        // Across restart markers, whose absence is seen whatever zeros happen to decode to.
        Arrays.fill(jpeg, jpeg.length * 2 / 3, jpeg.length * 5 / 6, (byte) 0);
        add("zeroed", "jpg", jpeg, CORRUPT);
        byte[] png = ImageFiles.png(picture);
        png[50 + random.nextInt(png.length - 70)] ^= (byte) (1 << random.nextInt(8));
        add("flipped", "png", png, CORRUPT);
        byte[] rows = new byte[48 * (1 + 48 * 3) / 2];
        byte[] half = RawBytes.png(
                RawBytes.pngHeader(48, 48, 8, 2, 0),
                RawBytes.pngChunk("IDAT", RawBytes.deflate(rows)),
                RawBytes.pngChunk("IEND", new byte[0]));
        add("half-the-rows", "png", half, TRUNCATED);
    }

    private static Map<Integer, int[]> tags(int width, int height, int photometric) {
        return Map.of(
                256, new int[] {width},
                257, new int[] {height},
                258, new int[] {8, 8, 8},
                262, new int[] {photometric},
                277, new int[] {3});
    }

    /** A file that ends anywhere between its magic bytes and its last byte. */
    private void cut(String kind, String extension, byte[] whole, int from) {
        int length = from + random.nextInt(whole.length - from);
        add("cut-" + kind, extension, Arrays.copyOf(whole, length), TRUNCATED);
    }

    private void add(String kind, String extension, byte[] bytes, RefusalReason expected) {
        String name = String.format("%s-%03d.%s", kind, items.size(), extension);
        items.add(new Item(name, bytes, Optional.of(expected)));
    }
}
