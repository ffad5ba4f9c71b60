package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.job.YfccCollection.Fate;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class YfccIngestTest {
    private static final int ROWS = 4000;

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private YfccCollection collection;

    YfccIngestTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
        collection = new YfccCollection(1, folder);
    }

    private JsonNode ingest(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "flickr",
                "--images",
                jobs.at("bucket"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "max-quarantined-fraction=1"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    /** A few lines, each a photo whose image is there unless its fate is another. */
    private String metadata(String name, List<String> lines) throws IOException {
        jobs.write(name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return "--yfcc=" + jobs.at(name);
    }

    /** The rows of a fate, in order. */
    private List<Long> rows(Fate fate, int count) {
        return LongStream.iterate(0, row -> row + 1)
                .filter(row -> collection.fate(row) == fate)
                .limit(count)
                .boxed()
                .toList();
    }

    private List<String> kept(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (long row : rows(Fate.KEPT, count)) {
            collection.image(row);
            lines.add(collection.line(row, true));
        }
        return lines;
    }

    private static Map<String, Long> counts(JsonNode json) {
        return new TreeMap<>(new ObjectMapper()
                .convertValue(json, new com.fasterxml.jackson.core.type.TypeReference<Map<String, Long>>() {}));
    }

    private static Map<String, Long> expected(Map<Fate, Long> fates, Predicate<Fate> which) {
        Map<String, Long> counts = new TreeMap<>();
        fates.forEach((fate, count) -> {
            if (which.test(fate)) {
                counts.put(fate.code(), count);
            }
        });
        return counts;
    }

    private String[] wholeCollection() throws IOException {
        List<String> options = new ArrayList<>(YfccCollection.FILTERS);
        options.add("--yfcc=" + collection.write("metadata/part 0", 0, 1000, true));
        options.add("--yfcc=" + collection.write("metadata/part-1.gz", 1000, 2000, false));
        options.add("--yfcc=" + collection.write("packed/part-2.bz2", 2000, 3000, true));
        options.add("--yfcc=" + collection.write("packed/part-3", 3000, ROWS, false));
        collection.writeHashes(0, ROWS);
        options.add("--yfcc-hashes=" + collection.hashes());
        return options.toArray(String[]::new);
    }

    @Test
    void everyRowIsKeptFilteredOrQuarantinedWithItsReason() throws IOException {
        String[] options = wholeCollection();
        Map<Fate, Long> fates = collection.fates(ROWS);
        assertThat(fates).as("the collection has rows of every fate").hasSize(Fate.values().length);

        JsonNode summary = ingest(0, options);

        assertThat(summary.get("read").asLong()).isEqualTo(ROWS);
        assertThat(summary.get("done").asLong()).isEqualTo(fates.get(Fate.KEPT));
        assertThat(counts(summary.get("filteredBy"))).isEqualTo(expected(fates, Fate::isFiltered));
        assertThat(counts(summary.get("reasons"))).isEqualTo(expected(fates, Fate::isQuarantined));
        Row run = jobs.rows("lake", Table.RUNS).head();
        assertThat(run.<String, Long>getJavaMap(run.fieldIndex("filtered_by")))
                .isEqualTo(counts(summary.get("filteredBy")));

        List<String> broken = LongStream.range(0, ROWS)
                .filter(row -> collection.fate(row).isBroken())
                .mapToObj(row -> collection.line(row, row / 1000 % 2 == 0))
                .sorted()
                .toList();
        assertThat(jobs.rows("lake", Table.QUARANTINE)
                        .filter("raw is not null")
                        .select("raw")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .as("what is broken is kept as it was")
                .containsExactlyInAnyOrderElementsOf(broken);
        assertThat(jobs.rows("lake", Table.QUARANTINE).count())
                .isEqualTo(counts(summary.get("reasons")).values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        assertThat(jobs.values("lake", Table.IMAGES, "path"))
                .isEqualTo(jobs.values("lake", Table.PROVENANCE, "path"))
                .hasSize(fates.get(Fate.KEPT).intValue());

        JsonNode second = ingest(0, options);

        assertThat(second.get("unchanged").asLong()).isEqualTo(fates.get(Fate.KEPT));
        assertThat(second.get("done").asLong()).isZero();
        assertThat(second.get("reasons")).isEqualTo(summary.get("reasons"));
        assertThat(second.get("filteredBy")).isEqualTo(summary.get("filteredBy"));
        for (Table table : List.of(Table.IMAGES, Table.PROVENANCE, Table.QUARANTINE)) {
            assertThat(jobs.values("lake", table, "run_id").stream().distinct())
                    .as("the second run writes nothing to %s", table)
                    .hasSize(1);
        }
    }

    @Test
    void photosKeepWhoseTheyAre() throws IOException {
        String metadata = metadata("m", kept(1));
        long row = rows(Fate.KEPT, 1).get(0);
        String[] columns = collection.line(row, true).split("\t");
        Instant before = Instant.now();

        ingest(0, metadata);

        Row image = jobs.rows("lake", Table.IMAGES).head();
        Row photo = jobs.rows("lake", Table.PROVENANCE).head();
        assertThat(photo.<String>getAs("path"))
                .isEqualTo(image.getAs("path"))
                .isEqualTo("file:" + collection.imageFile(row));
        assertThat(photo.<String>getAs("sha256"))
                .isEqualTo(image.getAs("sha256"))
                .hasSize(64);
        assertThat(photo.<String>getAs("source")).isEqualTo("yfcc100m");
        assertThat(photo.<String>getAs("photo_id")).isEqualTo(columns[1]);
        assertThat(photo.<String>getAs("owner_id")).isEqualTo(columns[3]);
        assertThat(photo.<String>getAs("owner_name")).startsWith("Päule ");
        assertThat(photo.<String>getAs("title")).isEqualTo(collection.title(row));
        assertThat(photo.<String>getAs("page_url")).isEqualTo(columns[15]);
        assertThat(photo.<String>getAs("source_url")).isEqualTo(columns[16]);
        assertThat(photo.<String>getAs("licence"))
                .isEqualTo("CC " + columns[18].split("/")[4].toUpperCase(java.util.Locale.ROOT) + " 2.0");
        assertThat(photo.<Integer>getAs("licence_id")).isIn(1, 2, 4, 5);
        assertThat(photo.<String>getAs("licence_version")).isEqualTo("2.0");
        assertThat(photo.<String>getAs("licence_url")).isEqualTo(columns[18].replace("http:", "https:"));
        assertThat(photo.<Timestamp>getAs("taken").toInstant())
                .isEqualTo(Instant.parse(columns[5].replace(' ', 'T').replace(".0", "Z")));
        assertThat(photo.<Timestamp>getAs("uploaded").toInstant())
                .isEqualTo(Instant.ofEpochSecond(Long.parseLong(columns[6])));
        assertThat(photo.<Timestamp>getAs("fetched").toInstant()).isBetween(before, Instant.now());
        assertThat(photo.<Double>getAs("longitude")).isEqualTo(Double.parseDouble(columns[12]));
        assertThat(photo.<Integer>getAs("accuracy")).isEqualTo(16);
        assertThat(photo.getList(photo.fieldIndex("machine_tags"))).isEqualTo(List.of("geo:lat=46.5"));
        assertThat(photo.<String>getAs("metadata")).isEqualTo("file:" + jobs.at("m"));
    }

    @Test
    void photosOfAnyTimeKeepIt() throws IOException {
        List<String> lines = new ArrayList<>(kept(3));
        lines.set(0, withTaken(lines.get(0), "1895-06-01 12:00:00.0"));
        lines.set(1, withTaken(lines.get(1), "1500-03-01 00:00:00.0"));
        lines.set(2, withTaken(lines.get(2), "0001-01-02 00:00:00.0"));

        assertThat(JobFixture.counts(ingest(0, metadata("old", lines)))).isEqualTo("3/0/0");

        assertThat(jobs.rows("lake", Table.PROVENANCE)
                        .selectExpr("date_format(taken, 'yyyy-MM-dd HH:mm')")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactlyInAnyOrder("1895-06-01 12:00", "1500-03-01 00:00", "0001-01-02 00:00");
    }

    private static String withTaken(String line, String taken) {
        String[] columns = line.split("\t", -1);
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.0")) {
                columns[i] = taken;
            }
        }
        return String.join("\t", columns);
    }

    @Test
    void licencesWithoutDerivativesAreTakenOnlyWhenAskedFor() throws IOException {
        List<String> lines = new ArrayList<>(kept(2));
        lines.set(
                0,
                lines.get(0)
                        .replaceFirst(
                                "\tAttribution[^\t]*\t[^\t]*",
                                "\tAttribution-NoDerivs License\thttp://creativecommons.org/licenses/by-nd/2.0/"));
        lines.set(1, lines.get(1).replaceFirst("\tAttribution[^\t]*\t[^\t]*", "\tAll Rights Reserved\t"));
        String metadata = metadata("m", lines);

        JsonNode byDefault = ingest(0, metadata);
        assertThat(byDefault.get("filteredBy").toString()).isEqualTo("{\"licence\":2}");
        assertThat(JobFixture.counts(byDefault)).isEqualTo("0/0/0");

        assertThat(JobFixture.counts(ingest(0, metadata, "--licence", "6"))).isEqualTo("1/0/0");
        assertThat(JobFixture.counts(ingest(0, metadata, "--licence", "6,0"))).isEqualTo("1/1/0");
        assertThat(jobs.values("lake", Table.PROVENANCE, "licence"))
                .containsExactly("All Rights Reserved", "CC BY-ND 2.0");
    }

    @Test
    void aPhotoInBothLayoutsIsOnePhoto() throws IOException {
        long row = rows(Fate.KEPT, 1).get(0);
        collection.image(row);
        String plain = metadata("plain", List.of(collection.line(row, false)));
        String numbered = metadata("numbered", List.of(collection.line(row, true)));

        JsonNode summary = ingest(0, plain, numbered);

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"repeated\":1}");
    }

    @Test
    void twoPhotosWithOneImageAreReadOnce() throws IOException {
        String line = kept(1).get(0);
        String other = line.replaceFirst("\t\\d+\t", "\t77\t");

        JsonNode summary = ingest(0, metadata("m", List.of(line, other)));

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"repeated\":1}");
        assertThat(jobs.values("lake", Table.PROVENANCE, "photo_id")).containsExactly("77");
    }

    @Test
    void equalBrokenLinesAreCountedOneByOne() throws IOException {
        JsonNode summary = ingest(0, metadata("m", List.of("", "broken", "broken", kept(1).get(0))));

        assertThat(summary.get("reasons").toString()).isEqualTo("{\"bad-layout\":3}");
        assertThat(jobs.values("lake", Table.QUARANTINE, "raw")).containsExactly("", "broken", "broken");
    }

    @Test
    void whatIsMendedLeavesTheQuarantine() throws IOException {
        List<String> lines = new ArrayList<>(kept(3));
        Path missing = collection.imageFile(rows(Fate.KEPT, 3).get(2));
        byte[] image = Files.readAllBytes(missing);
        Files.delete(missing);
        String whole = lines.get(0);
        String hashless = lines.get(1);
        lines.set(0, whole.substring(0, 50));
        lines.set(1, hashless.replaceFirst("\t[0-9a-f]{32}\t", "\t\t"));
        String metadata = metadata("m", lines);

        JsonNode first = ingest(0, metadata);

        assertThat(first.get("reasons").toString()).isEqualTo("{\"bad-layout\":1,\"image-missing\":1,\"no-hash\":1}");
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .anyMatch(message -> message.matches("Cannot find photo \\d+ \\(http.*\\): no image at file:.*"))
                .anyMatch(message -> message.matches("Cannot find photo \\d+ \\(http.*\\): its row has no hash.*"));

        Files.write(missing, image);
        metadata("m", List.of(whole, hashless, lines.get(2)));
        assertThat(JobFixture.counts(ingest(0, metadata))).isEqualTo("3/0/0");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void changedMetadataIsTakenOverWithoutReadingThePhotosAgain() throws IOException {
        List<String> lines = kept(2);
        String metadata = metadata("m", lines);
        ingest(0, metadata);
        Timestamp fetched = jobs.rows("lake", Table.PROVENANCE).head().getAs("fetched");

        metadata("m", List.of(lines.get(0).replaceFirst("\tLake[^\t]*\t", "\tA+new+title\t"), lines.get(1)));
        JsonNode summary = ingest(0, metadata);

        assertThat(JobFixture.counts(summary)).isEqualTo("0/2/0");
        List<Row> photos = jobs.rows("lake", Table.PROVENANCE).collectAsList();
        assertThat(photos)
                .extracting(row -> row.<String>getAs("title"))
                .contains("A new title")
                .hasSize(2);
        assertThat(photos).extracting(row -> row.<Timestamp>getAs("fetched")).containsOnly(fetched);
        assertThat(jobs.values("lake", Table.PROVENANCE, "run_id").stream().distinct())
                .hasSize(2);
    }

    @Test
    void photosThatWereTakenInFromAFolderGetTheirOwners() throws IOException {
        String metadata = metadata("m", kept(2));
        jobs.run(
                0,
                "ingest",
                "--domain=photo",
                "--collection=flickr",
                "--input=" + jobs.at("bucket"),
                "--tables=" + jobs.at("lake"),
                "--set=ingest.limits.min-side-pixels=64",
                "--set=ingest.sample.size-pixels=64");
        assertThat(jobs.rows("lake", Table.PROVENANCE).count()).isZero();

        assertThat(JobFixture.counts(ingest(0, metadata))).isEqualTo("0/2/0");

        assertThat(jobs.rows("lake", Table.PROVENANCE).count()).isEqualTo(2);
    }

    @Test
    void aRunThatDiedBetweenTwoCommitsIsCompleted() throws IOException {
        String metadata = metadata("m", kept(5));
        ingest(0, metadata);
        List<String> paths = jobs.values("lake", Table.IMAGES, "path");
        // As a run leaves it that was killed before it wrote the images of its last batch.
        spark.sql("DELETE FROM delta.`" + jobs.at("lake/images") + "` WHERE path = '" + paths.get(1) + "'");
        spark.sql("DELETE FROM delta.`" + jobs.at("lake/provenance") + "` WHERE path = '" + paths.get(2) + "'");

        assertThat(JobFixture.counts(ingest(0, metadata, "--set", "ingest.images-per-commit=1")))
                .isEqualTo("1/4/0");

        assertThat(jobs.values("lake", Table.IMAGES, "path")).isEqualTo(paths);
        assertThat(jobs.values("lake", Table.PROVENANCE, "path")).isEqualTo(paths);
    }

    @Test
    void aPhotoThatBreaksLosesItsProvenance() throws IOException {
        String metadata = metadata("m", kept(2));
        ingest(0, metadata);
        Path image = collection.imageFile(rows(Fate.KEPT, 1).get(0));
        Files.write(image, Arrays.copyOf(Files.readAllBytes(image), 500));

        assertThat(JobFixture.counts(ingest(0, metadata))).isEqualTo("0/1/1");

        assertThat(jobs.values("lake", Table.PROVENANCE, "path"))
                .isEqualTo(jobs.values("lake", Table.IMAGES, "path"))
                .hasSize(1);
    }

    @Test
    void whatCannotBeUnderstoodIsSaid() throws IOException {
        String metadata = metadata("m", kept(1));
        assertThat(ingest(2, metadata, "--licence", "17").get("message").asText())
                .isEqualTo("Invalid --licence: 17 (Flickr's ids are 0 to 16)");
        for (String box : List.of("1,2,3", "a,b,c,d", "0,10,5,9", "0,0,181,9", "0,-91,0,0", "")) {
            assertThat(ingest(2, metadata, "--bounding-box", box).get("message").asText())
                    .startsWith("Invalid --bounding-box: " + box + " (west, south, east, north in degrees");
        }
        assertThat(ingest(2, metadata, "--taken-since", "May").get("message").asText())
                .startsWith("Invalid --taken-since: May");
        assertThat(jobs.run(
                                2,
                                "ingest",
                                "--domain=cartoon",
                                "--collection=other",
                                "--images=" + jobs.at("bucket"),
                                "--tables=" + jobs.at("lake"),
                                metadata)
                        .get("message")
                        .asText())
                .isEqualTo("Invalid --domain: cartoon (YFCC100M holds photos)");
    }

    @Test
    void whatCannotBeReadIsUnreachable() throws IOException {
        String metadata = metadata("m", kept(1));
        assertThat(ingest(4, "--yfcc", jobs.at("nowhere")).get("message").asText())
                .isEqualTo("Cannot read --yfcc file:" + jobs.at("nowhere") + ": no such file or folder");
        assertThat(ingest(4, metadata, "--yfcc-hashes", jobs.at("nowhere"))
                        .get("message")
                        .asText())
                .isEqualTo("Cannot read --yfcc-hashes file:" + jobs.at("nowhere") + ": no such file or folder");
        Files.move(folder.resolve("bucket/data"), folder.resolve("data"));
        assertThat(ingest(4, metadata).get("message").asText())
                .isEqualTo("Cannot read --images file:" + jobs.at("bucket/data/images") + ": no such file or folder");
    }

    @Test
    void metadataThatIsCutShortEndsTheRun() throws IOException {
        kept(1);
        for (String name : List.of("m.gz", "m.bz2")) {
            byte[] whole = Files.readAllBytes(collection.write(name, 0, 500, true));
            Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length / 2));

            JsonNode summary = ingest(4, "--yfcc", jobs.at(name));

            assertThat(summary.get("message").asText())
                    .startsWith("Cannot read --yfcc file:" + jobs.at(name) + ": ")
                    .contains("cut short");
        }
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isZero();
    }
}
