package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.config.Settings;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds near-duplicates as {@code ingest} does, batch by batch against a growing table {@code images}, for {@code benchmarks/near-duplicates}. Every tenth picture is
 * within the allowed bits of one before, which of all others is at least one bit further away, as random hashes are; what is found has to be these.
 */
public final class NearDuplicatesBenchmark {
    private static final StructType PICTURES =
            new StructType().add("path", DataTypes.StringType).add("perceptual_hash", DataTypes.LongType);

    private static final int COPY_EVERY = 10;

    private NearDuplicatesBenchmark() {}

    /** @param arguments a folder, how many thousand pictures, and how many of them are a batch */
    public static void main(String[] arguments) {
        int pictures = 1_000 * Integer.parseInt(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        Settings settings = Settings.defaults();
        int bits = settings.ingest().nearDuplicateBits();
        SplittableRandom random = new SplittableRandom(1);
        long[] originals = new long[pictures];
        int known = 0;
        long found = 0;
        long made = 0;
        try (JobContext context = JobContext.open(
                settings,
                "benchmark",
                "ingest",
                Path.of(arguments[0]).resolve("tables").toString())) {
            Lake lake = context.lake();
            long start = System.nanoTime();
            for (int from = 0; from < pictures; from += batch) {
                List<Row> rows = new ArrayList<>();
                for (int i = from; i < Math.min(pictures, from + batch); i++) {
                    long hash = random.nextLong();
                    if (i % COPY_EVERY == COPY_EVERY - 1) {
                        hash = originals[random.nextInt(known)];
                        for (int bit = 0; bit < bits; bit++) {
                            hash ^= 1L << random.nextInt(Long.SIZE);
                        }
                        made++;
                    } else {
                        originals[known++] = hash;
                    }
                    rows.add(RowFactory.create(String.format("photos/%08d.jpg", i), hash));
                }
                long begun = System.nanoTime();
                Dataset<Row> fresh = context.spark().createDataFrame(rows, PICTURES);
                Dataset<Row> before = lake.read(Table.IMAGES)
                        .filter(col("collection")
                                .equalTo("all")
                                .and(col("duplicate_of").isNull()));
                Dataset<Row> duplicates = new NearDuplicates(bits)
                        .find(fresh, before.select("path", "perceptual_hash"))
                        .persist();
                found += duplicates.count();
                double seconds = (System.nanoTime() - begun) / 1e9;
                lake.append(
                        Table.IMAGES,
                        fresh.join(duplicates, JoinColumns.of("path"), "left").withColumn("collection", lit("all")));
                duplicates.unpersist();
                System.out.printf(
                        "%,d pictures: the last %,d took %.1f s, all %.0f s with their rows written%n",
                        from + rows.size(), rows.size(), seconds, (System.nanoTime() - start) / 1e9);
            }
        }
        // Two random hashes may be as near as a copy; among a million there are a few such pairs.
        if (found < made || found > made + Math.max(10, made / 1_000)) {
            throw new IllegalStateException("Of " + made + " near-duplicates " + found + " were found");
        }
        System.out.printf("%,d of %,d are near-duplicates%n", found, pictures);
    }
}
