package io.toonlake.job;

import io.toonlake.film.Crop;
import io.toonlake.film.FilmAnalysis;
import io.toonlake.film.FilmFrames;
import io.toonlake.film.FilmIndex;
import io.toonlake.film.FilmReason;
import io.toonlake.film.FilmRefusedException;
import io.toonlake.film.FilmSegment;
import io.toonlake.film.FilmSource;
import io.toonlake.film.FrameHash;
import io.toonlake.film.SegmentStatistics;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.PixelImage;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What executors do with films: index them, measure their frames, prepare those that are chosen. A film is many tasks' work, by stretches of time. */
final class FilmTasks {
    private static final Logger LOG = LoggerFactory.getLogger(FilmTasks.class);

    private static final String COLOUR = "yuv";
    private static final int BITS = 8;

    private final JobContext context;
    private final Broadcast<SerializableConfiguration> hadoop;

    FilmTasks(JobContext context) {
        this.context = context;
        this.hadoop = ListedFiles.hadoop(context);
    }

    /** What came of a task: a value, or why there is none. */
    record Outcome<T>(T value, FilmReason reason, String message) implements Serializable {}

    /** What a film's frames are prepared with. */
    record Chosen(SourceFile file, FilmIndex index, Crop crop, List<Long> timestamps) implements Serializable {}

    /** Reads the films' packets, a film a task. */
    List<Outcome<FilmIndex>> indexes(List<SourceFile> films) {
        DecodeLimits limits = context.settings().ingest().limits();
        return context.sparkContext()
                .parallelize(films, films.size())
                .map(new Read<>(hadoop, (source, film) -> FilmIndex.of(source, limits)))
                .collect();
    }

    /** What is done with one film. */
    private interface Task<T> extends Serializable {
        T of(FilmSource source, SourceFile film) throws FilmRefusedException, IOException;
    }

    private record Read<T extends Serializable>(Broadcast<SerializableConfiguration> hadoop, Task<T> task)
            implements Function<SourceFile, Outcome<T>> {
        @Override
        public Outcome<T> call(SourceFile film) {
            try {
                T value = HadoopFilm.with(new Storage(hadoop.value().value()), film, source -> task.of(source, film));
                return new Outcome<>(value, null, null);
            } catch (FilmRefusedException e) {
                return new Outcome<>(null, e.reason(), e.getMessage());
            } catch (UnreachableException e) {
                throw e;
            } catch (RuntimeException | OutOfMemoryError e) {
                // Frames lie outside of the heap, for the most part, and what one film's take is given back.
                LOG.warn("Cannot read {}", film.path(), e);
                return new Outcome<>(null, FilmReason.FAILED, e.toString());
            }
        }
    }

    /** Where a task's stretch is. */
    private record Part(int film, FilmSegment segment) implements Serializable {}

    /**
     * Measures all frames of the films, a stretch a task.
     *
     * @return for each film its stretches in order, or why there are none
     */
    List<Outcome<ArrayList<SegmentStatistics>>> statistics(List<SourceFile> films, List<FilmIndex> indexes) {
        List<Part> parts = new ArrayList<>();
        for (int film = 0; film < films.size(); film++) {
            for (FilmSegment segment : indexes.get(film)
                    .segments(context.settings().ingest().film().segmentSeconds())) {
                parts.add(new Part(film, segment));
            }
        }
        List<Outcome<ArrayList<SegmentStatistics>>> all = new ArrayList<>();
        films.forEach(film -> all.add(new Outcome<>(new ArrayList<>(), null, null)));
        if (parts.isEmpty()) {
            return all;
        }
        Broadcast<ArrayList<FilmIndex>> shared = context.sparkContext().broadcast(new ArrayList<>(indexes));
        List<Outcome<SegmentStatistics>> outcomes;
        try {
            outcomes = context.sparkContext()
                    .parallelize(parts, parts.size())
                    .map(new Measure(hadoop, new ArrayList<>(films), shared))
                    .collect();
        } finally {
            shared.destroy();
        }
        for (int i = 0; i < parts.size(); i++) {
            int film = parts.get(i).film();
            Outcome<SegmentStatistics> outcome = outcomes.get(i);
            if (outcome.reason() != null) {
                all.set(film, new Outcome<>(null, outcome.reason(), outcome.message()));
            } else if (all.get(film).reason() == null) {
                all.get(film).value().add(outcome.value());
            }
        }
        return all;
    }

