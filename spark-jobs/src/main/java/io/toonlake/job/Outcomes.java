package io.toonlake.job;

import io.toonlake.storage.UnreachableException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;

/**
 * What tasks send the driver, each as it ends: unlike a collected result, what finished tasks have sent is there where the Spark job is cancelled.
 * Spark counts every task once, however often it ran.
 */
final class Outcomes implements Serializable {
    private static final long serialVersionUID = 1L;

    private final CollectionAccumulator<Row> rows;
    private final CollectionAccumulator<String> faults;

    Outcomes(SparkContext spark) {
        this.rows = spark.collectionAccumulator();
        this.faults = spark.collectionAccumulator();
    }

    /** In a task. */
    void add(Row row) {
        rows.add(row);
    }

    /** In a task. */
    void add(UnreachableException fault) {
        faults.add(fault.getMessage());
    }

    List<Row> rows() {
        return rows.value();
    }

    /** The first store that could not be reached. */
    Optional<String> fault() {
        return faults.value().stream().findFirst();
    }
}
