package io.toonlake.averaging;

import static org.apache.spark.sql.functions.col;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.config.Fingerprint;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * The samples a training reads: those of the training split of a photo collection and a cartoon collection, and the cartoons'
 * edge-smoothed twins. In each domain they are ordered by content hash and number of the sample, so that the position of a sample,
 * and with it the worker that gets it, depends on nothing but the samples.
 */
public final class TrainingSamples {
    private static final String TRAIN = "train";

    private final Lake lake;
    private final String photoCollection;
    private final String cartoonCollection;
    private final List<Key> photos;
    private final List<Key> cartoons;
    private final List<Key> edgeSmoothed;

    /**
     * A sample without its pixels.
     *
     * @param cut what its pixels were made by: sample and edge settings
     * @param origin of an edge-smoothed one, the settings that its cartoon was cut by; of others, their own
     */
    private record Key(String sha256, int index, int sizePixels, String cut, String origin) {
        /** Sorts as (sha256, index) does. */
        String name() {
            return name(sha256, index);
        }

        static String name(String sha256, int index) {
            return String.format(Locale.ROOT, "%s#%06d", sha256, index);
        }

        String making() {
            return making(cut, origin);
        }

        static String making(String cut, String origin) {
            return cut + " " + origin;
        }
    }

    private TrainingSamples(Lake lake, String photoCollection, String cartoonCollection, boolean edgeTerm) {
        this.lake = lake;
        this.photoCollection = photoCollection;
        this.cartoonCollection = cartoonCollection;
        this.photos = keys(Table.SAMPLES, photoCollection);
        this.cartoons = keys(Table.SAMPLES, cartoonCollection);
        this.edgeSmoothed = edgeTerm ? twins() : List.of();
    }

    /** Looks the samples up, without their pixels. */
    public static TrainingSamples of(Lake lake, String photos, String cartoons, boolean edgeTerm) {
        return new TrainingSamples(lake, photos, cartoons, edgeTerm);
    }

    /** How many samples a training on them reads. */
    public long count() {
        return (long) photos.size() + cartoons.size() + edgeSmoothed.size();
    }

    public String photoCollection() {
        return photoCollection;
    }

    public String cartoonCollection() {
        return cartoonCollection;
    }

    public int photos() {
        return photos.size();
    }

    public int cartoons() {
        return cartoons.size();
    }

    /** sha256 over which samples these are and how they were cut and smoothed. */
    public String fingerprint() {
        List<String> parts = new ArrayList<>();
        for (List<Key> keys : List.of(photos, cartoons, edgeSmoothed)) {
            parts.add(String.valueOf(keys.size()));
            keys.forEach(key -> parts.add(key.name() + " " + key.cut()));
        }
        return Fingerprint.of(parts.toArray(String[]::new));
    }

    /** Why training on them cannot start; each with the way out. */
    public List<String> problems(int workers, int cropPixels, boolean edgeTerm) {
        List<String> problems = new ArrayList<>();
        problems.addAll(domainProblems("--photos", photoCollection, "photo", photos, workers, cropPixels));
        problems.addAll(domainProblems("--cartoons", cartoonCollection, "cartoon", cartoons, workers, cropPixels));
        if (edgeTerm && !cartoons.isEmpty()) {
            problems.addAll(edgeProblems());
        }
        return problems;
    }

    private List<String> domainProblems(
            String option, String collection, String domain, List<Key> keys, int workers, int cropPixels) {
        if (keys.isEmpty()) {
            return List.of(
                    "Invalid " + option + ": " + collection + " (it has no samples for training; run toonlake ingest "
                            + "--domain " + domain + " --collection " + collection + " --tables " + lake.root()
                            + " on more images, or with a smaller ingest.test-fraction)");
        }
        List<String> problems = new ArrayList<>();
        if (keys.size() < workers) {
            problems.add("Invalid train.workers: " + workers + " (must be <= " + keys.size() + ", the number of "
                    + domain + " samples in " + collection + ")");
        }
        int smallest = keys.stream().mapToInt(Key::sizePixels).min().orElseThrow();
        if (smallest < cropPixels) {
            problems.add("Invalid train.crop-pixels: " + cropPixels + " (must be <= " + smallest
                    + ", the size of the samples of " + collection
                    + "; or ingest with a larger ingest.sample.size-pixels)");
        }
        return problems;
    }

