package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.SparkExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class NearDuplicatesTest {
    private static final long HASH = 0x0123_4567_89ab_cdefL;

    private final SparkSession spark;

    NearDuplicatesTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void theLaterOfTwoLikePicturesIsADuplicate() {
        Map<String, Long> fresh = Map.of("a", HASH, "b", HASH ^ 0b111, "c", ~HASH);

        assertThat(found(6, fresh, Map.of())).containsExactly(Map.entry("b", "a 3"));
    }

    @Test
    void whatWasThereBeforeIsTheOriginal() {
        assertThat(found(6, Map.of("a", HASH), Map.of("z", HASH ^ 1L << 63))).containsExactly(Map.entry("a", "z 1"));
    }

    @Test
    void theDistanceMayEqualTheLimitAndNotPassIt() {
        // Spread over all bands, where a single band differs least.
        long sixBits = 1L | 1L << 8 | 1L << 16 | 1L << 24 | 1L << 32 | 1L << 48;

        assertThat(found(6, Map.of("a", HASH, "b", HASH ^ sixBits), Map.of())).containsExactly(Map.entry("b", "a 6"));
        assertThat(found(5, Map.of("a", HASH, "b", HASH ^ sixBits), Map.of())).isEmpty();
        assertThat(found(-1, Map.of("a", HASH, "b", HASH), Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 6, 11})
    void theSameIsFoundAsByComparingAllPairs(int bits) {
        Random random = new Random(7);
        Map<String, Long> fresh = new TreeMap<>();
        Map<String, Long> originals = new TreeMap<>();
        List<Long> hashes = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            long hash = hashes.isEmpty() || random.nextInt(3) == 0
                    ? random.nextLong()
                    : flipped(hashes.get(random.nextInt(hashes.size())), random.nextInt(14), random);
            hashes.add(hash);
            (random.nextInt(4) == 0 ? originals : fresh).put(String.format("%03d", i), hash);
        }

        assertThat(found(bits, fresh, originals)).isEqualTo(byComparingAll(bits, fresh, originals));
    }

    private static long flipped(long hash, int bits, Random random) {
        long flipped = hash;
        for (int i = 0; i < bits; i++) {
            flipped ^= 1L << random.nextInt(64);
        }
        return flipped;
    }

    private static Map<String, String> byComparingAll(int bits, Map<String, Long> fresh, Map<String, Long> originals) {
        Map<String, String> found = new TreeMap<>();
        fresh.forEach((path, hash) -> {
            String original = null;
            for (Map.Entry<String, Long> candidate : originals.entrySet()) {
                if (original == null && Long.bitCount(hash ^ candidate.getValue()) <= bits) {
                    original = candidate.getKey() + " " + Long.bitCount(hash ^ candidate.getValue());
                }
            }
            for (Map.Entry<String, Long> candidate : fresh.entrySet()) {
                boolean earlier = candidate.getKey().compareTo(path) < 0;
                if (original == null && earlier && Long.bitCount(hash ^ candidate.getValue()) <= bits) {
                    original = candidate.getKey() + " " + Long.bitCount(hash ^ candidate.getValue());
                }
            }
            if (original != null) {
                found.put(path, original);
            }
        });
        return found;
    }

    private Map<String, String> found(int bits, Map<String, Long> fresh, Map<String, Long> originals) {
        Map<String, String> found = new TreeMap<>();
        new NearDuplicates(bits)
                .find(rows(fresh), rows(originals))
                .collectAsList()
                .forEach(row -> found.put(row.getString(0), row.getString(1) + " " + row.getInt(2)));
        return found;
    }

    private Dataset<Row> rows(Map<String, Long> hashes) {
        List<Row> rows = hashes.entrySet().stream()
                .map(entry -> RowFactory.create(entry.getKey(), entry.getValue()))
                .toList();
        return spark.createDataFrame(
                rows, new StructType().add("path", DataTypes.StringType).add("perceptual_hash", DataTypes.LongType));
    }
}
