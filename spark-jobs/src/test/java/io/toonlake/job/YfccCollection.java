package io.toonlake.job;

import io.toonlake.image.PixelImage;
import io.toonlake.licence.FlickrLicence;
import io.toonlake.scene.SyntheticScenes;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * A made-up collection in the form of YFCC100M, of any number of rows: metadata in both layouts, a file of hashes, and a bucket of images. What
 * is to become of a row with {@link #FILTERS} is decided first, and the row is made for it, so that counts are known without reading a line. The
 * same seed and row give the same line; nothing is held in memory.
 */
final class YfccCollection {
    /** The filters that {@link Fate} means. */
    static final List<String> FILTERS = List.of(
            "--any-tag=lake,black and white",
            "--taken-since=2010-01-01",
            "--taken-before=2012-01-01",
            "--uploaded-since=2010-01-01",
            "--uploaded-before=2013-01-01",
            "--bounding-box=5.9,45.8,10.5,47.8");

    private static final int[] CREATIVE_COMMONS = {1, 2, 4, 5};
    private static final int[] NO_DERIVATIVES = {3, 6};
    private static final DateTimeFormatter TAKEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'.0'");
    private static final long SINCE = Instant.parse("2010-01-01T00:00:00Z").getEpochSecond();
    private static final int TWO_YEARS = 2 * 365 * 86_400;
    private static final int PICTURES = 8;
    private static final int REPEATED_EVERY = 20;

    /** What becomes of a row, with its share in a thousand rows. */
    enum Fate {
        KEPT(20),
        /** An image that is cut short. */
        TRUNCATED(3),
        IMAGE_MISSING(5),
        NO_HASH(4),
        VIDEO(60),
        LICENCE(300),
        TAGS(300),
        TAKEN(150),
        UPLOADED(30),
        PLACE(100),
        BAD_LAYOUT(6),
        BAD_ID(4),
        BAD_DATE(4),
        BAD_PLACE(4),
        BAD_ENCODING(4),
        UNKNOWN_LICENCE(4),
        BAD_MARKER(2),
        /** A row that was there before. */
        REPEATED(0);

        private final int share;

        Fate(int share) {
            this.share = share;
        }

        /** As summaries spell it. */
        String code() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        boolean isFiltered() {
            return List.of(VIDEO, LICENCE, TAGS, TAKEN, UPLOADED, PLACE, REPEATED)
                    .contains(this);
        }

        boolean isBroken() {
            return name().startsWith("BAD") || this == UNKNOWN_LICENCE;
        }

        boolean isQuarantined() {
            return this != KEPT && !isFiltered();
        }
    }

    private final long seed;
    private final Path folder;
    private final byte[][] pictures = new byte[PICTURES][];

    /** @param folder where {@code bucket}, metadata and hashes are written */
    YfccCollection(long seed, Path folder) {
        this.seed = seed;
        this.folder = folder;
    }

    Path bucket() {
        return folder.resolve("bucket");
    }

    Path hashes() {
        return folder.resolve("yfcc100m_hash.bz2");
    }

    /**
     * Writes rows to a file of metadata, packed as its name says, and their images.
     *
     * @param numbered whether in the layout of 25 columns
     */
    Path write(String name, long from, long to, boolean numbered) throws IOException {
        Path file = folder.resolve(name);
        try (Writer out = writer(file)) {
            for (long row = from; row < to; row++) {
                out.write(line(row, numbered));
                out.write('\n');
                image(row);
            }
        }
        return file;
    }

    /** Writes the hashes of some rows, as metadata of 23 columns needs them. */
    void writeHashes(long from, long to) throws IOException {
        try (Writer out = writer(hashes())) {
            for (long row = from; row < to; row++) {
                if (fate(row) != Fate.NO_HASH) {
                    out.write(id(row) + "\t" + hash(row) + "\n");
                }
            }
        }
    }

    private static Writer writer(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        CompressionCodec codec =
                new CompressionCodecFactory(new Configuration()).getCodec(new org.apache.hadoop.fs.Path(file.toUri()));
        OutputStream out = Files.newOutputStream(file);
        return new BufferedWriter(
                new OutputStreamWriter(codec == null ? out : codec.createOutputStream(out), StandardCharsets.UTF_8));
    }

    /** How many rows there are of each fate. */
    Map<Fate, Long> fates(long rows) {
        Map<Fate, Long> counts = new EnumMap<>(Fate.class);
        for (long row = 0; row < rows; row++) {
            counts.merge(fate(row), 1L, Long::sum);
        }
        return counts;
    }

    Fate fate(long row) {
        if (row % REPEATED_EVERY == REPEATED_EVERY - 1 && drawn(row - 1) == Fate.KEPT) {
            return Fate.REPEATED;
        }
        return drawn(row);
    }

    private Fate drawn(long row) {
        int at = random(row).nextInt(1000);
        for (Fate fate : Fate.values()) {
            at -= fate.share;
            if (at < 0) {
                return fate;
            }
        }
        throw new IllegalStateException("the shares are not a thousand");
    }

    private SplittableRandom random(long row) {
        return new SplittableRandom(seed * 1_000_003 + row);
    }

    private static long id(long row) {
        return 3_000_000_000L + row;
    }

    String hash(long row) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5")
                            .digest((seed + "/" + row).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path imageFile(long row) {
        String hash = hash(row);
        return bucket().resolve(
                        "data/images/" + hash.substring(0, 3) + "/" + hash.substring(3, 6) + "/" + hash + ".jpg");
    }

    /** Draws the image of a row that has one. */
    void image(long row) throws IOException {
        Fate fate = fate(row);
        if (fate == Fate.KEPT || fate == Fate.TRUNCATED) {
            int picture = (int) (row % PICTURES);
            if (pictures[picture] == null) {
                PixelImage drawn = SyntheticScenes.photo(picture, 160, 120);
                pictures[picture] = JobFixture.encoded("x.jpg", drawn);
            }
            byte[] whole = pictures[picture];
            Path file = imageFile(row);
            Files.createDirectories(file.getParent());
            Files.write(file, fate == Fate.KEPT ? whole : Arrays.copyOf(whole, whole.length / 2));
        }
    }

    String title(long row) {
        return "Lake & hills, \"no. " + row + "\" – 50%";
    }

    String line(long row, boolean numbered) {
        Fate fate = fate(row);
        return fate == Fate.REPEATED ? line(row - 1, Fate.KEPT, numbered) : line(row, fate, numbered);
    }

    private String line(long row, Fate fate, boolean numbered) {
        SplittableRandom random = random(row);
        random.nextInt(); // The fate's.
        String owner = random.nextInt(10_000, 99_999_999) + "@N0" + random.nextInt(10);
        FlickrLicence licence = FlickrLicence.of(one(random, fate == Fate.LICENCE ? NO_DERIVATIVES : CREATIVE_COMMONS))
                .orElseThrow();
        String tags = fate == Fate.TAGS
                ? "lakeside,city,black"
                : random.nextBoolean() ? "mountain,Lake,b%26w" : "black+and+white,hills";
        long taken = SINCE + random.nextInt(TWO_YEARS) + (fate == Fate.TAKEN ? TWO_YEARS : 0);
        long uploaded = fate == Fate.UPLOADED ? SINCE - 1 : taken + random.nextInt(86_400);
        boolean nowhere = fate == Fate.PLACE && random.nextBoolean();
        double longitude = 6 + 4 * random.nextDouble() + (fate == Fate.PLACE ? 20 : 0);
        double latitude = 46 + random.nextDouble();
        String page = "http://www.flickr.com/photos/" + owner + "/" + id(row) + "/";
        String source = "http://farm6.staticflickr.com/5/" + id(row) + "_0123456789.jpg";
        String[] columns = {
            fate == Fate.BAD_ID ? "id" + id(row) : String.valueOf(id(row)),
            owner,
            encoded("Päule " + random.nextInt(100)),
            fate == Fate.BAD_DATE
                    ? "2011-02-31 10:00:00.0"
                    : TAKEN.format(LocalDateTime.ofEpochSecond(taken, 0, ZoneOffset.UTC)),
            String.valueOf(uploaded),
            "NIKON+D90",
            encoded(title(row)),
            fate == Fate.BAD_ENCODING ? "" : encoded("A\nday\tout"),
            fate == Fate.BAD_ENCODING ? "50%,lake" : tags,
            "geo:lat%3D46.5",
            nowhere ? "" : fate == Fate.BAD_PLACE ? "-200" : String.format(java.util.Locale.ROOT, "%.6f", longitude),
            nowhere ? "" : String.format(java.util.Locale.ROOT, "%.6f", latitude),
            nowhere ? "" : "16",
            page,
            source,
            fate == Fate.UNKNOWN_LICENCE ? "Beerware" : name(licence),
            licence.url().replace("https", "http"),
            "5",
            "6",
            "0123456789",
            "9876543210",
            "jpg",
            fate == Fate.BAD_MARKER ? "photo" : fate == Fate.VIDEO ? "1" : "0"
        };
        String line = String.join("\t", columns);
        if (numbered) {
            line = row + "\t" + line.replaceFirst("\t", "\t" + (fate == Fate.NO_HASH ? "" : hash(row)) + "\t");
        }
        return fate == Fate.BAD_LAYOUT ? line.substring(0, line.lastIndexOf('\t')) : line;
    }

    private static int one(SplittableRandom random, int... values) {
        return values[random.nextInt(values.length)];
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String name(FlickrLicence licence) {
        return switch (licence.id()) {
            case 1 -> "Attribution-NonCommercial-ShareAlike License";
            case 2 -> "Attribution-NonCommercial License";
            case 3 -> "Attribution-NonCommercial-NoDerivs License";
            case 4 -> "Attribution License";
            case 5 -> "Attribution-ShareAlike License";
            default -> "Attribution-NoDerivs License";
        };
    }
}