    private record Measure(
            Broadcast<SerializableConfiguration> hadoop,
            ArrayList<SourceFile> films,
            Broadcast<ArrayList<FilmIndex>> indexes)
            implements Function<Part, Outcome<SegmentStatistics>> {
        @Override
        public Outcome<SegmentStatistics> call(Part part) {
            FilmIndex index = indexes.value().get(part.film());
            return new Read<>(hadoop, (source, film) -> FilmAnalysis.of(source, index, part.segment()))
                    .call(films.get(part.film()));
        }
    }

    /** The chosen frames of a stretch. */
    private record Wanted(int film, ArrayList<Long> timestamps) implements Serializable {}

    /**
     * Decodes and prepares chosen frames, a stretch a task; persisted on the executors' disks, since frames and samples are written one after the
     * other. The caller unpersists.
     */
    Dataset<Row> prepare(List<Chosen> films, PreparedRows rows) {
        List<Wanted> parts = new ArrayList<>();
        for (int film = 0; film < films.size(); film++) {
            Chosen chosen = films.get(film);
            int from = 0;
            for (FilmSegment segment :
                    chosen.index().segments(context.settings().ingest().film().segmentSeconds())) {
                int until = from;
                while (until < chosen.timestamps().size() && chosen.timestamps().get(until) < segment.until()) {
                    until++;
                }
                if (until > from) {
                    parts.add(
                            new Wanted(film, new ArrayList<>(chosen.timestamps().subList(from, until))));
                }
                from = until;
            }
        }
        Broadcast<ArrayList<Chosen>> shared = context.sparkContext().broadcast(new ArrayList<>(films));
        return context.spark()
                .createDataFrame(
                        context.sparkContext()
                                .parallelize(parts, Math.max(1, parts.size()))
                                .flatMap(new Prepare(hadoop, shared, rows)),
                        PreparedRows.SCHEMA)
                .persist(StorageLevel.DISK_ONLY());
    }

    private record Prepare(
            Broadcast<SerializableConfiguration> hadoop, Broadcast<ArrayList<Chosen>> films, PreparedRows rows)
            implements FlatMapFunction<Wanted, Row> {
        @Override
        public Iterator<Row> call(Wanted wanted) {
            Chosen chosen = films.value().get(wanted.film());
            ImageEncoder encoder = new ImageEncoder();
            List<Row> prepared = new ArrayList<>();
            FilmIndex index = chosen.index();
            Task<ArrayList<Long>> task = (source, film) -> {
                prepared.clear();
                return new ArrayList<>(FilmFrames.take(source, index, wanted.timestamps(), (timestamp, frame) -> {
                    PixelImage picture = chosen.crop().of(frame);
                    PreparedRows.Frame which =
                            new PreparedRows.Frame(index.fingerprint(), timestamp, index.number(timestamp));
                    prepared.add(rows.accepted(
                            new SourceFile(which.path(), film.sizeBytes(), film.modifiedMillis()),
                            picture,
                            new PreparedRows.Said(
                                    FrameHash.of(picture), index.codec(), index.orientation(), BITS, COLOUR),
                            which,
                            encoder));
                }));
            };
            Outcome<ArrayList<Long>> outcome = new Read<>(hadoop, task).call(chosen.file());
            if (outcome.reason() != null) {
                prepared.clear();
                wanted.timestamps()
                        .forEach(timestamp ->
                                prepared.add(refused(chosen, timestamp, outcome.reason(), outcome.message())));
            } else {
                outcome.value()
                        .forEach(timestamp -> prepared.add(refused(
                                chosen, timestamp, FilmReason.UNDECODABLE, "the decoder does not give this frame")));
            }
            return prepared.iterator();
        }

        private Row refused(Chosen chosen, long timestamp, FilmReason reason, String why) {
            FilmIndex index = chosen.index();
            PreparedRows.Frame frame = new PreparedRows.Frame(index.fingerprint(), timestamp, index.number(timestamp));
            SourceFile film = chosen.file();
            return rows.refused(
                    new SourceFile(frame.path(), film.sizeBytes(), film.modifiedMillis()),
                    frame,
                    reason.code(),
                    String.format(
                            "Cannot decode frame %d of %s (at %.3f s): %s",
                            frame.number(), film.path(), index.seconds(timestamp), why));
        }
    }
}
