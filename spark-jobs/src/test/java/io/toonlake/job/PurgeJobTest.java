package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.tables.DeltaTable;
import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(SparkExtension.class)
class PurgeJobTest {
    private static final List<Table> OF_PHOTOS = List.of(
            Table.SAMPLES,
            Table.EDGE_SMOOTHED,
            Table.SAMPLE_PICTURES,
            Table.IMAGES,
            Table.PROVENANCE,
            Table.QUARANTINE,
            Table.STYLIZED);

    private final SparkSession spark;

    /** One for all tests, since tables name files by where they are: each test has it as {@link #collection} has left it. */
    @TempDir
    private static Path all;

    private Path folder;

    private JobFixture jobs;
    /** Of {@code a.png}, which the tests purge. */
    private String path;

    private String sha256;

    PurgeJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        folder = all.resolve("work");
        jobs = new JobFixture(spark, folder);
        Path kept = all.resolve("kept");
        if (Files.exists(kept)) {
            delete(folder);
            copy(kept, folder);
            // Delta knows the tables as the test before has left them.
            DeltaLog.clearCache();
        } else {
            collection();
            copy(folder, kept);
        }
        know();
    }

    private void know() {
        Row a = jobs.rows("lake", Table.IMAGES).filter("path like '%/a.png'").head();
        path = a.getAs("path");
        sha256 = a.getAs("sha256");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** With times of modification, by which {@code ingest} tells what is new. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path file : walk.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Three photos, one of them a second time and smaller, in all tables that know photos. */
    private void collection() throws IOException {
        PixelImage photo = SyntheticScenes.photo(1, 320, 240);
        jobs.write("photos/a.png", photo);
        jobs.photo("photos/b.png", 2, 320, 240);
        jobs.photo("photos/c.png", 3, 320, 240);
        jobs.write("photos/z.png", photo.resize(200, 150));
        ingest("flickr", "photos");
        know();
        Dataset<Row> samples = jobs.rows("lake", Table.SAMPLES);
        lake().append(Table.EDGE_SMOOTHED, samples.drop("run_id"));
        lake().append(
                        Table.SAMPLE_PICTURES,
                        samples.withColumn("run_id", functions.lit("training")).withColumn("round", functions.lit(0)));
        append(
                Table.PROVENANCE,
                "collection string, path string, sha256 string, photo_id string, licence_id int, title string",
                provenance("a.png", "1001", 6),
                provenance("b.png", "1002", 4),
                provenance("c.png", "1003", 4),
                provenance("z.png", "1026", 4));
        append(
                Table.QUARANTINE,
                "job string, collection string, path string, reason string",
                RowFactory.create("edge-smooth", "flickr", sha256 + "#0", "corrupt"),
                RowFactory.create("attribution", "flickr", path, "no-provenance"),
                RowFactory.create("ingest", "flickr", path.replace("a.png", "x.png"), "corrupt"));
    }

    private Lake lake() {
        return new Lake(
                spark, new org.apache.hadoop.fs.Path(folder.resolve("lake").toUri()));
    }

    private void append(Table table, String columns, Row... rows) {
        lake().append(table, spark.createDataFrame(List.of(rows), StructType.fromDDL(columns)));
    }

    private Row provenance(String name, String id, int licence) {
        Row image = jobs.rows("lake", Table.IMAGES)
                .filter("path like '%/" + name + "'")
                .head();
        return RowFactory.create(
                "flickr", image.getAs("path"), image.getAs("sha256"), id, licence, "A lake, no. " + id);
    }

    private JsonNode ingest(String collection, String input) throws IOException {
        return jobs.run(
                0,
                "ingest",
                "--domain=photo",
                "--collection=" + collection,
                "--input=" + jobs.at(input),
                "--tables=" + jobs.at("lake"),
                "--set=ingest.limits.min-side-pixels=64",
                "--set=ingest.sample.size-pixels=64");
    }

    private JsonNode stylize(String... more) throws IOException {
        if (Files.notExists(folder.resolve("model"))) {
            TinyModel.save(folder.resolve("model"), 1);
        }
        return jobs.stylize(0, jobs.at("photos"), jobs.at("cartoons"), more);
    }

    private JsonNode purge(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("purge", "--tables=" + jobs.at("lake"), "--collection=flickr"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private String list(String... lines) throws IOException {
        jobs.write("list.txt", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return "--photos=" + jobs.at("list.txt");
    }

    private static String message(JsonNode summary) {
        return summary.get("message").asText();
    }

    private Path tables(Table table) {
        return folder.resolve(table == Table.STYLIZED ? "cartoons/_toonlake" : "lake")
                .resolve(table.folder());
    }

    private Dataset<Row> rows(Table table) {
        return jobs.rows(table == Table.STYLIZED ? "cartoons/_toonlake" : "lake", table);
    }

    private long version(Table table) {
        return DeltaTable.forPath(spark, tables(table).toString())
                .history(1)
                .select("version")
                .head()
                .getLong(0);
    }

    /** How many rows of each table there are of a.png. */
    private Map<Table, Long> left() {
        Map<Table, Long> left = new TreeMap<>();
        for (Table table : OF_PHOTOS) {
            Dataset<Row> all = rows(table);
            List<String> columns = Arrays.asList(all.columns());
            long count = all.filter((columns.contains("sha256") ? "sha256 = '" + sha256 + "'" : "false") + " or "
                            + (columns.contains("path")
                                    ? "path = '" + path + "' or path like '" + sha256 + "%'"
                                    : "false"))
                    .count();
            if (count > 0) {
                left.put(table, count);
            }
        }
        return left;
    }

    private List<Path> files(String below, String extension) throws IOException {
        Path root = folder.resolve(below);
        if (Files.notExists(root)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(file -> file.toString().endsWith(extension)).toList();
        }
    }

    /** Parquet files of all tables but the record's. */
    private List<Path> parquet() throws IOException {
        List<Path> files = new ArrayList<>(files("lake", ".parquet"));
        files.addAll(files("cartoons/_toonlake", ".parquet"));
        files.removeIf(
                file -> file.toString().contains("/purges/") || file.toString().contains("/runs/"));
        return files;
    }

    /** Those in which these bytes are as they are: a PNG's are not compressed any more. */
    private List<Path> holding(byte[] bytes) throws IOException {
        String searched = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Path> holding = new ArrayList<>();
        for (Path file : parquet()) {
            if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(searched)) {
                holding.add(file);
            }
        }
        return holding;
    }

    /** Those in which a row has the photo's sha256 or path, file by file. */
    private List<Path> naming() throws IOException {
        List<Path> naming = new ArrayList<>();
        for (Path file : parquet()) {
            for (Row row : spark.read().parquet(file.toString()).collectAsList()) {
                for (int i = 0; i < row.size(); i++) {
                    String value = String.valueOf(row.get(i));
                    if (value.contains(sha256) || value.equals(path)) {
                        naming.add(file);
                    }
                }
            }
        }
        return naming.stream().distinct().toList();
    }

    @Test
    void everythingMadeFromAPhotoGoesAndNothingElse() throws IOException {
        stylize();
        Path picture = folder.resolve("cartoons/a.png.jpg");
        byte[] other = Files.readAllBytes(folder.resolve("cartoons/b.png.jpg"));
        assertThat(left().keySet()).as("it is everywhere").containsExactlyInAnyOrderElementsOf(OF_PHOTOS);
        assertThat(picture).exists();
        long samplesOfIt =
                rows(Table.SAMPLES).filter("sha256 = '" + sha256 + "'").count();
        Map<Table, Long> others = new TreeMap<>();
        left().forEach((table, count) -> others.put(table, rows(table).count() - count));
        byte[] png =
                rows(Table.SAMPLES).filter("sha256 = '" + sha256 + "'").head().getAs("pixels");
        byte[] bytes = Arrays.copyOfRange(png, png.length / 2, png.length / 2 + 40);
        long before = version(Table.SAMPLES);

        JsonNode summary = purge(0, list("photos/a.png"), "--stylized-tables=" + jobs.at("cartoons/_toonlake"));

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(summary.get("pruned").asLong()).isEqualTo(1);
        assertThat(message(summary))
                .isEqualTo("Purged 1 photos of collection flickr, with " + samplesOfIt + " samples and 1 pictures; "
                        + "near-duplicates of them to be taken in anew by the next ingest: 1");
        assertThat(left()).isEmpty();
        others.put(Table.IMAGES, others.get(Table.IMAGES) - 1); // z.png
        others.put(Table.PROVENANCE, others.get(Table.PROVENANCE) - 1);
        others.forEach((table, count) ->
                assertThat(rows(table).count()).as(table.folder()).isEqualTo(count));
        assertThat(picture).doesNotExist();
        assertThat(folder.resolve("cartoons/b.png.jpg")).hasBinaryContent(other);
        assertThat(folder.resolve("photos/a.png")).as("its own file").exists();
        Row purged = jobs.rows("lake", Table.PURGES).head();
        assertThat(purged.<String>getAs("collection")).isEqualTo("flickr");
        assertThat(purged.<String>getAs("path")).isEqualTo(path);
        assertThat(purged.<String>getAs("photo_id")).isEqualTo("1001");
        assertThat(purged.<String>getAs("reason")).isEqualTo("listed");
        assertThat(purged.<Integer>getAs("samples")).isEqualTo((int) samplesOfIt);
        assertThat(purged.<Integer>getAs("pictures")).isEqualTo(1);
        assertThat(purged.<String>getAs("run_id")).isEqualTo(summary.get("run").asText());
        assertThat(purged.<Object>getAs("purged")).isNotNull();
        assertThat(purged.<Object>getAs("vacuumed")).isNull();

        assertThat(holding(bytes)).as("the history has them").isNotEmpty();
        assertThat(spark.read()
                        .format("delta")
                        .option("versionAsOf", before)
                        .load(tables(Table.SAMPLES).toString())
                        .filter("sha256 = '" + sha256 + "'")
                        .count())
                .isEqualTo(samplesOfIt);
        Map<Table, Long> versions = new TreeMap<>();
        OF_PHOTOS.forEach(table -> versions.put(table, version(table)));
        assertThat(JobFixture.counts(purge(0, list("1001")))).isEqualTo("0/1/0");
        versions.forEach((table, version) ->
                assertThat(version(table)).as("nothing to do in %s", table).isEqualTo(version));

        JsonNode vacuumed = purge(0, "--recorded", "--vacuum");

        assertThat(JobFixture.counts(vacuumed)).isEqualTo("0/1/0");
        assertThat(message(vacuumed))
                .endsWith("no file of the tables holds any of the 1 photos that were in their history");
        assertThat(holding(bytes)).isEmpty();
        assertThat(naming()).isEmpty();
        others.forEach((table, count) ->
                assertThat(rows(table).count()).as(table.folder()).isEqualTo(count));
        assertThatThrownBy(() -> spark.read()
                        .format("delta")
                        .option("versionAsOf", before)
                        .load(tables(Table.SAMPLES).toString())
                        .collectAsList())
                .isNotNull();
        assertThat(spark.conf().contains("spark.databricks.delta.retentionDurationCheck.enabled"))
                .as("for the vacuum only")
                .isFalse();
        assertThat(jobs.rows("lake", Table.PURGES).filter("vacuumed > purged").count())
                .isEqualTo(1);
    }

    @Test
    void itIsNotTakenInAgainAndItsNearDuplicateTakesItsPlace() throws IOException {
        assertThat(jobs.rows("lake", Table.IMAGES)
                        .filter("duplicate_of = '" + path + "'")
                        .count())
                .isEqualTo(1);
        purge(0, list(path));

        JsonNode summary = ingest("flickr", "photos");

        assertThat(JobFixture.counts(summary)).isEqualTo("1/2/0");
        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"purged\":1}");
        Row duplicate =
                jobs.rows("lake", Table.IMAGES).filter("path like '%/z.png'").head();
        assertThat(duplicate.<String>getAs("duplicate_of")).isNull();
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256")).contains(duplicate.<String>getAs("sha256"));
        assertThat(left()).isEmpty();
        assertThat(JobFixture.counts(ingest("flickr", "photos"))).isEqualTo("0/3/0");
    }

    @Test
    void theSameBytesElsewhereGoTooAndStayOut() throws IOException {
        jobs.write("more/copy.png", Files.readAllBytes(folder.resolve("photos/a.png")));
        jobs.photo("more/d.png", 4, 320, 240);
        ingest("other", "more");

        JsonNode summary = purge(0, list("1001"));

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(left()).isEmpty();
        assertThat(jobs.rows("lake", Table.PURGES)
                        .orderBy("collection")
                        .select("collection", "reason", "samples")
                        .collectAsList())
                .extracting(row -> row.getString(0) + " " + row.getString(1))
                .containsExactly("flickr listed", "other copy");
        JsonNode again = ingest("other", "more");
        assertThat(JobFixture.counts(again)).isEqualTo("0/1/0");
        assertThat(again.get("filteredBy").toString()).isEqualTo("{\"purged\":1}");
        jobs.write("third/name.png", Files.readAllBytes(folder.resolve("photos/a.png")));
        JsonNode third = ingest("third", "third");
        assertThat(third.get("filteredBy").toString()).isEqualTo("{\"purged\":1}");
        assertThat(JobFixture.counts(third)).isEqualTo("0/0/0");
        assertThat(left()).isEmpty();
    }

    @Test
    void photosGoByTheirLicenceAndById() throws IOException {
        assertThat(JobFixture.counts(purge(0, "--licence=6"))).isEqualTo("1/0/0");
        assertThat(left()).isEmpty();
        assertThat(jobs.values("lake", Table.PURGES, "reason")).containsExactly("licence 6");

        JsonNode listed = purge(0, list("1003", "4711", jobs.at("photos/a.png")));

        assertThat(JobFixture.counts(listed)).isEqualTo("1/1/0");
        assertThat(listed.get("filteredBy").toString()).isEqualTo("{\"unknown\":1}");
        assertThat(message(listed)).contains("1 of 3 lines of --photos name nothing here, 4711 among them");
        assertThat(jobs.values("lake", Table.IMAGES, "path"))
                .singleElement()
                .asString()
                .endsWith("/b.png");
    }

    @Test
    void aDryRunChangesNothing() throws IOException {
        stylize();
        Map<Table, Long> before = new TreeMap<>();
        OF_PHOTOS.forEach(table -> before.put(table, version(table)));
        List<Path> files = files("cartoons", "");

        JsonNode summary = purge(
                0,
                list(path),
                "--stylized-tables=" + jobs.at("cartoons/_toonlake"),
                "--originals=" + jobs.at("photos"),
                "--vacuum",
                "--dry-run");

        assertThat(message(summary)).startsWith("Would purge 1 photos of collection flickr, with ");
        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"dry-run\":1}");
        OF_PHOTOS.forEach(table -> assertThat(version(table)).as(table.folder()).isEqualTo(before.get(table)));
        assertThat(files("cartoons", "")).containsExactlyInAnyOrderElementsOf(files);
        assertThat(folder.resolve("lake/purges")).doesNotExist();
        assertThat(folder.resolve("photos/_toonlake")).doesNotExist();
    }

    @Test
    void onlyFilesThatFetchNamedAreOriginals() throws IOException {
        JsonNode summary = purge(0, list(path), "--originals=" + jobs.at("photos"));

        assertThat(message(summary)).contains(", and 0 files of --originals");
        assertThat(folder.resolve("photos/a.png")).exists();
    }

    @Test
    void noLinkLeadsOutOfTheOriginals() throws IOException {
        String name = "ab/cd/" + "0".repeat(64) + ".png";
        Files.createDirectories(folder.resolve("elsewhere/cd"));
        Files.createDirectories(folder.resolve("fetched"));
        Files.createSymbolicLink(folder.resolve("fetched/ab"), folder.resolve("elsewhere"));
        jobs.photo("fetched/" + name, 9, 320, 240);
        ingest("linked", "fetched");
        String linked = jobs.rows("lake", Table.IMAGES)
                .filter("collection = 'linked'")
                .head()
                .getAs("path");

        JsonNode left = jobs.run(
                5,
                "purge",
                "--tables=" + jobs.at("lake"),
                "--collection=linked",
                list(linked),
                "--originals=" + jobs.at("fetched"));

        assertThat(message(left))
                .contains("and 0 files of --originals", "1 files of --originals stay, since they are behind links");
        assertThat(folder.resolve("elsewhere/cd/" + "0".repeat(64) + ".png")).exists();
        assertThat(JobFixture.counts(left)).as("its rows are gone").isEqualTo("1/0/0");
    }

    @Test
    void aFileOfAnotherSizeIsNotThePicture() throws IOException {
        stylize();
        jobs.write("cartoons/a.png.jpg", new byte[] {1, 2, 3});

        JsonNode stays = purge(5, list(path), "--stylized-tables=" + jobs.at("cartoons/_toonlake"));

        assertThat(stays.get("filteredBy").toString()).isEqualTo("{\"not-as-made\":1}");
        assertThat(message(stays))
                .contains("and 0 pictures", "1 files stay, and the rows that name them", "cartoons/a.png.jpg (delete ");
        assertThat(folder.resolve("cartoons/a.png.jpg")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(left()).containsOnlyKeys(Table.STYLIZED);

        Files.delete(folder.resolve("cartoons/a.png.jpg"));
        assertThat(JobFixture.counts(purge(0, "--recorded"))).isEqualTo("1/0/0");
        assertThat(left()).isEmpty();
    }

    @Test
    void copiesOfAPhotoThatOnlyItsPictureTellsOfGoToo() throws IOException {
        jobs.write("never/taken-in.png", Files.readAllBytes(folder.resolve("photos/a.png")));
        TinyModel.save(folder.resolve("model"), 1);
        jobs.stylize(0, jobs.at("never"), jobs.at("cartoons"));

        JsonNode summary =
                purge(0, list(jobs.at("never/taken-in.png")), "--stylized-tables=" + jobs.at("cartoons/_toonlake"));

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(folder.resolve("cartoons/taken-in.png.jpg")).doesNotExist();
        assertThat(left()).isEmpty();
    }

    @Test
    void picturesInShardsAreLeftUntilTheirShardsMayGo() throws IOException {
        String[] packed = {"--set", "stylize.output.layout=webdataset"};
        stylize(packed);
        String tables = "--stylized-tables=" + jobs.at("cartoons/_toonlake");
        assertThat(files("cartoons/webdataset", ".tar")).hasSize(1);

        JsonNode left = purge(5, list(path), tables, "--vacuum");

        assertThat(left.get("outcome").asText()).isEqualTo("incomplete");
        assertThat(JobFixture.counts(left)).isEqualTo("0/0/0");
        assertThat(left.get("filteredBy").toString()).isEqualTo("{\"in-shards\":1}");
        assertThat(message(left))
                .contains("1 pictures are left in 1 shards, which are never changed: file:")
                .contains("cartoons-000000.tar (--delete-shards deletes them whole");
        assertThat(left()).containsOnlyKeys(Table.STYLIZED);
        assertThat(jobs.rows("lake", Table.PURGES).filter("purged is null").count())
                .isEqualTo(1);
        assertThat(message(purge(5, "--licence=0")))
                .as("the next run knows where")
                .contains("cartoons-000000.tar");

        JsonNode whole = purge(0, "--recorded", "--delete-shards", "--vacuum");

        assertThat(JobFixture.counts(whole)).isEqualTo("1/0/0");
        assertThat(message(whole))
                .contains("1 shards are deleted, and stylize will make the 3 other pictures in them again");
        assertThat(files("cartoons/webdataset", ".tar")).isEmpty();
        assertThat(left()).isEmpty();
        assertThat(naming()).isEmpty();
        Files.delete(folder.resolve("photos/a.png"));
        assertThat(JobFixture.counts(stylize(packed))).isEqualTo("3/0/0");
    }

    @Test
    void aRunThatDiesIsFinishedByTheNextOne() throws IOException {
        stylize();
        String tables = "--stylized-tables=" + jobs.at("cartoons/_toonlake");
        // In the middle of its rows there is suddenly a table that it cannot use.
        String alter =
                "ALTER TABLE delta.`" + tables(Table.QUARANTINE) + "` SET TBLPROPERTIES ('toonlake.format-version' = ";
        spark.sql(alter + "'2')");

        JsonNode died = purge(4, "--licence=6", tables);

        spark.sql(alter + "'1')");
        assertThat(message(died)).contains("its format version is 2");
        assertThat(folder.resolve("cartoons/a.png.jpg")).as("files go first").doesNotExist();
        assertThat(left()).containsOnlyKeys(Table.QUARANTINE, Table.STYLIZED);
        assertThat(ingest("flickr", "photos").get("filteredBy").toString()).isEqualTo("{\"purged\":1}");

        // Nor is what was named then forgotten where it is not there now.
        Files.move(folder.resolve("cartoons/_toonlake"), folder.resolve("elsewhere"));
        assertThat(message(purge(4, "--licence=0", "--vacuum")))
                .startsWith("Cannot read file:")
                .contains("/cartoons/_toonlake: an earlier purge was to delete pictures that its table stylized names");
        Files.move(folder.resolve("elsewhere"), folder.resolve("cartoons/_toonlake"));

        // Whatever the next run is asked for.
        JsonNode next = purge(0, "--licence=0", "--vacuum");

        assertThat(JobFixture.counts(next)).isEqualTo("1/0/0");
        assertThat(left()).isEmpty();
        assertThat(naming()).isEmpty();
        Row purged = jobs.rows("lake", Table.PURGES).head();
        assertThat(purged.<Integer>getAs("samples"))
                .as("as the first run found them")
                .isGreaterThan(0);
        assertThat(purged.<Integer>getAs("pictures")).isEqualTo(1);
        assertThat(purged.<Object>getAs("vacuumed")).isNotNull();
    }

    /** As a run leaves it that was killed before it wrote to this table and those after it. */
    @ParameterizedTest
    @EnumSource(
            value = Table.class,
            names = {"SAMPLES", "PROVENANCE", "STYLIZED"})
    void whereverItWasKilledTheEndIsTheSame(Table killedBefore) throws IOException {
        stylize();
        Map<Table, Long> before = new TreeMap<>();
        OF_PHOTOS.forEach(table -> before.put(table, version(table)));
        purge(0, list(path), "--stylized-tables=" + jobs.at("cartoons/_toonlake"));
        Map<Table, List<String>> ends = new TreeMap<>();
        OF_PHOTOS.forEach(table -> ends.put(table, texts(table)));
        for (Table table : OF_PHOTOS.subList(OF_PHOTOS.indexOf(killedBefore), OF_PHOTOS.size())) {
            spark.sql("RESTORE TABLE delta.`" + tables(table) + "` TO VERSION AS OF " + before.get(table));
        }
        if (killedBefore == Table.PROVENANCE) {
            // The near-duplicate's row goes before its image.
            spark.sql("DELETE FROM delta.`" + tables(Table.PROVENANCE) + "` WHERE path LIKE '%/z.png'");
        }
        spark.sql("UPDATE delta.`" + jobs.at("lake/purges") + "` SET purged = NULL");
        assertThat(left()).containsKey(killedBefore);

        assertThat(JobFixture.counts(purge(0, "--recorded"))).isEqualTo("1/0/0");

        OF_PHOTOS.forEach(table -> assertThat(texts(table)).as(table.folder()).isEqualTo(ends.get(table)));
        assertThat(jobs.rows("lake", Table.PURGES)
                        .filter("pictures = 1 and samples > 0")
                        .count())
                .isEqualTo(1);
    }

    private List<String> texts(Table table) {
        return rows(table).drop("pixels").collectAsList().stream()
                .map(Row::toString)
                .sorted()
                .toList();
    }

    @Test
    void whatAnotherJobWroteMeanwhileIsFound() throws IOException {
        purge(0, list(path));
        // As a run of an older release, which does not ask, would take it in.
        append(
                Table.SAMPLE_PICTURES,
                "run_id string, round int, sha256 string, sample_index int",
                RowFactory.create("training", 1, sha256, 0));

        JsonNode found = purge(5, "--licence=0", "--vacuum");

        assertThat(message(found)).contains("1 files of the tables hold purged photos still: file:");
        assertThat(jobs.rows("lake", Table.PURGES).filter("vacuumed is null").count())
                .isEqualTo(1);
        assertThat(JobFixture.counts(purge(0, "--recorded", "--vacuum"))).isEqualTo("1/0/0");
        assertThat(naming()).isEmpty();
    }

    @Test
    void whatCannotBeUnderstoodIsSaid() throws IOException {
        String nothing = "--tables=" + jobs.at("lake");
        assertThat(Main.run("purge", nothing, "--collection=flickr"))
                .as("of what")
                .isEqualTo(2);
        assertThat(Main.run("purge", nothing, "--collection=flickr", "--gone", "--licence=6"))
                .as("one of them")
                .isEqualTo(2);
        assertThat(message(purge(2, "--licence=17"))).isEqualTo("Invalid --licence: 17 (Flickr's ids are 0 to 16)");
        assertThat(message(purge(2, list("photos/nowhere.png"))))
                .startsWith("Invalid --photos: " + jobs.at("list.txt")
                        + " (no line of it names anything in collection flickr, as photos/nowhere.png does not; ");
        assertThat(message(purge(2, list(""))))
                .isEqualTo("Invalid --photos: " + jobs.at("list.txt") + " (it has no lines)");
        assertThat(message(purge(4, "--photos=" + jobs.at("nowhere")))).endsWith("/nowhere: no such file");
        assertThat(message(purge(2, "--gone", "--stylized-tables=" + jobs.at("nowhere"))))
                .startsWith("Invalid --stylized-tables: " + jobs.at("nowhere") + " (no table stylized is there");
        assertThat(message(purge(4, "--gone", "--originals=" + jobs.at("nowhere"))))
                .endsWith("/nowhere: no such folder");
        assertThat(message(jobs.run(2, "purge", nothing, "--collection=seas", "--gone")))
                .startsWith("Invalid --collection: seas (no such collection in file:")
                .endsWith("; its photo collections are: flickr; its cartoon collections are: none)");
        assertThat(left()).isNotEmpty();
        assertThat(Collections.frequency(jobs.values("lake", Table.RUNS, "outcome"), "done"))
                .isEqualTo(1);
    }
}
