package io.toonlake.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import io.toonlake.storage.UnreachableException;
import io.toonlake.testing.SparkExtension;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(SparkExtension.class)
class LakeTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private Lake lake;

    LakeTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void open() {
        lake = new Lake(spark, new org.apache.hadoop.fs.Path(folder.toUri()));
    }

    @Test
    void aTableThatIsNotThereHasNoRows() {
        assertThat(lake.exists()).isFalse();
        assertThat(lake.read(Table.IMAGES).count()).isZero();
        assertThat(lake.read(Table.IMAGES).schema()).isEqualTo(Table.IMAGES.schema());
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void everyTableKeepsItsSchemaAndVersion(Table table) {
        lake.append(table, spark.createDataFrame(List.<Row>of(), table.schema()));

        assertThat(lake.exists()).isTrue();
        assertThat(lake.read(table).schema()).isEqualTo(table.schema());
        assertThat(detail(table, "properties")).contains("toonlake.format-version -> 1");
        assertThat(table.schema().fieldNames()).contains(table.key().toArray(String[]::new));
    }

    @Test
    void upsertReplacesRowsOfEqualKeyOnly() {
        lake.upsert(Table.QUARANTINE, refused("flickr", "a.jpg", "empty", "b.jpg", "empty"));
        lake.upsert(Table.QUARANTINE, refused("flickr", "b.jpg", "truncated", "c.jpg", "corrupt"));
        lake.upsert(Table.QUARANTINE, refused("other", "b.jpg", "too-small"));

        assertThat(reasons())
                .containsExactlyInAnyOrder(
                        "flickr/a.jpg empty",
                        "flickr/b.jpg truncated",
                        "flickr/c.jpg corrupt",
                        "other/b.jpg too-small");
    }

    @Test
    void deleteTakesKeysOrPartsOfThem() {
        lake.upsert(Table.QUARANTINE, refused("flickr", "a.jpg", "empty", "b.jpg", "empty"));
        lake.upsert(Table.QUARANTINE, refused("other", "a.jpg", "empty"));

        lake.delete(Table.QUARANTINE, refused("flickr", "a.jpg", "").select("collection", "path"));
        assertThat(reasons()).containsExactlyInAnyOrder("flickr/b.jpg empty", "other/a.jpg empty");

        lake.delete(
                Table.QUARANTINE,
                refused("flickr", "", "")
                        .select("collection")
                        .union(refused("flickr", "", "").select("collection")));
        assertThat(reasons()).containsExactly("other/a.jpg empty");
    }

    @Test
    void aTableOfANewerReleaseIsRefused() {
        lake.append(Table.RUNS, spark.createDataFrame(List.<Row>of(), Table.RUNS.schema()));
        spark.sql("ALTER TABLE delta.`" + folder.resolve("runs")
                + "` SET TBLPROPERTIES ('toonlake.format-version' = '2')");

        assertThatThrownBy(() -> lake.read(Table.RUNS))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("its format version is 2, this Toonlake reads up to 1; use a newer release");
    }

    @Test
    void aTableOfSomebodyElseIsRefused() {
        spark.range(3).write().format("delta").save(folder.resolve("images").toString());

        assertThatThrownBy(() -> lake.read(Table.IMAGES)).hasMessageContaining("it was not made by Toonlake");
    }

    private String detail(Table table, String column) {
        return String.valueOf(
                DeltaTable.forPath(spark, folder.resolve(table.folder()).toString())
                        .detail()
                        .select(column)
                        .head()
                        .get(0));
    }

    private List<String> reasons() {
        return lake
                .read(Table.QUARANTINE)
                .select(functions.concat_ws(
                        "",
                        functions.col("collection"),
                        functions.lit("/"),
                        functions.col("path"),
                        functions.lit(" "),
                        functions.col("reason")))
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private Dataset<Row> refused(String collection, String... pathsAndReasons) {
        List<Row> rows = new java.util.ArrayList<>();
        for (int i = 0; i < pathsAndReasons.length; i += 2) {
            Timestamp now = Timestamp.from(Instant.EPOCH);
            rows.add(RowFactory.create(
                    "ingest", collection, pathsAndReasons[i], 1L, now, pathsAndReasons[i + 1], "", "", "run", now));
        }
        return spark.createDataFrame(rows, Table.QUARANTINE.schema());
    }
}
