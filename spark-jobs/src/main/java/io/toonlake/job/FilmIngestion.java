package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.toonlake.film.Crop;
import io.toonlake.film.FilmIndex;
import io.toonlake.film.FilmReason;
import io.toonlake.film.FilmRecipe;
import io.toonlake.film.FrameChoice;
import io.toonlake.film.FrameChooser;
import io.toonlake.film.FrameFilter;
import io.toonlake.film.SegmentStatistics;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Domain;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Takes frames of listed films into a collection, a few films at a time: those that the tables know already are left alone. All counts are of frames,
 * but that a file which is no film counts as one.
 */
final class FilmIngestion {
    /** What a killed run loses at most; enough that their stretches keep some dozens of cores busy. */
    private static final int LEAST_FILMS_PER_COMMIT = 4;

    /** The driver holds what was measured of so many films: 10 MB for each of two hours. */
    private static final int MOST_FILMS_PER_COMMIT = 16;

    private final JobContext context;
    private final String collection;
    private final Domain domain;
    private final String fingerprint;
    private final Optional<FilmRecipe> recipe;

    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<String, Long> filtered = new TreeMap<>();
    /** Fingerprints of films whose frames this run has taken. */
    private final Set<String> taken = new HashSet<>();

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
        FilmTasks tasks = new FilmTasks(context);
        IngestCommit images = new IngestCommit(context, collection, work.replaced(), Optional.empty());
        FilmCommit commit = new FilmCommit(context, collection, fingerprint, images);
        List<SourceFile> pending = work.pending();
        int atATime = Math.max(
                LEAST_FILMS_PER_COMMIT,
                Math.min(MOST_FILMS_PER_COMMIT, context.sparkContext().defaultParallelism()));
        AtomicLong finished = new AtomicLong();
        try (Progress progress = context.progress("ingest " + collection, "films", pending.size(), finished::get)) {
            for (int from = 0; from < pending.size(); from += atATime) {
                List<SourceFile> batch = pending.subList(from, Math.min(pending.size(), from + atATime));
                new Batch(batch, work, tasks, commit).ingest();
                finished.addAndGet(batch.size());
            }
        }
        return new Counts(done, unchanged, reasons, Counts.sum(filtered), 0, filtered).ofWhatWasRead();
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

    /** Films that are committed together. */
    private final class Batch {
        private final List<SourceFile> files;
        private final FilmWork work;
        private final FilmTasks tasks;
        private final FilmCommit commit;
        private final Map<SourceFile, FilmTasks.Outcome<?>> refused = new LinkedHashMap<>();
        private final Map<SourceFile, FilmIndex> fresh = new LinkedHashMap<>();
        private final Map<SourceFile, FilmIndex> repeated = new LinkedHashMap<>();
        private final Map<SourceFile, Row> moved = new LinkedHashMap<>();
        private final List<String> displaced = new ArrayList<>();

        private Batch(List<SourceFile> files, FilmWork work, FilmTasks tasks, FilmCommit commit) {
            this.files = files;
            this.work = work;
            this.tasks = tasks;
            this.commit = commit;
        }

        void ingest() {
            index();
            Map<SourceFile, FrameChoice> choices = choices();
            List<FilmTasks.Chosen> chosen = new ArrayList<>();
            choices.forEach((file, choice) -> chosen.add(
                    new FilmTasks.Chosen(file, fresh.get(file), choice.crop(), new ArrayList<>(choice.chosen()))));
            Dataset<Row> all = tasks.prepare(
                    chosen,
                    new PreparedRows(context.settings().ingest(), collection, domain, fingerprint, context.runId()));
            try {
                Dataset<Row> prepared = PurgedPhotos.of(context)
                        .map(purged -> purged.without(purged.without(all, "path"), "sha256"))
                        .orElse(all);
                Map<String, Map<String, Long>> outcomes = FilmCommit.outcomes(prepared);
                Set<String> failed = failed(outcomes);
                choices.keySet().removeIf(refused::containsKey);
                List<FilmCommit.Film> films = films(choices, outcomes);
                commit.write(
                        prepared.filter(not(col("film").isin(failed.toArray()))), films, refused, gone(), displaced);
                moved.forEach((file, film) -> {
                    commit.move(film, file);
                    countUnchanged(film);
                });
                films.forEach(this::count);
                refused.values()
                        .forEach(outcome -> reasons.merge(outcome.reason().code(), 1L, Long::sum));
            } finally {
                all.unpersist();
            }
        }

