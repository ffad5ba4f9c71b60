package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.film.Crop;
import io.toonlake.film.FilmIndex;
import io.toonlake.film.FilmReason;
import io.toonlake.film.FilmRecipe;
import io.toonlake.film.FrameChoice;
import io.toonlake.film.FrameChooser;
import io.toonlake.film.FrameFilter;
import io.toonlake.film.SegmentStatistics;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Domain;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/**
 * Takes frames of listed films into a collection, a few films at a time: those that the tables know already are left alone. All counts are of frames, but that a
 * file which is no film counts as one.
 */
final class FilmIngestion {
    /** What a killed run loses at most; enough that their stretches keep some dozens of cores busy. */
    private static final int FILMS_PER_COMMIT = 4;

    private final JobContext context;
    private final String collection;
    private final Domain domain;
    private final String fingerprint;
    private final Optional<FilmRecipe> recipe;

    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<String, Long> filtered = new TreeMap<>();
    private long done;
    private long unchanged;

    FilmIngestion(
            JobContext context, String collection, Domain domain, String fingerprint, Optional<FilmRecipe> recipe) {
        this.context = context;
        this.collection = collection;
        this.domain = domain;
        this.fingerprint = fingerprint;
        this.recipe = recipe;
    }

    /** @param listing each path once */
    @SuppressWarnings("try") // the progress line lives as long as its block
    Counts run(List<SourceFile> listing) {
        FilmWork work = FilmWork.of(context, collection, fingerprint, listing);
        work.quarantined().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        work.unchanged().forEach(this::countUnchanged);
        LongAccumulator measured = context.sparkContext().sc().longAccumulator("measured");
        FilmTasks tasks = new FilmTasks(context, measured);
        IngestCommit commit = new IngestCommit(context, collection, work.replaced(), Optional.empty());
        FilmCommit films = new FilmCommit(context, collection, fingerprint, commit);
        Set<String> primary = new HashSet<>(work.primary());
        List<SourceFile> pending = work.pending();
        LongAccumulator finished = context.sparkContext().sc().longAccumulator("films");
        try (Progress progress = new Progress("ingest " + collection, "films", pending.size(), finished::value)) {
            for (int from = 0; from < pending.size(); from += FILMS_PER_COMMIT) {
                List<SourceFile> batch = pending.subList(from, Math.min(pending.size(), from + FILMS_PER_COMMIT));
                ingest(batch, tasks, films, primary, work);
                finished.add(batch.size());
            }
        }
        return new Counts(done, unchanged, reasons, Counts.sum(filtered), 0, filtered);
    }

    private void countUnchanged(Row film) {
        unchanged += film.<Long>getAs("chosen");
        long undecodable = film.<Long>getAs("undecodable");
        if (undecodable > 0) {
            reasons.merge(FilmReason.UNDECODABLE.code(), undecodable, Long::sum);
        }
        film.<String, Long>getJavaMap(film.fieldIndex("filtered_by"))
                .forEach((filter, count) -> filtered.merge(filter, count, Long::sum));
    }

    private void ingest(List<SourceFile> batch, FilmTasks tasks, FilmCommit films, Set<String> primary, FilmWork work) {
        Map<SourceFile, FilmTasks.Outcome<?>> refused = new LinkedHashMap<>();
        Map<SourceFile, FilmIndex> fresh = new LinkedHashMap<>();
        Map<SourceFile, FilmIndex> repeated = new LinkedHashMap<>();
        List<FilmTasks.Outcome<FilmIndex>> indexes = tasks.indexes(batch);
        for (int i = 0; i < batch.size(); i++) {
            FilmTasks.Outcome<FilmIndex> outcome = indexes.get(i);
            if (outcome.reason() != null) {
                refused.put(batch.get(i), outcome);
            } else {
                boolean first = primary.add(outcome.value().fingerprint());
                (first ? fresh : repeated).put(batch.get(i), outcome.value());
            }
        }
        Map<SourceFile, FrameChoice> choices = choices(fresh, tasks, refused);
        List<FilmTasks.Chosen> chosen = new ArrayList<>();
        choices.forEach((file, choice) -> chosen.add(
                new FilmTasks.Chosen(file, fresh.get(file), choice.crop(), new ArrayList<>(choice.chosen()))));
        Dataset<Row> prepared = tasks.prepare(
                chosen,
                new PreparedRows(context.settings().ingest(), collection, domain, fingerprint, context.runId()));
        try {
            Map<String, Map<String, Long>> outcomes = films.write(prepared);
            List<FilmCommit.Film> written = new ArrayList<>();
            choices.forEach((file, choice) -> {
                FilmIndex index = fresh.get(file);
                Map<String, Long> ofFilm = outcomes.getOrDefault(index.fingerprint(), Map.of());
                written.add(new FilmCommit.Film(file, index, choice, ofFilm));
            });
            repeated.forEach((file, index) -> written.add(new FilmCommit.Film(
                    file,
                    index,
                    new FrameChoice(
                            List.of(),
                            Map.of(FrameFilter.REPEATED, (long) index.frames()),
                            List.of(),
                            0,
                            new Crop(0, 0, index.width(), index.height())),
                    Map.of())));
            films.finish(written, refused, work.fingerprintsOf(batch));
            written.forEach(this::count);
            refused.values().forEach(outcome -> reasons.merge(outcome.reason().code(), 1L, Long::sum));
        } finally {
            prepared.unpersist();
        }
    }

