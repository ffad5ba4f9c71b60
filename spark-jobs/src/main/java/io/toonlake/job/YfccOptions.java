package io.toonlake.job;

import io.toonlake.flickr.FlickrQuery;
import io.toonlake.licence.FlickrLicence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Photos on Flickr, of YFCC100M or found by Flickr's search: where metadata and images are, and which photos are wanted. */
final class YfccOptions {
    @Option(
            names = "--yfcc",
            paramLabel = "URI",
            description =
                    "Metadata of YFCC100M, plain, .gz or .bz2, in either layout; or a folder of such files. Repeatable. Takes photos of a bucket "
                            + "instead of a folder; what follows goes with it, or with --flickr-search.")
    private List<String> metadata = new ArrayList<>();

    @Option(
            names = "--flickr-search",
            description =
                    "Takes photos that Flickr's API finds now, instead of YFCC100M's; by upload time, slice by slice, at the pace of ingest.flickr. "
                            + "Needs --fetch, and a key of the API in environment variable FLICKR_API_KEY.")
    private boolean search;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "Of --flickr-search: only photos with this in title, description or tags.")
    private String text;

    @ArgGroup(multiplicity = "1")
    private Images images;

    /** One of these, and no more. */
    static final class Images {
        @Option(
                names = "--images",
                required = true,
                paramLabel = "URI",
                description =
                        "Root of the bucket or its copy: images are looked for in its data/images/HHH/HHH/HASH.jpg.")
        private String bucket;

        @ArgGroup(exclusive = false)
        private Web web;
    }

    /** Images from their URLs. */
    static final class Web {
        @Option(
                names = "--fetch",
                required = true,
                paramLabel = "URI",
                description =
                        "Fetches the images from the URLs in the metadata, or that Flickr's API gives, as ingest.fetch says, and keeps them in this folder; what "
                                + "lies there is not fetched again. Needs ingest.fetch.contact.")
        private String folder;

        @Option(
                names = "--fetch-again",
                description =
                        "Also asks for images that an earlier run was refused for good: gone, taken-down, opted-out and so on.")
        private boolean again;
    }

    @Option(
            names = "--yfcc-hashes",
            paramLabel = "URI",
            description =
                    "File with id and hash a line (yfcc100m_hash), for metadata of 23 columns, which has no hashes.")
    private String hashes;

    @Option(
            names = "--licence",
            paramLabel = "ID",
            split = ",",
            description =
                    "Only photos of these licences, by Flickr's ids, 0 to 16; repeatable. Default: all but those that allow no pictures made from "
                            + "the photo (0, 3, 6, 13, 16).")
    private List<Integer> licences = new ArrayList<>();

    @Option(
            names = "--any-tag",
            paramLabel = "TAG",
            split = ",",
            description = "Only photos with one of these tags, in any case; machine tags too. Repeatable.")
    private List<String> anyTags = new ArrayList<>();

    @Option(
            names = "--every-tag",
            paramLabel = "TAG",
            split = ",",
            description = "Only photos with all of these tags. Repeatable.")
    private List<String> everyTag = new ArrayList<>();

    @Option(
            names = "--taken-since",
            paramLabel = "TIME",
            description = "Only photos taken then or later, by the camera's clock: 2014-04-01 or 2014-04-01T18:30:00Z.")
    private String takenSince;

    @Option(names = "--taken-before", paramLabel = "TIME", description = "Only photos taken before.")
    private String takenBefore;

    @Option(
            names = "--uploaded-since",
            paramLabel = "TIME",
            description = "Only photos uploaded to Flickr then or later, UTC.")
    private String uploadedSince;

    @Option(names = "--uploaded-before", paramLabel = "TIME", description = "Only photos uploaded before.")
    private String uploadedBefore;

    @Option(
            names = "--bounding-box",
            paramLabel = "W,S,E,N",
            description =
                    "Only photos taken between these longitudes and latitudes, in degrees: 5.9,45.8,10.5,47.8. A west greater than the "
                            + "east goes across the date line.")
    private String boundingBox;

    /** Where the photos come from, as table {@code provenance} spells it. */
    String source() {
        return search ? "flickr-api" : "yfcc100m";
    }

    /** What holds them, for messages. */
    String holder() {
        return search ? "Flickr" : "YFCC100M";
    }

    /** @throws UsageException for options that do not go together */
    void check() {
        if (search == !metadata.isEmpty()) {
            throw new UsageException(
                    search
                            ? "Invalid --yfcc: " + metadata.get(0)
                                    + " (--flickr-search asks Flickr instead; give one of them)"
                            : "Missing --yfcc: which photos there are (metadata of YFCC100M; or --flickr-search, which asks Flickr)");
        }
        if (!search && text != null) {
            throw new UsageException("Invalid --text: " + text
                    + " (YFCC100M is not searched for texts; --any-tag and --every-tag go for it)");
        }
        if (search) {
            checkSearch();
        }
    }

    private void checkSearch() {
        if (images.web == null) {
            throw new UsageException(
                    "Invalid --images: " + images.bucket
                            + " (photos that --flickr-search finds lie on Flickr's servers: --fetch FOLDER takes them from there)");
        }
        if (!anyTags.isEmpty() && !everyTag.isEmpty()) {
            throw new UsageException("Invalid --every-tag: " + String.join(",", everyTag)
                    + " (Flickr searches for any of some tags or for all of them, and --any-tag is given too)");
        }
        YfccSelection.Box box = boundingBox == null ? null : box(boundingBox);
        if (box != null && box.west() > box.east()) {
            throw new UsageException(
                    "Invalid --bounding-box: " + boundingBox
                            + " (Flickr does not search across the date line; search on both sides of it, one after the other)");
        }
    }

    /** The photos that are wanted, as the metadata has them, and what becomes of all other rows. */
    YfccSelection selection() {
        for (int id : licences) {
            if (FlickrLicence.of(id).isEmpty()) {
                throw new UsageException("Invalid --licence: " + id + " (Flickr's ids are 0 to 16)");
            }
        }
        List<Integer> accepted = licences.isEmpty()
                ? Arrays.stream(FlickrLicence.values())
                        .filter(licence -> !licence.isLeftOutByDefault())
                        .map(FlickrLicence::id)
                        .toList()
                : licences;
        return new YfccSelection(
                accepted,
                // Flickr has looked at tags, and gives them without the blanks and signs that they were asked for with.
                search ? List.of() : lowerCase(anyTags),
                search ? List.of() : lowerCase(everyTag),
                new YfccSelection.Period(
                        SelectionOptions.time("--taken-since", takenSince),
                        SelectionOptions.time("--taken-before", takenBefore)),
                new YfccSelection.Period(
                        SelectionOptions.time("--uploaded-since", uploadedSince),
                        SelectionOptions.time("--uploaded-before", uploadedBefore)),
                boundingBox == null ? null : box(boundingBox));
    }

    private static List<String> lowerCase(List<String> tags) {
        return tags.stream().map(tag -> tag.strip().toLowerCase(Locale.ROOT)).toList();
    }

    private static YfccSelection.Box box(String given) {
        try {
            List<Double> sides =
                    Arrays.stream(given.split(",", -1)).map(Double::valueOf).collect(Collectors.toList());
            if (sides.size() == 4
                    && sides.get(1) <= sides.get(3)
                    && Math.max(Math.abs(sides.get(0)), Math.abs(sides.get(2))) <= 180
                    && Math.max(Math.abs(sides.get(1)), Math.abs(sides.get(3))) <= 90) {
                return new YfccSelection.Box(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
            }
        } catch (NumberFormatException e) {
            // The same message as for numbers that make no box.
        }
        throw new UsageException("Invalid --bounding-box: " + given
                + " (west, south, east, north in degrees, such as 5.9,45.8,10.5,47.8; the south below the north)");
    }

    /** @param figures gets what a search took, for the summary */
    Dataset<Row> metadata(JobContext context, Map<String, Double> figures) {
        if (!search) {
            return YfccMetadata.read(context, metadata);
        }
        YfccSelection wanted = selection();
        FlickrSearch flickr = new FlickrSearch(
                context,
                context.storage().canonical(images.web.folder),
                query(wanted),
                wanted.uploaded(),
                FlickrCalls.key(System.getenv(), "--flickr-search"));
        Dataset<Row> photos = flickr.photos();
        figures.putAll(flickr.figures());
        return photos;
    }

    private FlickrQuery query(YfccSelection wanted) {
        YfccSelection.Box box = wanted.box();
        return new FlickrQuery(
                text == null ? "" : text.strip(),
                lowerCase(everyTag.isEmpty() ? anyTags : everyTag),
                !everyTag.isEmpty(),
                wanted.licences().stream().distinct().sorted().toList(),
                box == null ? List.of() : List.of(box.west(), box.south(), box.east(), box.north()),
                wanted.taken().since(),
                wanted.taken().before());
    }

    /** Rows {@code photo_id, found_hash}, or null where there is no such file. */
    Dataset<Row> hashes(JobContext context) {
        return hashes == null ? null : YfccMetadata.hashes(context, hashes);
    }

    /** @param quarantine for images that cannot be fetched */
    YfccImages images(JobContext context, YfccQuarantine quarantine) {
        if (images.web == null) {
            return new BucketImages(context, bucketFolder(context));
        }
        if (hashes != null) {
            throw new UsageException("Invalid --yfcc-hashes: " + hashes
                    + " (hashes name images in the bucket, of --images; --fetch goes by URLs)");
        }
        return FetchedImages.into(context, images.web.folder, images.web.again, quarantine);
    }

    /** The folder below which images lie by their hashes. */
    private String bucketFolder(JobContext context) {
        Path root = context.storage().qualified(images.bucket);
        YfccMetadata.existing(context.storage(), root, "--images");
        return YfccMetadata.existing(context.storage(), new Path(root, "data/images"), "--images")
                .toString();
    }
}