    private List<String> edgeProblems() {
        Map<String, Key> smoothed = new HashMap<>();
        edgeSmoothed.forEach(key -> smoothed.put(key.name(), key));
        long missing = cartoons.stream()
                .filter(key -> !smoothed.containsKey(key.name())
                        || !smoothed.get(key.name()).origin().equals(key.cut()))
                .count();
        String wayOut = "run toonlake edge-smooth --tables " + lake.root() + " --collection " + cartoonCollection
                + ", or train without them: --set train.adversarial.edge-term=false";
        if (edgeSmoothed.isEmpty()) {
            return List.of(
                    "Cannot train on " + cartoonCollection + ": it has no edge-smoothed samples (" + wayOut + ")");
        }
        if (missing > 0) {
            return List.of("Cannot train on " + cartoonCollection + ": " + missing + " of its " + cartoons.size()
                    + " samples are not edge-smoothed, or were before they were cut anew (" + wayOut + ")");
        }
        long settings = edgeSmoothed.stream().map(Key::cut).distinct().count();
        if (settings > 1) {
            return List.of("Cannot train on " + cartoonCollection + ": its samples are edge-smoothed with " + settings
                    + " different settings (" + wayOut + ")");
        }
        return List.of();
    }

    /**
     * One partition a worker: the samples whose position leaves {@code worker} when divided by the number of workers, photos,
     * cartoons, edge-smoothed, each in order.
     */
    JavaRDD<TrainingSample> shares(JavaSparkContext context, int workers) {
        return placed(context, Kind.PHOTO, Table.SAMPLES, photoCollection, photos)
                .union(placed(context, Kind.CARTOON, Table.SAMPLES, cartoonCollection, cartoons))
                .union(placed(context, Kind.EDGE_SMOOTHED, Table.EDGE_SMOOTHED, cartoonCollection, edgeSmoothed))
                .partitionBy(new ByPosition(workers))
                .values()
                .mapPartitions(TrainingSamples::inOrder);
    }

    /** @throws UnreachableException where the shares are not what was looked up, because the tables have changed since */
    void checkWhole(JavaRDD<TrainingSample> shares) {
        long found = shares.count();
        if (found != count()) {
            throw new UnreachableException("Cannot read the samples of " + photoCollection + " and " + cartoonCollection
                    + " in " + lake.root() + ": " + found + " of " + count()
                    + " are there (another job is changing them; run train again)");
        }
    }

    private JavaPairRDD<Integer, TrainingSample> placed(
            JavaSparkContext context, Kind kind, Table table, String collection, List<Key> keys) {
        if (keys.isEmpty()) {
            return JavaPairRDD.fromJavaRDD(context.emptyRDD());
        }
        Broadcast<String[]> names =
                context.broadcast(keys.stream().map(Key::name).toArray(String[]::new));
        Broadcast<String[]> makings =
                context.broadcast(keys.stream().map(Key::making).toArray(String[]::new));
        PairFlatMapFunction<Row, Integer, TrainingSample> place = row -> {
            String name = Key.name(row.getString(0), row.getInt(1));
            int position = Arrays.binarySearch(names.value(), name);
            // One that was cut anew since it was looked up is another.
            return position < 0
                            || !Key.making(row.getString(3), row.getString(4)).equals(makings.value()[position])
                    ? List.<Tuple2<Integer, TrainingSample>>of().iterator()
                    : List.of(new Tuple2<>(position, new TrainingSample(kind, position, name, row.getAs(2))))
                            .iterator();
        };
        return rows(table, collection)
                .select("sha256", "sample_index", "pixels", "settings_fingerprint", origin(table))
                .toJavaRDD()
                .flatMapToPair(place);
    }

    private Dataset<Row> rows(Table table, String collection) {
        return lake.read(table)
                .filter(col("collection").equalTo(collection).and(col("split").equalTo(TRAIN)));
    }

    /** The edge-smoothed samples whose cartoon is there, so that where all are smoothed a cartoon and its twin have one position. */
    private List<Key> twins() {
        Set<String> names = cartoons.stream().map(Key::name).collect(Collectors.toSet());
        return keys(Table.EDGE_SMOOTHED, cartoonCollection).stream()
                .filter(key -> names.contains(key.name()))
                .toList();
    }

    /** The column that says by which settings a sample was cut. */
    private static String origin(Table table) {
        return table == Table.EDGE_SMOOTHED ? "sample_fingerprint" : "settings_fingerprint";
    }

    private List<Key> keys(Table table, String collection) {
        List<Key> keys = new ArrayList<>();
        for (Row row : rows(table, collection)
                .select("sha256", "sample_index", "size_pixels", "settings_fingerprint", origin(table))
                .collectAsList()) {
            keys.add(new Key(row.getString(0), row.getInt(1), row.getInt(2), row.getString(3), row.getString(4)));
        }
        keys.sort(Comparator.comparing(Key::name));
        return keys;
    }

    private static Iterator<TrainingSample> inOrder(Iterator<TrainingSample> share) {
        List<TrainingSample> samples = new ArrayList<>();
        share.forEachRemaining(samples::add);
        samples.sort(Comparator.comparing(TrainingSample::kind).thenComparing(TrainingSample::position));
        return samples.iterator();
    }

    private static final class ByPosition extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int workers;

        private ByPosition(int workers) {
            this.workers = workers;
        }

        @Override
        public int numPartitions() {
            return workers;
        }

        @Override
        public int getPartition(Object position) {
            return (Integer) position % workers;
        }
    }
}
