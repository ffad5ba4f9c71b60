package io.toonlake.testing;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import org.apache.spark.SparkConf;

/**
 * spark-testing-base's shared context and session, with the settings of a small local Toonlake job: two threads, Delta tables,
 * everything on the loopback interface, nothing kept after the JVM.
 */
final class SharedSpark extends JavaDatasetSuiteBase {

    private static final long serialVersionUID = 1L;

    @Override
    public SparkConf conf() {
        return super.conf()
                .setMaster("local[2]")
                .setAppName("toonlake-tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                // Tables of tests have a handful of rows: 200 tasks a shuffle would be all there is to wait for.
                .set("spark.sql.shuffle.partitions", "2")
                .set("spark.databricks.delta.snapshotPartitions", "2")
                // Likewise compiling a class for every query.
                .set("spark.sql.codegen.wholeStage", "false")
                .set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
                .set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
                .set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    }

    @Override
    public boolean enableHiveSupport() {
        return false;
    }

    @Override
    public boolean enableIcebergSupport() {
        return false;
    }
}
