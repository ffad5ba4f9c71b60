package io.toonlake.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.tables.DeltaTable;
import io.toonlake.storage.UnreachableException;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Assumptions;
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
    void columnsThatRowsLackAreNullExceptTheKeys() {
        Dataset<Row> rows = spark.range(1)
                .select(
                        functions.lit("ingest").as("job"),
                        functions.lit("photos").as("collection"),
                        functions.lit("a.jpg").as("path"),
                        functions.lit("truncated").as("reason"));

        lake.upsert(Table.QUARANTINE, rows);
        lake.append(Table.QUARANTINE, rows.withColumn("path", functions.lit("b.jpg")));

        assertThat(lake.read(Table.QUARANTINE)
                        .filter("reason = 'truncated' AND raw IS NULL AND modified IS NULL")
                        .count())
                .isEqualTo(2);
        assertThatThrownBy(() -> lake.upsert(Table.QUARANTINE, rows.drop("path")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot have rows of table quarantine without path, which is part of their key");
    }

    private Dataset<Row> ofTheFirstRun() {
        return spark.range(3)
                .select(
                        functions
                                .concat(functions.col("id"), functions.lit(".jpg"))
                                .as("path"),
                        functions.lit("first").as("run_id"));
    }

    @Test
    void rowsOfOneCollectionReplaceItsOwnAndNoOthers() {
        Dataset<Row> rows = ofTheFirstRun();
        String odd = "it's \\ odd";

        lake.upsert(Table.IMAGES, odd, rows);
        lake.upsert(Table.IMAGES, "other", rows);
        lake.upsert(Table.IMAGES, odd, rows.filter("path > '1'").withColumn("run_id", functions.lit("second")));
        lake.upsert(Table.IMAGES, odd, rows.limit(0));

        assertThat(lake.read(Table.IMAGES)
                        .sort("collection", "path")
                        .select("collection", "path", "run_id")
                        .collectAsList())
                .extracting(row -> row.mkString(" "))
                .containsExactly(
                        odd + " 0.jpg first",
                        odd + " 1.jpg second",
                        odd + " 2.jpg second",
                        "other 0.jpg first",
                        "other 1.jpg first",
                        "other 2.jpg first");
        assertThatThrownBy(() -> lake.upsert(Table.QUARANTINE, odd, rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quarantine")
                .hasMessageContaining("[job]");
    }

    @Test
    void insertedRowsGiveWayToThoseThatAreThere() {
        Dataset<Row> rows = ofTheFirstRun();

        lake.insert(Table.IMAGES, "photos", rows.filter("path < '1'"));
        lake.insert(Table.IMAGES, "other", rows.filter("path > '1'"));
        lake.insert(Table.IMAGES, "photos", rows.withColumn("run_id", functions.lit("second")));
        lake.insert(Table.IMAGES, "photos", rows.limit(0));

        assertThat(lake.read(Table.IMAGES)
                        .sort("collection", "path")
                        .select("collection", "path", "run_id")
                        .collectAsList())
                .extracting(row -> row.mkString(" "))
                .containsExactly(
                        "other 1.jpg first",
                        "other 2.jpg first",
                        "photos 0.jpg first",
                        "photos 1.jpg second",
                        "photos 2.jpg second");
        assertThatThrownBy(() -> lake.insert(Table.QUARANTINE, "photos", rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quarantine");
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
    void columnsThatAnOlderTableLacksAreNullThereAndAddedByTheFirstWrite() {
        StructType schema = Table.ROUNDS.schema();
        String[] older = Arrays.copyOf(schema.fieldNames(), schema.size() - 3);
        StructType olderSchema = new StructType(Arrays.copyOf(schema.fields(), older.length));
        Dataset<Row> rows = spark.range(2)
                .select(Arrays.stream(schema.fields())
                        .map(field -> field.name().equals("round")
                                ? functions.col("id").plus(1).cast("int").as("round")
                                : functions
                                        .lit(field.name().equals("run_id") ? "a-run" : null)
                                        .cast(field.dataType())
                                        .as(field.name()))
                        .toArray(Column[]::new));
        DeltaTable.create(spark)
                .location(folder.resolve("rounds").toString())
                .addColumns(olderSchema)
                .property("toonlake.format-version", "1")
                .execute();
        rows.selectExpr(older)
                .write()
                .format("delta")
                .mode("append")
                .save(folder.resolve("rounds").toString());

        assertThat(lake.read(Table.ROUNDS).schema().fieldNames()).isEqualTo(schema.fieldNames());
        assertThat(lake.read(Table.ROUNDS)
                        .filter("generator_learning_rate is null")
                        .count())
                .isEqualTo(2);

        lake.upsert(
                Table.ROUNDS,
                rows.withColumn("round", functions.col("round").plus(1).cast("int"))
                        .withColumn("generator_learning_rate", functions.lit(0.5))
                        .withColumn("worker_examples_per_second", functions.array(functions.lit(1.5))));

        assertThat(lake.read(Table.ROUNDS)
                        .orderBy("round")
                        .select("round", "generator_learning_rate", "worker_examples_per_second")
                        .collectAsList()
                        .toString())
                .isEqualTo("[[1,null,null], [2,0.5,ArraySeq(1.5)], [3,0.5,ArraySeq(1.5)]]"
                        .replace("ArraySeq", "WrappedArray"));
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
    void deletedRowsAreInTheFilesUntilTheyAreVacuumed() {
        lake.upsert(Table.IMAGES, image("flickr", "a.jpg"));
        lake.upsert(Table.IMAGES, image("other", "b.jpg"));
        lake.delete(Table.IMAGES, image("flickr", "a.jpg").select("collection", "path"));
        assertThat(lake.filesHolding(Table.IMAGES, List.of("a.jpg", "c.jpg")))
                .singleElement()
                .asString()
                .contains("/images/collection=flickr/");

        lake.vacuum(Table.IMAGES);
        lake.vacuum(Table.SAMPLES);

        assertThat(lake.filesHolding(Table.IMAGES, List.of("a.jpg", "c.jpg"))).isEmpty();
        assertThat(lake.filesHolding(Table.IMAGES, List.of("b.jpg"))).hasSize(1);
        assertThat(lake.filesHolding(Table.SAMPLES, List.of("b.jpg")))
                .as("a table that is not there")
                .isEmpty();
        assertThat(lake.read(Table.IMAGES).count()).isEqualTo(1);
    }

    @Test
    void aTableWhoseMakingWasKilledIsMade() throws java.io.IOException {
        Path log = folder.resolve("quarantine/_delta_log");
        // What Delta makes before the first commit, and the commit itself on its way.
        Path commits = java.nio.file.Files.createDirectories(log.resolve("_commits"));
        Path unfinished = java.nio.file.Files.writeString(log.resolve(".00000000000000000000.json.1.tmp"), "{");
        for (Path left : List.of(unfinished, commits, log)) {
            java.nio.file.Files.setLastModifiedTime(
                    left, java.nio.file.attribute.FileTime.fromMillis(1_700_000_000_000L));
        }

        lake.upsert(Table.QUARANTINE, refused("flickr", "a.jpg", "empty"));

        assertThat(reasons()).containsExactly("flickr/a.jpg empty");
    }

    @Test
    void aTableThatAnotherRunIsMakingIsWaitedFor() throws Exception {
        Path table = folder.resolve("quarantine");
        Path elsewhere = folder.resolve("elsewhere");
        new Lake(spark, new org.apache.hadoop.fs.Path(elsewhere.toUri()))
                .upsert(Table.QUARANTINE, refused("flickr", "a.jpg", "empty"));
        java.nio.file.Files.createDirectories(table.resolve("_delta_log/_commits"));
        java.util.concurrent.CompletableFuture<Void> other = java.util.concurrent.CompletableFuture.runAsync(
                        () -> org.apache.spark.util.Utils.deleteRecursively(table.toFile()),
                        java.util.concurrent.CompletableFuture.delayedExecutor(
                                1, java.util.concurrent.TimeUnit.SECONDS))
                .thenRun(() -> assertThat(
                                elsewhere.resolve("quarantine").toFile().renameTo(table.toFile()))
                        .isTrue());

        lake.upsert(Table.QUARANTINE, refused("flickr", "b.jpg", "empty"));

        other.get();
        assertThat(reasons()).containsExactlyInAnyOrder("flickr/a.jpg empty", "flickr/b.jpg empty");
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

    @Test
    void runsMayWriteToANewLakeAtTheSameTime() throws Exception {
        int writers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                // Two each of two collections, each with a lake opened of its own, as jobs have.
                String collection = "c'" + i % 2;
                String path = i + ".jpg";
                writes.add(threads.submit(() -> {
                    Lake own = new Lake(spark, lake.root());
                    own.upsert(
                            Table.QUARANTINE, refused(collection, "first-" + path, "empty", "gone-" + path, "empty"));
                    if (path.compareTo("2") < 0) {
                        own.upsert(Table.IMAGES, image(collection, path));
                    } else {
                        own.insert(Table.IMAGES, collection, image(collection, path));
                    }
                    own.delete(
                            Table.QUARANTINE,
                            refused(collection, "gone-" + path, "").select("job", "path"));
                    own.append(Table.RUNS, run(path));
                }));
            }
            for (Future<?> write : writes) {
                write.get(3, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(reasons())
                .containsExactlyInAnyOrder(IntStream.range(0, writers)
                        .mapToObj(i -> "c'" + i % 2 + "/first-" + i + ".jpg empty")
                        .toArray(String[]::new));
        assertThat(lake.read(Table.IMAGES).select("path").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder("0.jpg", "1.jpg", "2.jpg", "3.jpg");
        assertThat(lake.read(Table.RUNS).count()).isEqualTo(writers);
    }

    @Test
    void aWriteReadsItsOwnPartitionsOnly() {
        String collection = "it's a \\ and a \\' too";
        lake.upsert(Table.IMAGES, image("other", "a.jpg"));
        lake.upsert(Table.IMAGES, image(collection, "a.jpg"));
        lake.upsert(Table.IMAGES, image(collection, "a.jpg"));
        lake.delete(Table.IMAGES, image(collection, "a.jpg").select("collection", "path"));

        assertThat(lake.read(Table.IMAGES).select("collection").collectAsList())
                .containsExactly(RowFactory.create("other"));
        assertThat(DeltaTable.forPath(spark, folder.resolve("images").toString())
                        .history()
                        .filter("operation = 'MERGE'")
                        .select("operationParameters.predicate")
                        .collectAsList())
                .hasSize(4)
                .allMatch(row -> row.getString(0).contains("collection")
                        && row.getString(0).contains(" = "));
    }

    @Test
    void tablesThatCannotBeUsedAreUnreachable() throws IOException {
        Path file = Files.write(folder.resolve("photo.jpg"), new byte[] {1});

        for (Path root : List.of(file, file.resolve("lake"), file.resolve("a/b"))) {
            Lake unusable = new Lake(spark, new org.apache.hadoop.fs.Path(root.toUri()));
            String message = "Cannot use tables " + unusable.root() + ": file:" + file + " is a file, not a folder";
            assertThatThrownBy(() -> unusable.read(Table.IMAGES))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> unusable.append(Table.RUNS, run("a")))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessage(message);
            assertThatThrownBy(unusable::exists).hasMessage(message);
        }
    }

    @Test
    void tablesThatCannotBeWrittenAreUnreachable() {
        // Where nobody may make a folder, the superuser neither.
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc here");
        Lake unusable = new Lake(spark, new org.apache.hadoop.fs.Path("file:///proc/lake"));

        assertThat(unusable.read(Table.IMAGES).count()).isZero();
        assertThatThrownBy(() -> unusable.upsert(Table.RUNS, run("a")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageStartingWith("Cannot use tables file:/proc/lake: ")
                .hasMessageNotContaining("\n");
    }

    private Dataset<Row> run(String runId) {
        return only(Table.RUNS, Map.of("run_id", runId));
    }

    private Dataset<Row> image(String collection, String path) {
        return only(Table.IMAGES, Map.of("collection", collection, "path", path));
    }

    /** One row with these columns, the others null. */
    private Dataset<Row> only(Table table, Map<String, String> columns) {
        Object[] values =
                Arrays.stream(table.schema().fieldNames()).map(columns::get).toArray();
        return spark.createDataFrame(List.of(RowFactory.create(values)), table.schema());
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
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < pathsAndReasons.length; i += 2) {
            Timestamp now = Timestamp.from(Instant.EPOCH);
            rows.add(RowFactory.create(
                    "ingest",
                    collection,
                    pathsAndReasons[i],
                    1L,
                    now,
                    pathsAndReasons[i + 1],
                    "",
                    "",
                    "run",
                    now,
                    null));
        }
        return spark.createDataFrame(rows, Table.QUARANTINE.schema());
    }
}
