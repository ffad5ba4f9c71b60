package io.toonlake.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class SparkExtensionTest {

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final SparkComparisons comparisons;

    SparkExtensionTest(SparkSession spark, JavaSparkContext context, SparkComparisons comparisons) {
        this.spark = spark;
        this.context = context;
        this.comparisons = comparisons;
    }

    @Test
    void everyTestSharesOneLocalSession() {
        assertThat(context.sc()).isSameAs(spark.sparkContext());
        assertThat(context.master()).isEqualTo("local[2]");
        assertThat(SparkSession.active()).isSameAs(spark);
        assertThat(context.getConf().get("spark.driver.bindAddress")).isEqualTo("127.0.0.1");
        assertThat(spark.sparkContext().uiWebUrl().isEmpty()).isTrue();
    }

    @Test
    void datasetsAreEqualWhenElementsAndOrderAre() {
        comparisons.assertDatasetEquals(numbers(1, 2, 3), numbers(1, 2, 3));

        assertThatThrownBy(() -> comparisons.assertDatasetEquals(numbers(1, 2, 3), numbers(1, 2, 4)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("4");
        assertThatThrownBy(() -> comparisons.assertDatasetEquals(numbers(1, 2, 3), numbers(1, 2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Length not Equal");
    }

    @Test
    void rowsAreTheSameInAnyOrderButNotInAnyNumber() {
        comparisons.assertSameRows(numbers(1, 2, 2).toDF(), numbers(2, 1, 2).toDF());

        assertThatThrownBy(() -> comparisons.assertSameRows(
                        numbers(1, 2, 2).toDF(), numbers(1, 1, 2).toDF()))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> comparisons.assertSameRows(
                        numbers(1).toDF("width"), numbers(1).toDF("height")))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void rddsAreComparedWithAndWithoutOrder() {
        JavaRDD<String> photos = context.parallelize(List.of("a", "b", "c"), 2);
        JavaRDD<String> shuffled = context.parallelize(List.of("c", "a", "b"), 3);
        JavaRDD<String> others = context.parallelize(List.of("a", "b", "d"), 2);

        comparisons.assertRddEquals(photos, shuffled);
        comparisons.assertRddEqualsWithOrder(photos, context.parallelize(List.of("a", "b", "c"), 1));
        assertThatThrownBy(() -> comparisons.assertRddEqualsWithOrder(photos, shuffled))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> comparisons.assertRddEquals(photos, others)).isInstanceOf(AssertionError.class);
    }

    @Test
    void deltaTablesAreWrittenAndMerged(@TempDir Path tables) {
        String path = tables.resolve("photos").toString();
        spark.sql("SELECT * FROM VALUES ('a', 1), ('b', 1) AS photos(name, size)")
                .write()
                .format("delta")
                .save(path);

        DeltaTable.forPath(spark, path)
                .as("old")
                .merge(
                        spark.sql("SELECT * FROM VALUES ('b', 2), ('c', 2) AS photos(name, size)")
                                .as("new"),
                        "old.name = new.name")
                .whenMatched()
                .updateAll()
                .whenNotMatched()
                .insertAll()
                .execute();

        comparisons.assertSameRows(
                spark.sql("SELECT * FROM VALUES ('a', 1), ('b', 2), ('c', 2) AS photos(name, size)"),
                spark.read().format("delta").load(path));
        assertThat(DeltaTable.forPath(spark, path).history().count()).isEqualTo(2);
        assertThat(spark.sql("SELECT count(*) FROM delta.`" + path + "`")
                        .first()
                        .getLong(0))
                .isEqualTo(3);
    }

    private Dataset<Long> numbers(long... values) {
        return spark.createDataset(Arrays.stream(values).boxed().toList(), Encoders.LONG());
    }
}
