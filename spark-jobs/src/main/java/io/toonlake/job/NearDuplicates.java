package io.toonlake.job;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Finds pictures whose 64-bit perceptual hashes differ in at most {@code bits} bits. Of such a pair the picture that was there before,
 * or else the one with the smaller path, is the original.
 *
 * <p>No two hashes are compared in vain by the million: a hash is cut into four bands of 16 bits. Where two hashes differ in at most
 * {@code bits} bits, some band differs in at most {@code bits / 4} of them (pigeonhole), so looking up every band with every such
 * change of it finds all pairs through equality joins alone.
 */
final class NearDuplicates {
    private static final int BANDS = 4;
    private static final int BAND_BITS = 16;

    private final int bits;

    /** @param bits at most 15; -1 finds nothing */
    NearDuplicates(int bits) {
        this.bits = bits;
    }

    /**
     * @param fresh columns path, perceptual_hash of new pictures
     * @param originals the same of pictures that are no duplicates themselves
     * @return columns path, duplicate_of, duplicate_bits: one row for each fresh picture that repeats another
     */
    Dataset<Row> find(Dataset<Row> fresh, Dataset<Row> originals) {
        // Originals sort before all fresh pictures.
        Dataset<Row> all = fresh.withColumn("age", lit(1)).unionByName(originals.withColumn("age", lit(0)));
        // Equal hashes (flat frames come by the thousand) meet here, so that the join below sees each hash once.
        Dataset<Row> distinct = all.groupBy("perceptual_hash")
                .agg(min_by(struct("age", "path"), struct("age", "path")).as("first"));
        Dataset<Row> candidates = distinct.withColumn("band", explode(bands(0).apply(col("perceptual_hash"))))
                .select(col("perceptual_hash").as("other_hash"), col("first").as("other"), col("band"));
        Dataset<Row> probes = all.filter(col("age").equalTo(1))
                .withColumn("band", explode(bands(Math.max(bits, 0) / BANDS).apply(col("perceptual_hash"))));
        return probes.join(candidates, "band")
                .withColumn("duplicate_bits", bit_count(col("perceptual_hash").bitwiseXOR(col("other_hash"))))
                .filter(col("duplicate_bits").leq(bits))
                .filter(col("other").lt(struct(col("age"), col("path"))))
                .groupBy("path")
                .agg(min_by(struct(col("other.path").as("duplicate_of"), col("duplicate_bits")), col("other"))
                        .as("found"))
                .select("path", "found.duplicate_of", "found.duplicate_bits");
    }

    /** The four bands of a hash, each tagged with its place, and every change of up to {@code radius} bits of each. */
    private static UserDefinedFunction bands(int radius) {
        List<Integer> masks = masks(radius);
        return udf(
                (UDF1<Long, List<Long>>) hash -> {
                    List<Long> bands = new ArrayList<>(BANDS * masks.size());
                    for (int band = 0; band < BANDS; band++) {
                        long value = hash >>> band * BAND_BITS & 0xffff;
                        for (int mask : masks) {
                            bands.add((long) band << BAND_BITS | value ^ mask);
                        }
                    }
                    return bands;
                },
                DataTypes.createArrayType(DataTypes.LongType));
    }

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