    private Map<SourceFile, FrameChoice> choices(
            Map<SourceFile, FilmIndex> films, FilmTasks tasks, Map<SourceFile, FilmTasks.Outcome<?>> refused) {
        Map<SourceFile, FrameChoice> choices = new LinkedHashMap<>();
        if (recipe.isPresent()) {
            films.forEach((file, index) -> choices.put(file, replayed(file, index)));
            return choices;
        }
        List<SourceFile> files = List.copyOf(films.keySet());
        List<FilmIndex> indexes = List.copyOf(films.values());
        List<FilmTasks.Outcome<ArrayList<SegmentStatistics>>> measured = tasks.statistics(files, indexes);
        FrameChooser chooser =
                new FrameChooser(context.settings().ingest().film().choice());
        for (int i = 0; i < files.size(); i++) {
            FilmTasks.Outcome<ArrayList<SegmentStatistics>> outcome = measured.get(i);
            if (outcome.reason() != null) {
                refused.put(files.get(i), outcome);
            } else {
                choices.put(files.get(i), chooser.choose(indexes.get(i), outcome.value()));
            }
        }
        return choices;
    }

    private FrameChoice replayed(SourceFile file, FilmIndex index) {
        FilmRecipe.Film film = recipe.orElseThrow()
                .film(index.fingerprint())
                .orElse(new FilmRecipe.Film(
                        index.fingerprint(), "", new Crop(0, 0, index.width(), index.height()), List.of()));
        if (!film.crop().fits(index.width(), index.height())) {
            throw new UsageException(String.format(
                    "Invalid --recipe: %s does not lie within the frames of film %s, which are of %dx%d pixels",
                    film.crop(), file.path(), index.width(), index.height()));
        }
        List<Long> chosen = new ArrayList<>();
        for (FilmRecipe.Frame frame : film.chosen()) {
            if (index.number(frame.timestamp()) < 0) {
                throw new UsageException(
                        "Invalid --recipe: film " + file.path() + " has no frame at time stamp " + frame.timestamp());
            }
            chosen.add(frame.timestamp());
        }
        long others = index.frames() - chosen.size();
        return new FrameChoice(
                chosen, others == 0 ? Map.of() : Map.of(FrameFilter.NOT_IN_RECIPE, others), List.of(), 0, film.crop());
    }

    private void count(FilmCommit.Film film) {
        done += film.accepted();
        film.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        film.choice().filtered().forEach((filter, count) -> filtered.merge(filter.code(), count, Long::sum));
    }

    /** How the frames compare with the recipe's, in a sentence; empty without a recipe. */
    String comparedWithRecipe() {
        if (recipe.isEmpty()) {
            return "";
        }
        Map<String, String> kept = new TreeMap<>();
        Set<String> films = new HashSet<>();
        context.lake()
                .read(Table.IMAGES)
                .filter(col("collection").equalTo(collection).and(col("film").isNotNull()))
                .select("film", "frame_timestamp", "sha256")
                .collectAsList()
                .forEach(row -> {
                    films.add(row.getString(0));
                    kept.put(row.getString(0) + "/" + row.getLong(1), row.getString(2));
                });
        long same = 0;
        long others = 0;
        long absent = 0;
        for (FilmRecipe.Film film : recipe.get().films()) {
            for (FilmRecipe.Frame frame : film.chosen()) {
                String sha256 = kept.get(film.fingerprint() + "/" + frame.timestamp());
                if (sha256 == null) {
                    absent++;
                } else if (sha256.equals(frame.sha256())) {
                    same++;
                } else {
                    others++;
                }
            }
        }
        long missing = recipe.get().films().stream()
                .filter(film -> !film.chosen().isEmpty() && !films.contains(film.fingerprint()))
                .count();
        return String.format(
                "of the recipe's frames %,d are the same, %,d differ, %,d are not there (%,d of its %,d films are not)",
                same, others, absent, missing, recipe.get().films().size());
    }
}
