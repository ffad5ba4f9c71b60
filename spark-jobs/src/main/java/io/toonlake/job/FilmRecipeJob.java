package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.film.Crop;
import io.toonlake.film.FilmRecipe;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes which frames of which films a collection holds, for others who own the films. */
@Command(
        name = "film-recipe",
        header = "Writes which frames of which films a collection holds, without a picture.",
        description = {
            "",
            "A JSON file with each film's fingerprint, what is cut off its frames, and the frames by their time stamps. Whoever has the same films "
                    + "takes the same frames with ingest --films ... --recipe FILE.",
            ""
        },
        footer = {"", "Example:", "  toonlake film-recipe --tables lake --collection hayao --output hayao.recipe.json"})
final class FilmRecipeJob extends Job {
    @Option(
            names = "--tables",
            required = true,
            paramLabel = "URI",
            description = "The tables into which ingest has taken the films.")
    private String tables;

    @Option(
            names = "--collection",
            required = true,
            paramLabel = "NAME",
            description = "A collection of films' frames.")
    private String collection;

    @Option(names = "--output", required = true, paramLabel = "URI", description = "The file to write.")
    private String output;

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) {
        Checks.collectionName("--collection", collection);
        Dataset<Row> known = context.lake()
                .read(Table.FILMS)
                .filter(col("collection").equalTo(collection).and(col("chosen").gt(0)));
        Map<String, List<FilmRecipe.Frame>> frames = frames(context, known);
        if (frames.isEmpty()) {
            throw new UsageException("Invalid --collection: " + collection
                    + " (no frames of films are in it; ingest --films takes them in)");
        }
        List<FilmRecipe.Film> films = new ArrayList<>();
        long written = 0;
        // Of films that lie at several paths one says what is cut off.
        for (Row film : known.orderBy("path").collectAsList()) {
            List<FilmRecipe.Frame> chosen = frames.remove(film.<String>getAs("fingerprint"));
            if (chosen != null) {
                Crop crop = new Crop(
                        film.getAs("crop_x"),
                        film.getAs("crop_y"),
                        film.getAs("crop_width"),
                        film.getAs("crop_height"));
                String name = new Path(film.<String>getAs("path")).getName();
                films.add(new FilmRecipe.Film(film.getAs("fingerprint"), name, crop, chosen));
                written += chosen.size();
            }
        }
        Path file = context.storage().qualified(output);
        try {
            context.storage().write(file, FilmRecipe.of(films).toJson());
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot write --output " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
        return new JobResult(
                Counts.of(written, 0),
                Map.of(),
                String.format("%s names %,d frames of %,d films", Storage.shown(file), written, films.size()));
    }

    private String unsettled(long films) {
        return "Cannot write --output " + output + ": " + films + " films of collection " + collection
                + " have frames in table images that table films does not know of yet: run the same ingest again, which was stopped";
    }

    /**
     * By film, in the order in which they are shown.
     *
     * @throws UnreachableException where a film has frames of two runs, of which the later one was stopped: what is cut off of its own is not known
     */
    private Map<String, List<FilmRecipe.Frame>> frames(JobContext context, Dataset<Row> known) {
        Dataset<Row> all = context.lake()
                .read(Table.IMAGES)
                .filter(col("collection").equalTo(collection).and(col("film").isNotNull()));
        Dataset<Row> runs = known.select(col("fingerprint").as("film"), col("run_id"));
        long unknown = all.join(runs, JoinColumns.of("film", "run_id"), "left_anti")
                .select("film")
                .distinct()
                .count();
        if (unknown > 0) {
            throw new UnreachableException(unsettled(unknown));
        }
        Map<String, List<FilmRecipe.Frame>> frames = new TreeMap<>();
        all.select("film", "frame_timestamp", "frame_number", "sha256")
                .orderBy("film", "frame_number")
                .collectAsList()
                .forEach(row -> frames.computeIfAbsent(row.getString(0), film -> new ArrayList<>())
                        .add(new FilmRecipe.Frame(row.getLong(1), row.getInt(2), row.getString(3))));
        return frames;
    }
}
