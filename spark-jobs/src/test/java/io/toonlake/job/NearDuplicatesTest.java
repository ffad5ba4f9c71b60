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
        Map<String, Long> fresh = new TreeMap<>();
        Map<String, Long> originals = new TreeMap<>();
        pictures(120).forEach((path, hash) -> (path.endsWith("3") ? originals : fresh).put(path, hash));

        assertThat(found(bits, fresh, originals)).isNotEmpty().isEqualTo(byComparingAll(bits, fresh, originals));
    }

    @Test
    void aSlowPanKeepsAPictureOfEachPlace() {
        // Each frame is two bits from the one before: the third after an original is the last that is like it.
        Map<String, Long> pan = new TreeMap<>();
        for (int frame = 0; frame < 16; frame++) {
            pan.put(String.format("%02d", frame), HASH ^ (1L << 2 * frame) - 1);
        }

        assertThat(found(6, pan, Map.of()))
                .hasSize(12)
                .doesNotContainKeys("00", "04", "08", "12")
                .containsEntry("03", "00 6")
                .containsEntry("05", "04 2")
                .containsEntry("15", "12 6");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 50})
    void whatIsFoundDoesNotDependOnTheBatches(int batchSize) {
        TreeMap<String, Long> pictures = pictures(batchSize == 1 ? 20 : 100);
        TreeMap<String, Long> before = new TreeMap<>(Map.of("zz", pictures.get("010") ^ 1));
        Map<String, String> inOne = found(6, pictures, before);

        Map<String, Long> originals = new TreeMap<>(before);
        Map<String, String> inBatches = new TreeMap<>();
        List<String> paths = List.copyOf(pictures.keySet());
        for (int from = 0; from < paths.size(); from += batchSize) {
            TreeMap<String, Long> batch = new TreeMap<>();
            paths.subList(from, Math.min(paths.size(), from + batchSize))
                    .forEach(path -> batch.put(path, pictures.get(path)));
            Map<String, String> found = found(6, batch, originals);
            inBatches.putAll(found);
            batch.keySet().removeAll(found.keySet());
            originals.putAll(batch);
        }

        assertThat(inBatches).isNotEmpty().isEqualTo(inOne);
    }

    @Test
    void thousandsOfEqualFramesAreOnePicture() {
        Map<String, Long> frames = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            frames.put(String.format("%05d", i), 0L);
        }

        assertThat(found(15, frames, Map.of())).hasSize(19_999).containsEntry("19999", "00000 0");
    }

    /** Hashes by path, many of them a few bits from an earlier one. */
    private static TreeMap<String, Long> pictures(int count) {
        Random random = new Random(7);
        TreeMap<String, Long> pictures = new TreeMap<>();
        List<Long> hashes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long hash = hashes.isEmpty() || random.nextInt(3) == 0
                    ? random.nextLong()
                    : flipped(hashes.get(random.nextInt(hashes.size())), random.nextInt(14), random);
            hashes.add(hash);
            pictures.put(String.format("%03d", i), hash);
        }
        return pictures;
    }

    private static long flipped(long hash, int bits, Random random) {
        long flipped = hash;
        for (int i = 0; i < bits; i++) {
            flipped ^= 1L << random.nextInt(64);
        }
        return flipped;
    }

    private static Map<String, String> byComparingAll(int bits, Map<String, Long> fresh, Map<String, Long> originals) {
        TreeMap<String, Long> kept = new TreeMap<>(originals);
        Map<String, String> found = new TreeMap<>();
        new TreeMap<>(fresh).forEach((path, hash) -> {
            String original = kept.entrySet().stream()
                    .filter(candidate -> Long.bitCount(hash ^ candidate.getValue()) <= bits)
                    .map(candidate -> candidate.getKey() + " " + Long.bitCount(hash ^ candidate.getValue()))
                    .findFirst()
                    .orElse(null);
            if (original == null) {
                kept.put(path, hash);
            } else {
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