        private void index() {
            List<FilmTasks.Outcome<FilmIndex>> indexes = tasks.indexes(files);
            for (int i = 0; i < files.size(); i++) {
                SourceFile file = files.get(i);
                FilmTasks.Outcome<FilmIndex> outcome = indexes.get(i);
                if (outcome.reason() == null) {
                    place(file, outcome.value());
                } else if (work.listed().contains(file.path()) || outcome.reason() != FilmReason.UNREADABLE) {
                    refused.put(file, outcome);
                }
                // A film that lies elsewhere and is not there now keeps what it has: the run was not asked for it.
            }
        }

        /** Decides whose the film's frames are: its own, or those of the same film at another path. */
        private void place(SourceFile file, FilmIndex index) {
            Row owner = work.owners().get(index.fingerprint());
            if (owner == null) {
                (taken.add(index.fingerprint()) ? fresh : repeated).put(file, index);
                return;
            }
            boolean sameSettings = fingerprint.equals(owner.getAs("settings_fingerprint"));
            if (sameSettings && isThere(owner.getAs("path"))) {
                repeated.put(file, index);
            } else if (sameSettings && taken.add(index.fingerprint())) {
                moved.put(file, owner);
            } else if (taken.add(index.fingerprint())) {
                fresh.put(file, index);
                displaced.add(owner.getAs("path"));
            } else {
                repeated.put(file, index);
            }
        }

        private boolean isThere(String path) {
            if (work.listed().contains(path)) {
                return true;
            }
            Path file = new Path(path);
            try {
                return context.storage().fileSystem(file).exists(file);
            } catch (IOException e) {
                throw new UnreachableException("Cannot look for " + Storage.shown(file) + ": " + Storage.reason(e), e);
            }
        }

        private Map<SourceFile, FrameChoice> choices() {
            Map<SourceFile, FrameChoice> choices = new LinkedHashMap<>();
            if (recipe.isPresent()) {
                fresh.forEach((file, index) -> choices.put(file, replayed(file, index)));
                return choices;
            }
            List<SourceFile> measured = List.copyOf(fresh.keySet());
            List<FilmIndex> indexes = List.copyOf(fresh.values());
            List<FilmTasks.Outcome<ArrayList<SegmentStatistics>>> outcomes = tasks.statistics(measured, indexes);
            FrameChooser chooser =
                    new FrameChooser(context.settings().ingest().film().choice());
            for (int i = 0; i < measured.size(); i++) {
                FilmTasks.Outcome<ArrayList<SegmentStatistics>> outcome = outcomes.get(i);
                if (outcome.reason() != null) {
                    refuse(indexes.get(i), outcome);
                    continue;
                }
                FrameChoice choice = chooser.choose(indexes.get(i), outcome.value());
                int least = context.settings().ingest().limits().minSidePixels();
                Crop crop = choice.crop();
                if (Math.min(crop.width(), crop.height()) < least) {
                    refuse(
                            indexes.get(i),
                            new FilmTasks.Outcome<>(
                                    null,
                                    FilmReason.TOO_SMALL,
                                    "without bars and subtitles its frames are of " + crop.width() + "x" + crop.height()
                                            + ", and the shorter side must have at least " + least + " pixels"));
                } else {
                    choices.put(measured.get(i), choice);
                }
            }
            return choices;
        }

        /** With all that are the same film: none of them may wait for another's frames. */
        private void refuse(FilmIndex index, FilmTasks.Outcome<?> outcome) {
            taken.remove(index.fingerprint());
            for (Map<SourceFile, FilmIndex> films : List.of(fresh, repeated)) {
                films.forEach((file, its) -> {
                    if (its.fingerprint().equals(index.fingerprint())) {
                        refused.put(file, outcome);
                    }
                });
            }
            repeated.keySet().removeIf(refused::containsKey);
        }

