package io.toonlake.averaging;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.toonlake.model.ModelFormatException;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The checkpoints of one model, a file each, in folder {@code checkpoints} of the model's. Files appear whole or not at all. */
public final class Checkpoints {
    private static final String NAME = "round-\\d{7}\\.safetensors";

    private final Storage storage;
    private final Path folder;
    private final int kept;
    private final int windowRounds;
    private final Runnable guard;

    /**
     * @param kept how many to keep: those of the latest rounds. The best one is kept beside them
     * @param windowRounds over how many rounds a collapse may have been on its way when it is seen: the last one from before that many is kept, too, and
     *     the earliest one within them, which takes its place later; 0 where none is looked for
     * @param guard called before anything is written or deleted; throws where another run has the folder
     */
    public Checkpoints(Storage storage, Path model, int kept, int windowRounds, Runnable guard) {
        this.storage = storage;
        this.folder = new Path(model, "checkpoints");
        this.kept = kept;
        this.windowRounds = windowRounds;
        this.guard = guard;
    }

    public String place() {
        return Storage.shown(folder);
    }

    /** Asks the guard. */
    void check() {
        guard.run();
    }

    /** @param losses since the checkpoint before this one */
    void write(Checkpoint checkpoint, ContentLosses losses) {
        Path file = path(checkpoint.round());
        guard.run();
        try {
            storage.write(file, checkpoint.toBytes());
            BestCheckpoint candidate = new BestCheckpoint(file.getName(), losses.phase(), losses.mean());
            BestCheckpoint best = best();
            if (best == null || candidate.isBetterThan(best) || candidate.file().equals(best.file())) {
                best = candidate;
                storage.write(new Path(folder, BestCheckpoint.NAME), best.toBytes());
            }
            List<Path> all = files();
            Set<Path> beforeCollapse = beforeCollapse(all);
            for (Path old : all.subList(Math.min(kept, all.size()), all.size())) {
                if (!old.getName().equals(best.file()) && !beforeCollapse.contains(old)) {
                    storage.fileSystem(old).delete(old, false);
                }
            }
            deleteUnfinished();
        } catch (IOException e) {
            throw new UnreachableException("Cannot write " + Storage.shown(file) + ": " + e.getMessage(), e);
        }
    }

    /** The latest from before the window, and the earliest in it, which will be that one when it has grown old enough. */
    private Set<Path> beforeCollapse(List<Path> latestFirst) {
        if (windowRounds == 0) {
            return Set.of();
        }
        int newest = round(latestFirst.get(0));
        Set<Path> two = new HashSet<>();
        latestFirst.stream()
                .filter(file -> round(file) <= newest - windowRounds)
                .findFirst()
                .ifPresent(two::add);
        latestFirst.stream()
                .filter(file -> round(file) > newest - windowRounds)
                .min(Comparator.comparing(Path::getName))
                .ifPresent(two::add);
        return two;
    }

    /**
     * The whole checkpoint of the latest round.
     *
     * @param warning is told of each that is not whole
     */
    public Optional<Checkpoint> latest(Consumer<String> warning) {
        try {
            for (Path file : files()) {
                try {
                    Checkpoint checkpoint =
                            Checkpoint.of(storage.read(file, Checkpoint.MAX_BYTES), Storage.shown(file));
                    if (checkpoint.round() != round(file)) {
                        throw new ModelFormatException(
                                "Cannot read " + Storage.shown(file) + ": it holds round " + checkpoint.round());
                    }
                    return Optional.of(checkpoint);
                } catch (ModelFormatException e) {
                    warning.accept(e.getMessage() + "; going back to the checkpoint before it");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + place() + ": " + e.getMessage(), e);
        }
    }

    /**
     * What going back has left.
     *
     * @param round of the latest checkpoint that is left
     * @param deleted how many later ones there were
     */
    public record Back(int round, int deleted) {}

    /**
     * Deletes the checkpoints after a round. Where there is none up to it, all stay.
     *
     * @return nothing where there is none up to that round
     */
    public Optional<Back> goBackTo(int round) {
        guard.run();
        try {
            List<Path> all = files();
            OptionalInt good = all.stream()
                    .mapToInt(Checkpoints::round)
                    .filter(there -> there <= round)
                    .max();
            if (good.isEmpty()) {
                return Optional.empty();
            }
            int deleted = 0;
            for (Path file : all) {
                if (round(file) > round) {
                    storage.fileSystem(file).delete(file, false);
                    deleted++;
                }
            }
            if (best() == null) {
                Path best = new Path(folder, BestCheckpoint.NAME);
                storage.fileSystem(best).delete(best, false);
            }
            return Optional.of(new Back(good.getAsInt(), deleted));
        } catch (IOException e) {
            throw new UnreachableException("Cannot delete the checkpoints in " + place() + ": " + e.getMessage(), e);
        }
    }

    /** The file of a round's checkpoint, as text. */
    public String file(int round) {
        return Storage.shown(path(round));
    }

    private Path path(int round) {
        return new Path(folder, String.format(Locale.ROOT, "round-%07d.safetensors", round));
    }

    private static int round(Path file) {
        return Integer.parseInt(file.getName().replaceAll("\\D", ""));
    }

    public void deleteAll() {
        guard.run();
        try {
            for (Path file : files()) {
                storage.fileSystem(file).delete(file, false);
            }
            Path best = new Path(folder, BestCheckpoint.NAME);
            storage.fileSystem(best).delete(best, false);
            deleteUnfinished();
        } catch (IOException e) {
            throw new UnreachableException("Cannot delete the checkpoints in " + place() + ": " + e.getMessage(), e);
        }
    }

    /** What runs that were killed while they wrote have left. One training at a time writes here. */
    private void deleteUnfinished() throws IOException {
        FileSystem fileSystem = storage.fileSystem(folder);
        if (fileSystem.exists(folder)) {
            for (FileStatus file : fileSystem.listStatus(folder)) {
                if (file.isFile() && file.getPath().getName().startsWith(Storage.UNFINISHED)) {
                    fileSystem.delete(file.getPath(), false);
                }
            }
        }
    }

    /** The best of those that are there; null if none is known, as where the file that says so is damaged. */
    private BestCheckpoint best() throws IOException {
        Path file = new Path(folder, BestCheckpoint.NAME);
        if (!storage.fileSystem(file).exists(file)) {
            return null;
        }
        BestCheckpoint best;
        try {
            best = BestCheckpoint.of(storage.read(file, Checkpoint.MAX_BYTES));
        } catch (JsonProcessingException e) {
            // The next checkpoint writes it anew; no reason not to train on.
            return null;
        }
        return files().stream().anyMatch(there -> there.getName().equals(best.file())) ? best : null;
    }

    /** Latest round first. */
    private List<Path> files() throws IOException {
        FileSystem fileSystem = storage.fileSystem(folder);
        if (!fileSystem.exists(folder)) {
            return List.of();
        }
        return Stream.of(fileSystem.listStatus(folder))
                .filter(FileStatus::isFile)
                .map(FileStatus::getPath)
                .filter(file -> file.getName().matches(NAME))
                .sorted(Comparator.comparing(Path::getName).reversed())
                .toList();
    }
}
