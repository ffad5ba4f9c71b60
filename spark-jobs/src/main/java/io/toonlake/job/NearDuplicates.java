package io.toonlake.job;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds pictures whose 64-bit perceptual hashes differ in at most {@code bits} bits from an original's: a picture that was there before,
 * or one with a smaller path, and in both cases none that repeats another itself. So the first picture of a slow pan stands for those
 * like it, the first that is unlike it for the next ones, and nothing changes with where a sequence is cut into batches as long as
 * each is given the originals of those before. Of several originals the one with the smallest path counts.
 *
 * <p>No two hashes are compared in vain by the million: a hash is cut into four bands of 16 bits. Where two hashes differ in at most
 * {@code bits} bits, some band differs in at most {@code bits / 4} of them (pigeonhole), so looking up every band with every such
 * change of it finds all pairs through equality alone: by joins with the originals there were, which may be many, and in the driver's
 * memory among the fresh pictures, which are one batch and must be decided one after the other. No pair of fresh pictures is ever
 * held, only those that became originals.
 */
final class NearDuplicates {
    private static final int BANDS = 4;
    private static final int BAND_BITS = 16;
    private static final StructType FOUND = new StructType()
            .add("path", DataTypes.StringType)
            .add("duplicate_of", DataTypes.StringType)
            .add("duplicate_bits", DataTypes.IntegerType);

    private final int bits;
    private final List<Integer> masks;

    /** @param bits at most 15; -1 finds nothing */
    NearDuplicates(int bits) {
        this.bits = bits;
        this.masks = masks(Math.max(bits, 0) / BANDS);
    }

    /**
     * Reads {@code fresh} into the driver's memory: a path and a hash for each picture of a batch.
     *
     * @param fresh columns path, perceptual_hash of new pictures
     * @param originals the same of pictures that are no duplicates themselves
     * @return columns path, duplicate_of, duplicate_bits: one row for each fresh picture that repeats another
     */
    Dataset<Row> find(Dataset<Row> fresh, Dataset<Row> originals) {
        SparkSession spark = fresh.sparkSession();
        if (bits < 0) {
            return spark.createDataFrame(List.of(), FOUND);
        }
        List<Row> pictures = new ArrayList<>(fresh.select("path", "perceptual_hash")
                .join(ofOriginals(fresh, originals), JoinColumns.of("perceptual_hash"), "left")
                .select("path", "perceptual_hash", "original")
                .collectAsList());
        pictures.sort(Comparator.comparing(row -> row.getString(0)));
        Kept kept = new Kept();
        List<Row> found = new ArrayList<>();
        for (Row picture : pictures) {
            String path = picture.getString(0);
            long hash = picture.getLong(1);
            Picture original = kept.first(hash);
            if (!picture.isNullAt(2)) {
                Row known = picture.getStruct(2);
                if (original == null || known.getString(0).compareTo(original.path) < 0) {
                    original = new Picture(known.getString(0), known.getLong(1));
                }
            }
            if (original == null) {
                kept.add(new Picture(path, hash));
            } else {
                found.add(RowFactory.create(path, original.path, Long.bitCount(hash ^ original.hash)));
            }
        }
        return spark.createDataFrame(found, FOUND);
    }

    /** Columns perceptual_hash, original (path, hash): for each fresh hash that is like some original's the first such original. */
    private Dataset<Row> ofOriginals(Dataset<Row> fresh, Dataset<Row> originals) {
        // Equal hashes (flat frames come by the thousand) meet here, so that the join below sees each hash once.
        Dataset<Row> candidates = originals
                .groupBy(col("perceptual_hash").as("hash"))
                .agg(min("path").as("path"))
                .withColumn("band", explode(bands(List.of(0)).apply(col("hash"))));
        return fresh.select("perceptual_hash")
                .distinct()
                .withColumn("band", explode(bands(masks).apply(col("perceptual_hash"))))
                .join(candidates, "band")
                .filter(bit_count(col("perceptual_hash").bitwiseXOR(col("hash")))
                        .leq(bits))
                .groupBy("perceptual_hash")
                .agg(min(struct("path", "hash")).as("original"));
    }

    private record Picture(String path, long hash) {}

    /** The fresh pictures that are no duplicates, in path order, to be found by the bands of their hashes. */
    private final class Kept {
        private final List<Picture> pictures = new ArrayList<>();
        private final Map<Long, List<Integer>> byBand = new HashMap<>();

        void add(Picture picture) {
            for (long band : bands(picture.hash, List.of(0))) {
                byBand.computeIfAbsent(band, absent -> new ArrayList<>()).add(pictures.size());
            }
            pictures.add(picture);
        }

        /** The first picture like this hash, or null. */
        Picture first(long hash) {
            int first = pictures.size();
            for (long band : bands(hash, masks)) {
                for (int candidate : byBand.getOrDefault(band, List.of())) {
                    if (candidate >= first) {
                        break;
                    }
                    if (Long.bitCount(pictures.get(candidate).hash ^ hash) <= bits) {
                        first = candidate;
                    }
                }
            }
            return first == pictures.size() ? null : pictures.get(first);
        }
    }

    private static UserDefinedFunction bands(List<Integer> masks) {
        return udf((UDF1<Long, List<Long>>) hash -> bands(hash, masks), DataTypes.createArrayType(DataTypes.LongType));
    }

    /** The four bands of a hash, each tagged with its place, under every mask. */
    private static List<Long> bands(long hash, List<Integer> masks) {
        List<Long> bands = new ArrayList<>(BANDS * masks.size());
        for (int band = 0; band < BANDS; band++) {
            long value = hash >>> band * BAND_BITS & 0xffff;
            for (int mask : masks) {
                bands.add((long) band << BAND_BITS | value ^ mask);
            }
        }
        return bands;
    }

    /** Every change of up to {@code radius} bits of a band. */
    static List<Integer> masks(int radius) {
        List<Integer> masks = new ArrayList<>();
        for (int mask = 0; mask < 1 << BAND_BITS; mask++) {
            if (Integer.bitCount(mask) <= radius) {
                masks.add(mask);
            }
        }
        return masks;
    }
}