        /** Films of which a frame met a fault that may pass: they are refused whole, so that the next run tries them again. */
        private Set<String> failed(Map<String, Map<String, Long>> outcomes) {
            Set<String> failed = new HashSet<>();
            for (FilmIndex index : List.copyOf(fresh.values())) {
                Map<String, Long> ofFilm = outcomes.getOrDefault(index.fingerprint(), Map.of());
                for (FilmReason reason : List.of(FilmReason.UNREADABLE, FilmReason.FAILED)) {
                    if (ofFilm.containsKey(reason.code()) && failed.add(index.fingerprint())) {
                        refuse(
                                index,
                                new FilmTasks.Outcome<>(
                                        null, reason, ofFilm.get(reason.code()) + " of its frames could not be taken"));
                    }
                }
            }
            return failed;
        }

        private List<FilmCommit.Film> films(
                Map<SourceFile, FrameChoice> choices, Map<String, Map<String, Long>> outcomes) {
            List<FilmCommit.Film> films = new ArrayList<>();
            choices.forEach((file, choice) -> {
                FilmIndex index = fresh.get(file);
                Map<String, Long> its = outcomes.getOrDefault(index.fingerprint(), Map.of());
                long purged = choice.chosen().size() - Counts.sum(its);
                films.add(new FilmCommit.Film(file, index, choice.without(purged), its));
            });
            repeated.forEach((file, index) -> {
                Map<FrameFilter, Long> all = Map.of(FrameFilter.REPEATED, (long) index.frames());
                Crop whole = new Crop(0, 0, index.width(), index.height());
                films.add(new FilmCommit.Film(
                        file, index, new FrameChoice(List.of(), all, List.of(), 0, whole), Map.of()));
            });
            return films;
        }

        /** What these files were before, and no film is now. */
        private Set<String> gone() {
            Set<String> gone = work.fingerprintsOf(files);
            gone.removeAll(taken);
            gone.removeAll(work.owners().keySet());
            return gone;
        }

        private void count(FilmCommit.Film film) {
            done += film.accepted();
            film.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
            film.choice().filtered().forEach((filter, count) -> filtered.merge(filter.code(), count, Long::sum));
        }
    }

    private FrameChoice replayed(SourceFile file, FilmIndex index) {
        Crop whole = new Crop(0, 0, index.width(), index.height());
        FilmRecipe.Film film = recipe.orElseThrow()
                .film(index.fingerprint())
                .orElse(new FilmRecipe.Film(index.fingerprint(), "", whole, List.of()));
        if (!film.crop().fits(index.width(), index.height())) {
            throw unfit(
                    file,
                    film.crop() + " does not lie within its frames, which are of " + index.width() + "x"
                            + index.height() + " pixels");
        }
        List<Long> chosen = new ArrayList<>();
        for (FilmRecipe.Frame frame : film.chosen()) {
            if (index.number(frame.timestamp()) < 0) {
                throw unfit(file, "it has no frame at time stamp " + frame.timestamp());
            }
            chosen.add(frame.timestamp());
        }
        long others = index.frames() - chosen.size();
        return new FrameChoice(
                chosen, others == 0 ? Map.of() : Map.of(FrameFilter.NOT_IN_RECIPE, others), List.of(), 0, film.crop());
    }

    private static UsageException unfit(SourceFile film, String why) {
        return new UsageException("Invalid --recipe: it does not fit film " + film.path() + " (" + why
                + "; was it changed by hand? film-recipe writes it)");
    }

    /** How the frames compare with the recipe's, in a sentence; empty without a recipe. */
    String comparedWithRecipe() {
        if (recipe.isEmpty()) {
            return "";
        }
        List<FilmRecipe.Film> films = recipe.get().films();
        Map<String, String> kept = new TreeMap<>();
        Set<String> there = new HashSet<>();
        context.lake()
                .read(Table.IMAGES)
                .filter(col("collection")
                        .equalTo(collection)
                        .and(col("film")
                                .isin(films.stream()
                                        .map(FilmRecipe.Film::fingerprint)
                                        .toArray())))
                .select("film", "frame_timestamp", "sha256")
                .collectAsList()
                .forEach(row -> {
                    there.add(row.getString(0));
                    kept.put(row.getString(0) + "/" + row.getLong(1), row.getString(2));
                });
        long same = 0;
        long others = 0;
        long absent = 0;
        for (FilmRecipe.Film film : films) {
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
        long missing = films.stream()
                .filter(film -> !film.chosen().isEmpty() && !there.contains(film.fingerprint()))
                .count();
        return String.format(
                "of the recipe's frames %,d are the same, %,d differ, %,d are not there (%,d of its %,d films are not)",
                same, others, absent, missing, films.size());
    }
}
