package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class AttributionJobTest {
    private static final String PAGE = "http://www.flickr.com/photos/1@N00/";

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    AttributionJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
        append(
                "lake",
                Table.PROVENANCE,
                "collection string, path string, sha256 string, photo_id string, owner_id string, owner_name string, "
                        + "title string, page_url string, licence string, licence_url string",
                photo("lakes", "a.jpg", "aa", "1", "Ann", "A \"lake\", at\nnoon", "CC BY 2.0", "https://by"),
                photo("lakes", "b.jpg", "bb", "2", "", "", "CC BY-SA 2.0", "https://by-sa"),
                photo("hills", "a.jpg", "aa", "1", "Ann", "A \"lake\", at\nnoon", "CC BY 2.0", "https://by"),
                photo("hills", "c.jpg", "cc", "3", "Cem", "=Bäume", "No known copyright restrictions", ""));
        append(
                "lake",
                Table.IMAGES,
                "collection string, domain string, path string",
                RowFactory.create("lakes", "photo", "a.jpg"),
                RowFactory.create("lakes", "photo", "b.jpg"),
                RowFactory.create("hills", "photo", "a.jpg"),
                RowFactory.create("hills", "photo", "c.jpg"),
                RowFactory.create("hills", "photo", "nobody's.jpg"));
    }

    private static Row photo(
            String collection,
            String path,
            String sha256,
            String id,
            String owner,
            String title,
            String licence,
            String url) {
        return RowFactory.create(collection, path, sha256, id, "1@N00", owner, title, PAGE + id + "/", licence, url);
    }

    /** Rows with some of a table's columns; the others are null. */
    private void append(String tables, Table table, String columns, Row... rows) {
        Dataset<Row> given = spark.createDataFrame(List.of(rows), StructType.fromDDL(columns));
        List<String> names = Arrays.asList(given.columns());
        Column[] all = Arrays.stream(table.schema().fields())
                .map(field -> names.contains(field.name())
                        ? functions.col(field.name())
                        : functions.lit(null).cast(field.dataType()).as(field.name()))
                .toArray(Column[]::new);
        new Lake(spark, new org.apache.hadoop.fs.Path(folder.resolve(tables).toUri())).append(table, given.select(all));
    }

    private JsonNode attribution(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("attribution", "--tables", jobs.at("lake"), "--set", "max-quarantined-fraction=0.5"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private String credits(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    @Test
    void everyPhotoOfACollectionHasItsLine() throws IOException {
        JsonNode summary = attribution(0, "--collection", "lakes", "--output", jobs.at("out/credits.csv"));

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(credits("out/credits.csv")).isEqualTo("""
                        "file","photo_id","title","owner","owner_id","page_url","licence","licence_url"
                        "a.jpg","1","A ""lake"", at noon","Ann","1@N00","http://www.flickr.com/photos/1@N00/1/","CC BY 2.0","https://by"
                        "b.jpg","2","","1@N00","1@N00","http://www.flickr.com/photos/1@N00/2/","CC BY-SA 2.0","https://by-sa"
                        """);
    }

    @Test
    void sentencesAreForPeople() throws IOException {
        attribution(0, "--collection", "lakes", "--output", jobs.at("credits.txt"), "--format", "text");

        assertThat(credits("credits.txt")).isEqualTo("""
                        a.jpg: "A "lake", at noon" by Ann, http://www.flickr.com/photos/1@N00/1/, CC BY 2.0 (https://by)
                        b.jpg: photo 2 by 1@N00, http://www.flickr.com/photos/1@N00/2/, CC BY-SA 2.0 (https://by-sa)
                        """);
    }

    @Test
    void whatNobodyCanBeCreditedForIsKeptAside() throws IOException {
        String[] hills = {"--collection", "hills", "--output", jobs.at("credits.txt"), "--format", "text"};
        JsonNode summary = attribution(0, hills);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/1");
        assertThat(summary.get("reasons").toString()).isEqualTo("{\"no-provenance\":1}");
        assertThat(credits("credits.txt").lines())
                .hasSize(2)
                .contains(
                        "c.jpg: \"=Bäume\" by Cem, http://www.flickr.com/photos/1@N00/3/, No known copyright restrictions");
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .containsExactly("Cannot credit nobody's.jpg: table provenance does not know whose the photo is");

        append("lake", Table.PROVENANCE, "collection string, path string", RowFactory.create("hills", "nobody's.jpg"));
        assertThat(JobFixture.counts(attribution(0, hills))).isEqualTo("3/0/0");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void picturesAreMatchedByTheirPhotosPathOrContent() throws IOException {
        append(
                "cartoons",
                Table.STYLIZED,
                "output string, path string, sha256 string",
                RowFactory.create("out/a.jpg", "a.jpg", "aa"),
                RowFactory.create("out/a-large.jpg", "a.jpg", "aa"),
                RowFactory.create("out/copy.jpg", "copies/of-c.jpg", "cc"),
                RowFactory.create("out/unknown.jpg", "x.jpg", "xx"));

        JsonNode summary = attribution(
                0, "--stylized-tables", jobs.at("cartoons"), "--output", jobs.at("credits.txt"), "--format", "text");

        assertThat(JobFixture.counts(summary)).isEqualTo("3/0/1");
        assertThat(credits("credits.txt").lines().map(line -> line.replaceFirst(", http.*", "")))
                .containsExactly(
                        "out/a-large.jpg: \"A \"lake\", at noon\" by Ann",
                        "out/a.jpg: \"A \"lake\", at noon\" by Ann",
                        "out/copy.jpg: \"=Bäume\" by Cem");
    }

    @Test
    void someOfThemAreCreditedAndWhatIsUnknownIsKeptAside() throws IOException {
        Path list = folder.resolve("few.txt");
        // a.jpg by its number too; 3 is in another collection, d.jpg in none.
        Files.writeString(list, "\uFEFFb.jpg\n\n3\n1\na.jpg\nd.jpg\n b.jpg \n");
        String[] few = {
            "--only", list.toString(), "--output", jobs.at("few.csv"), "--set", "max-quarantined-fraction=0.9"
        };

        JsonNode lakes = attribution(0, with(few, "--collection", "lakes"));

        assertThat(JobFixture.counts(lakes)).isEqualTo("2/0/2");
        assertThat(lakes.get("reasons").toString()).isEqualTo("{\"not-found\":2}");
        assertThat(credits("few.csv").lines().map(line -> line.replaceFirst(",.*", "")))
                .containsExactly("\"file\"", "\"a.jpg\"", "\"b.jpg\"");
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .containsExactly(
                        "Cannot credit 3: nothing there is called so",
                        "Cannot credit d.jpg: nothing there is called so");

        // What is there by now is no refusal any more.
        append(
                "lake",
                Table.IMAGES,
                "collection string, domain string, path string",
                RowFactory.create("lakes", "photo", "file:" + folder.resolve("d.jpg")));
        append(
                "lake",
                Table.PROVENANCE,
                "collection string, path string",
                RowFactory.create("lakes", "file:" + folder.resolve("d.jpg")));
        assertThat(JobFixture.counts(attribution(0, with(few, "--collection", "lakes"))))
                .isEqualTo("3/0/1");
        assertThat(jobs.values("lake", Table.QUARANTINE, "path")).containsExactly("3");
    }

    @Test
    void somePicturesAreCredited() throws IOException {
        append(
                "cartoons",
                Table.STYLIZED,
                "output string, path string, sha256 string",
                RowFactory.create("file:" + folder.resolve("one.jpg"), "a.jpg", "aa"),
                RowFactory.create("file:" + folder.resolve("two.jpg"), "c.jpg", "cc"),
                RowFactory.create("file:" + folder.resolve("three.jpg"), "b.jpg", "bb"));
        // Two spellings of one, and another by its photo's number.
        Files.writeString(folder.resolve("few.txt"), "two.jpg\n" + folder.resolve("two.jpg") + "\n2\n");
        String[] few = {
            "--only", jobs.at("few.txt"), "--output", jobs.at("few.csv"), "--stylized-tables", jobs.at("cartoons")
        };

        assertThat(JobFixture.counts(attribution(0, few))).isEqualTo("2/0/0");
        assertThat(credits("few.csv"))
                .contains("two.jpg\",\"3\"", "three.jpg\",\"2\"")
                .doesNotContain("one.jpg");
    }

    @Test
    void aListThatNamesNothingLeavesTheFileAlone() throws IOException {
        Files.writeString(folder.resolve("x.csv"), "what was credited before");
        String[] lakes = {"--collection", "lakes", "--output", jobs.at("x.csv"), "--only", jobs.at("few.txt")};

        assertThat(message(4, lakes)).startsWith("Cannot read --only file:").endsWith("few.txt: no such file");
        Files.writeString(folder.resolve("few.txt"), "\n");
        assertThat(message(2, lakes)).isEqualTo("Invalid --only: " + jobs.at("few.txt") + " (it has no lines)");
        Files.writeString(folder.resolve("few.txt"), "c.jpg\n");
        assertThat(message(2, lakes))
                .isEqualTo("Invalid --only: " + jobs.at("few.txt")
                        + " (no line of it names a photo of collection lakes, as c.jpg "
                        + "does not; give paths as the tables have them, or Flickr's ids)");
        assertThat(credits("x.csv")).isEqualTo("what was credited before");
    }

    private String message(int exitCode, String... arguments) throws IOException {
        return attribution(exitCode, arguments).get("message").asText();
    }

    private static String[] with(String[] few, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(few));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void wrongPlacesAreNamed() throws IOException {
        assertThat(attribution(2, "--collection", "seas", "--output", jobs.at("x"))
                        .get("message")
                        .asText())
                .startsWith("Invalid --collection: seas (no such collection");
        assertThat(attribution(2, "--collection", "lakes", "--output", jobs.at("lake"))
                        .get("message")
                        .asText())
                .isEqualTo("Invalid --output: " + jobs.at("lake") + " (it is a folder; name a file)");
        assertThat(attribution(2, "--stylized-tables", jobs.at("nowhere"), "--output", jobs.at("x"))
                        .get("message")
                        .asText())
                .startsWith("Invalid --stylized-tables: " + jobs.at("nowhere") + " (no table stylized is there");
        jobs.write("file", new byte[1]);
        assertThat(attribution(4, "--collection", "lakes", "--output", jobs.at("file/x.csv"))
                        .get("message")
                        .asText())
                .startsWith("Cannot write --output ");
    }
}
