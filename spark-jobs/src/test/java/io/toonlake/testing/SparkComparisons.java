package io.toonlake.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.holdenkarau.spark.testing.JavaRDDComparisons;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Claims about what Spark computed. Each throws {@link AssertionError} that shows some of the rows that differ. */
public final class SparkComparisons {

    private final SharedSpark spark;

    SparkComparisons(SharedSpark spark) {
        this.spark = spark;
    }

    /** The same elements in the same order. */
    public <T> void assertDatasetEquals(Dataset<T> expected, Dataset<T> actual) {
        spark.assertDatasetEquals(expected, actual);
    }

    /**
     * The same columns (names and types; a table makes every column nullable, so that is not compared), and the same rows in any
     * order, as often as each occurs.
     */
    public void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
        assertThat(actual.schema().simpleString()).isEqualTo(expected.schema().simpleString());
        spark.assertDataFrameDataEquals(expected, actual);
    }

    /** The same elements in any order, as often as each occurs. */
    public <T> void assertRddEquals(JavaRDD<T> expected, JavaRDD<T> actual) {
        JavaRDDComparisons.assertRDDEquals(expected, actual);
    }

    /** The same elements in the same order, however they are partitioned. */
    public <T> void assertRddEqualsWithOrder(JavaRDD<T> expected, JavaRDD<T> actual) {
        JavaRDDComparisons.assertRDDEqualsWithOrder(expected, actual);
    }
}
