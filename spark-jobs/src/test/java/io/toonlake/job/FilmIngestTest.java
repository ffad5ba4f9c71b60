package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.film.FilmRecipe;
import io.toonlake.image.PixelImage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.Scenes;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class FilmIngestTest {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 96;

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    FilmIngestTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        Files.createDirectories(folder.resolve("films"));
    }

    /** Pans over the cartoons of these seeds, 20 frames each. */
    private void film(String name, long... seeds) {
        List<PixelImage> frames = new ArrayList<>();
        for (long seed : seeds) {
            frames.addAll(Scenes.pan(seed, 20, WIDTH, HEIGHT));
        }
        FilmFile.of(frames).bFrames(2).write(folder.resolve("films/" + name));
    }

    private void touch(String name, long millis) throws IOException {
        Files.setLastModifiedTime(folder.resolve("films/" + name), FileTime.fromMillis(millis));
    }

    private JsonNode ingest(int exitCode, String collection, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                collection,
                "--films",
                jobs.at("films"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "ingest.film.min-scene-frames=10",
                "--set",
                "ingest.film.crop-bars=false",
                "--set",
                "max-quarantined-fraction=0.5"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private List<Row> frames(String collection) {
        return jobs.rows("lake", Table.IMAGES)
                .filter("collection = '" + collection + "'")
                .orderBy("path")
                .collectAsList();
    }

    private static List<Integer> numbers(List<Row> frames) {
        return frames.stream().map(row -> row.<Integer>getAs("frame_number")).toList();
    }

    private List<String> hashes(String collection) {
        return frames(collection).stream()
                .map(row -> row.<String>getAs("sha256"))
                .toList();
    }

    @Test
    void everyFrameHasAFateAndTheSecondRunDoesNothing() throws IOException {
        film("a.mp4", 1, 2, 3);
        film("b.mkv", 4, 5);
        byte[] broken = Files.readAllBytes(folder.resolve("films/b.mkv"));
        Arrays.fill(broken, broken.length * 3 / 5, broken.length * 4 / 5, (byte) 0);
        jobs.write("films/broken.mkv", broken);
        jobs.write("films/readme.txt", "not a film".getBytes(StandardCharsets.UTF_8));
        Files.copy(folder.resolve("films/a.mp4"), folder.resolve("films/copy of a.mp4"));

        JsonNode first = ingest(0, "drawn");

        long lost = first.get("reasons").path("undecodable").asLong();
        assertThat(first.get("read").asLong()).isBetween(60 + 40 + 60 + 20L, 60 + 40 + 60 + 40L + 1);
        assertThat(first.get("reasons").path("not-a-film").asLong()).isEqualTo(1);
        assertThat(first.get("filteredBy").get("repeated").asLong()).isEqualTo(60);
        List<Row> frames = frames("drawn");
        assertThat(frames).hasSize((int) first.get("done").asLong());
        assertThat(frames.stream()
                        .filter(row -> row.isNullAt(row.fieldIndex("duplicate_of")))
                        .count())
                .as("two of each scene; the pans move too little to be told apart")
                .isBetween(5L, 10L);
        for (Row frame : frames) {
            assertThat(frame.<String>getAs("path"))
                    .isEqualTo(String.format(
                            "film:%s/%08d-%d",
                            frame.<String>getAs("film"),
                            frame.<Integer>getAs("frame_number"),
                            frame.<Long>getAs("frame_timestamp")));
            assertThat(frame.<Integer>getAs("width")).isEqualTo(WIDTH);
        }
        List<Row> films = jobs.rows("lake", Table.FILMS).orderBy("path").collectAsList();
        assertThat(films).hasSize(4);
        assertThat(films.get(0).<Long>getAs("frames")).isEqualTo(60);
        assertThat(films.get(0).<Integer>getAs("scenes")).isEqualTo(3);
        assertThat(films.get(0).<Long>getAs("chosen")).isEqualTo(6);
        assertThat(films.get(3).<Long>getAs("chosen")).as("of the copy").isZero();
        long undecodable =
                films.stream().mapToLong(row -> row.<Long>getAs("undecodable")).sum();
        assertThat(undecodable).isEqualTo(lost);
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .anyMatch(message -> message.endsWith(
                        "no film in a container that is known (Invalid data found when " + "processing input)"));

        assertThat(first.get("message").asText())
                .contains("; 1 of 5 files are not taken in, for the reasons that table quarantine has");

        JsonNode second = ingest(0, "drawn");

        assertThat(second.get("done").asLong()).isZero();
        assertThat(second.get("unchanged").asLong()).isEqualTo(first.get("done").asLong());
        assertThat(second.get("read")).isEqualTo(first.get("read"));
        assertThat(second.get("reasons")).isEqualTo(first.get("reasons"));
        assertThat(second.get("filteredBy")).isEqualTo(first.get("filteredBy"));
        assertThat(frames("drawn")).isEqualTo(frames);
    }

    @Test
    void aRecipeGivesTheSameFrames() throws IOException {
        film("a.mp4", 1, 2);
        film("b.mkv", 3);
        ingest(0, "mine", "--set", "ingest.film.crop-bottom=0.25");
        JsonNode written = jobs.run(
                0, "film-recipe", "--tables", jobs.at("lake"), "--collection", "mine", "--output", jobs.at("r.json"));
        assertThat(written.get("done").asLong()).isEqualTo(6);
        FilmRecipe recipe = FilmRecipe.parse(Files.readAllBytes(folder.resolve("r.json")));
        assertThat(recipe.films()).extracting(FilmRecipe.Film::name).containsExactlyInAnyOrder("a.mp4", "b.mkv");
        // Somebody else's films: one of them is not in the recipe, one is missing.
        Files.delete(folder.resolve("films/b.mkv"));
        film("c.mkv", 9);

        JsonNode replayed = ingest(0, "theirs", "--recipe", jobs.at("r.json"));

        assertThat(replayed.get("done").asLong()).isEqualTo(4);
        assertThat(replayed.get("filteredBy").get("not-in-recipe").asLong()).isEqualTo(36 + 20);
        assertThat(replayed.get("message").asText())
                .endsWith(
                        "of the recipe's frames 4 are the same, 0 differ, 2 are not there (1 of its 2 films are not)");
        assertThat(hashes("mine")).containsAll(hashes("theirs"));
        assertThat(frames("theirs")).allMatch(row -> row.<Integer>getAs("height") == HEIGHT * 3 / 4);
        assertThat(ingest(0, "theirs", "--recipe", jobs.at("r.json"))
                        .get("done")
                        .asLong())
                .isZero();
    }

    @Test
    void whatChangesIsReadAgainAndNothingElse() throws IOException {
        film("a.mp4", 1, 2);
        film("b.mp4", 3);
        ingest(0, "drawn");
        List<String> before = hashes("drawn");
        String firstRun = frames("drawn").get(0).getAs("run_id");

        film("b.mp4", 4);
        touch("b.mp4", 1_700_000_000_000L);
        JsonNode changed = ingest(0, "drawn");

        assertThat(JobFixture.counts(changed)).isEqualTo("2/4/0");
        assertThat(frames("drawn").stream().filter(row -> row.getAs("run_id").equals(firstRun)))
                .hasSize(4);
        assertThat(hashes("drawn")).hasSize(6).isNotEqualTo(before);
        List<String> samples = jobs.values("lake", Table.SAMPLES, "sha256");
        assertThat(samples).isNotEmpty().allMatch(hashes("drawn")::contains);

        jobs.write("films/b.mp4", "gone".getBytes(StandardCharsets.UTF_8));
        touch("b.mp4", 1_710_000_000_000L);
        JsonNode broken = ingest(0, "drawn");

        assertThat(JobFixture.counts(broken)).isEqualTo("0/4/1");
        assertThat(frames("drawn")).hasSize(4);
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256")).allMatch(hashes("drawn")::contains);
        assertThat(jobs.values("lake", Table.FILMS, "path")).hasSize(1);
    }

    @Test
    void otherSettingsLeaveNoFrameOfTheOldOnes() throws IOException {
        film("a.mp4", 1, 2);
        ingest(0, "drawn", "--set", "ingest.film.frames-per-scene=4");
        assertThat(frames("drawn")).hasSize(8);

        JsonNode fewer = ingest(0, "drawn", "--set", "ingest.film.frames-per-scene=1");

        assertThat(JobFixture.counts(fewer)).isEqualTo("2/0/0");
        assertThat(frames("drawn")).hasSize(2);
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256").stream().distinct())
                .hasSize(2)
                .allMatch(hashes("drawn")::contains);
    }

    /** An opening that two films share gives samples once; when the film that had them goes, the other has them. */
    @Test
    void whatFilmsShareIsTakenOnce() throws IOException {
        film("a.mp4", 7, 1);
        film("b.mp4", 7, 2);
        ingest(0, "series", "--set", "ingest.film.frames-per-scene=1");
        List<Row> frames = frames("series");
        assertThat(frames).hasSize(4);
        List<Row> repeated = frames.stream()
                .filter(row -> !row.isNullAt(row.fieldIndex("duplicate_of")))
                .toList();
        assertThat(repeated).hasSize(1);
        String original = repeated.get(0).getAs("duplicate_of");
        String film = original.substring("film:".length(), original.indexOf('/'));
        boolean first = jobs.rows("lake", Table.FILMS)
                .filter("fingerprint = '" + film + "'")
                .head()
                .<String>getAs("path")
                .endsWith("a.mp4");

        String name = first ? "a.mp4" : "b.mp4";
        film(name, 1, 3);
        touch(name, 1_700_000_000_000L);
        ingest(0, "series", "--set", "ingest.film.frames-per-scene=1");

        Row now = frames("series").stream()
                .filter(row -> row.getAs("path").equals(repeated.get(0).getAs("path")))
                .findFirst()
                .orElseThrow();
        assertThat(now.isNullAt(now.fieldIndex("duplicate_of"))).isTrue();
        assertThat(now.<Integer>getAs("samples")).isPositive();
    }

    /** A frame that is purged does not come back, and one that was left out as its repetition takes its place. */
    @Test
    void purgedFramesStayOutAndTheirRepetitionsComeIn() throws IOException {
        film("a.mp4", 7, 1);
        // Coded elsewhere in its film, the scene has other pixels: the same would be the same photo, and go too.
        film("b.mp4", 2, 7);
        ingest(0, "series", "--set", "ingest.film.frames-per-scene=1");
        Row repeated = frames("series").stream()
                .filter(row -> !row.isNullAt(row.fieldIndex("duplicate_of")))
                .findFirst()
                .orElseThrow();
        String original = repeated.getAs("duplicate_of");
        jobs.write("gone.txt", original.getBytes(StandardCharsets.UTF_8));
        jobs.run(0, "purge", "--tables", jobs.at("lake"), "--collection", "series", "--photos", jobs.at("gone.txt"));

        ingest(0, "series", "--set", "ingest.film.frames-per-scene=1");

        assertThat(frames("series")).hasSize(3).noneMatch(row -> original.equals(row.getAs("path")));
        Row now = frames("series").stream()
                .filter(row -> row.getAs("path").equals(repeated.getAs("path")))
                .findFirst()
                .orElseThrow();
        assertThat(now.isNullAt(now.fieldIndex("duplicate_of"))).isTrue();
        assertThat(now.<Integer>getAs("samples")).isPositive();

        // The same frames by other settings, so that all films are read.
        JsonNode again =
                ingest(0, "series", "--set", "ingest.film.frames-per-scene=1", "--set", "ingest.film.min-contrast=4.5");

        assertThat(JobFixture.counts(again)).isEqualTo("3/0/0");
        assertThat(again.get("filteredBy").get("purged").asLong()).isEqualTo(1);
        assertThat(frames("series")).hasSize(3).noneMatch(row -> original.equals(row.getAs("path")));
    }

    /** A film is the same by any name: its frames stay, and are not read again. */
    @Test
    void copiesAndMovedFilmsLoseNothing() throws IOException {
        film("a.mp4", 1, 2);
        ingest(0, "drawn");
        List<Row> frames = frames("drawn");
        long samples = jobs.rows("lake", Table.SAMPLES).count();

        Files.copy(folder.resolve("films/a.mp4"), folder.resolve("films/b.mp4"));
        JsonNode copied = ingest(0, "drawn");

        assertThat(JobFixture.counts(copied)).isEqualTo("0/4/0");
        assertThat(copied.get("filteredBy").get("repeated").asLong()).isEqualTo(40);
        assertThat(frames("drawn")).isEqualTo(frames);

        Files.delete(folder.resolve("films/b.mp4"));
        Files.move(folder.resolve("films/a.mp4"), folder.resolve("films/c.mp4"));
        JsonNode moved = ingest(0, "drawn");

        assertThat(JobFixture.counts(moved)).isEqualTo("0/4/0");
        assertThat(moved.get("read").asLong()).isEqualTo(40);
        assertThat(frames("drawn")).isEqualTo(frames);
        assertThat(jobs.rows("lake", Table.SAMPLES).count()).isEqualTo(samples);
        assertThat(jobs.values("lake", Table.FILMS, "path").get(1)).endsWith("/c.mp4");
        assertThat(ingest(0, "drawn").get("unchanged").asLong()).isEqualTo(4);
    }

    /** Of two paths of a film, the one that had the frames became another film, and the run was killed before it came to the other one. */
    @Test
    void aCopyThatIsLeftWithoutFramesTakesThem() throws IOException {
        film("a.mp4", 1, 2);
        Files.copy(folder.resolve("films/a.mp4"), folder.resolve("films/b.mp4"));
        ingest(0, "drawn");
        List<String> hashes = hashes("drawn");
        Dataset<Row> films = jobs.rows("lake", Table.FILMS).filter("path LIKE '%a.mp4'");
        lake().delete(Table.IMAGES, jobs.rows("lake", Table.IMAGES).select("collection", "path"));
        lake().delete(Table.FILMS, films.select("collection", "path"));
        Files.delete(folder.resolve("films/a.mp4"));

        assertThat(JobFixture.counts(ingest(0, "drawn"))).isEqualTo("4/0/0");
        assertThat(hashes("drawn")).isEqualTo(hashes);
    }

    private Lake lake() {
        return new Lake(
                spark, new org.apache.hadoop.fs.Path(folder.resolve("lake").toUri()));
    }

    /** The next run writes over what a killed one has left: frames, and no row of their film. */
    @Test
    void aKilledRunIsRepeated() throws IOException {
        film("a.mp4", 1, 2);
        ingest(0, "drawn");
        List<String> hashes = hashes("drawn");
        List<String> samples = jobs.values("lake", Table.SAMPLES, "sha256");
        lake().delete(Table.FILMS, jobs.rows("lake", Table.FILMS).select("collection", "path"));

        assertThat(usageError(
                        "film-recipe", "--tables", jobs.at("lake"), "--collection", "drawn", "--output", jobs.at("r")))
                .contains("run the same ingest again");
        JsonNode again = ingest(0, "drawn");

        assertThat(JobFixture.counts(again)).isEqualTo("4/0/0");
        assertThat(hashes("drawn")).isEqualTo(hashes);
        assertThat(jobs.rows("lake", Table.FILMS).count()).isEqualTo(1);
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256")).isNotEmpty().isEqualTo(samples);
        assertThat(frames("drawn")).noneMatch(row -> row.<String>getAs("path").equals(row.getAs("duplicate_of")));
    }

    @Test
    void aRecipeOfFramesOfARunThatWasStoppedIsNotWritten() throws IOException {
        film("a.mp4", 1, 2);
        ingest(0, "drawn");
        Dataset<Row> before =
                spark.createDataFrame(jobs.rows("lake", Table.FILMS).collectAsList(), Table.FILMS.schema());
        ingest(0, "drawn", "--set", "ingest.film.crop-bottom=0.2");
        // As if it had been killed before it wrote what is cut off now.
        lake().upsert(Table.FILMS, before);

        assertThat(usageError(
                        "film-recipe", "--tables", jobs.at("lake"), "--collection", "drawn", "--output", jobs.at("r")))
                .contains("run the same ingest again");
        assertThat(folder.resolve("r")).doesNotExist();
    }

    @Test
    void filmsAndPicturesDoNotMix() throws IOException {
        film("a.mp4", 1);
        ingest(0, "drawn");
        assertThat(usageError(
                        "stylize",
                        "--model",
                        jobs.at("none"),
                        "--collection",
                        "drawn",
                        "--images-tables",
                        jobs.at("lake"),
                        "--output",
                        jobs.at("out")))
                .contains("Invalid --collection: drawn (");
        jobs.photo("pictures/a.png", 1, 200, 150);
        String[] pictures = {
            "ingest",
            "--domain",
            "cartoon",
            "--collection",
            "drawn",
            "--input",
            jobs.at("pictures"),
            "--tables",
            jobs.at("lake")
        };

        assertThat(usageError(pictures))
                .contains(
                        "Invalid --collection: drawn (it holds frames of films; give the others a collection of their own)");
        pictures[4] = "pictures";
        jobs.run(0, pictures);
        assertThat(usageError(
                        "ingest",
                        "--domain",
                        "cartoon",
                        "--collection",
                        "pictures",
                        "--films",
                        jobs.at("films"),
                        "--tables",
                        jobs.at("lake")))
                .contains("(it holds pictures from files;");
    }

    @Test
    void recipesThatDoNotFitAreRefused() throws IOException {
        film("a.mp4", 1);
        jobs.write("no.json", "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(usageError(command("--recipe", jobs.at("no.json")))).contains("Invalid --recipe: ");
        assertThat(usageError(command("--recipe", jobs.at("missing.json")))).contains("Cannot read --recipe ");

        ingest(0, "drawn");
        jobs.run(0, "film-recipe", "--tables", jobs.at("lake"), "--collection", "drawn", "--output", jobs.at("r.json"));
        String recipe = Files.readString(folder.resolve("r.json"));
        jobs.write(
                "wide.json",
                recipe.replace("\"width\" : 160", "\"width\" : 161").getBytes(StandardCharsets.UTF_8));
        jobs.write(
                "times.json",
                recipe.replaceFirst("\"timestamp\" : \\d+", "\"timestamp\" : 1").getBytes(StandardCharsets.UTF_8));
        assertThat(usageError(command("--recipe", jobs.at("wide.json"))))
                .contains("Invalid --recipe: it does not fit film ", "does not lie within its frames");
        assertThat(usageError(command("--recipe", jobs.at("times.json")))).contains("it has no frame at time stamp 1;");
    }

    private String[] command(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                "other",
                "--films",
                jobs.at("films"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64"));
        command.addAll(Arrays.asList(more));
        return command.toArray(String[]::new);
    }

    /** What a command that cannot be carried out prints. */
    private static String usageError(String... command) {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.run(command)).isIn(ExitCode.USAGE.code(), ExitCode.UNREACHABLE.code());
        } finally {
            System.setErr(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
