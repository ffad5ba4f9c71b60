package io.toonlake.averaging;

import io.toonlake.model.ModelFormatException;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The checkpoints of one model, a file each, in folder {@code checkpoints} of the model's. Files appear whole or not at all. */
public final class Checkpoints {
    private static final long MAX_BYTES = Integer.MAX_VALUE - 16L;
    private static final String NAME = "round-\\d{7}\\.safetensors";

    private final Storage storage;
    private final Path folder;
    private final int kept;

    /** @param kept how many to keep: those of the latest rounds. The best one is kept beside them */
    public Checkpoints(Storage storage, Path model, int kept) {
        this.storage = storage;
        this.folder = new Path(model, "checkpoints");
        this.kept = kept;
    }

    public String place() {
        return Storage.shown(folder);
    }

    /** @param losses since the checkpoint before this one */
    void write(Checkpoint checkpoint, ContentLosses losses) {
        Path file = new Path(folder, String.format("round-%07d.safetensors", checkpoint.round()));
        try {
            storage.write(file, checkpoint.toBytes());
            BestCheckpoint candidate = new BestCheckpoint(file.getName(), losses.phase(), losses.mean());
            BestCheckpoint best = best();
            if (best == null || candidate.isBetterThan(best) || candidate.file().equals(best.file())) {
                best = candidate;
                storage.write(new Path(folder, BestCheckpoint.NAME), best.toBytes());
            }
            List<Path> all = files();
            for (Path old : all.subList(Math.min(kept, all.size()), all.size())) {
                if (!old.getName().equals(best.file())) {
                    storage.fileSystem(old).delete(old, false);
                }
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot write " + Storage.shown(file) + ": " + e.getMessage(), e);
        }
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
                    return Optional.of(Checkpoint.of(storage.read(file, MAX_BYTES), Storage.shown(file)));
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
     * Deletes the checkpoints after a round; where there is none up to it, all but the oldest.
     *
     * @return the round of the latest that is left; nothing where there was none
     */
    public OptionalInt goBackTo(int round) {
        try {
            List<Path> all = files();
            int left = 0;
            while (left < all.size() - 1 && round(all.get(left)) > round) {
                storage.fileSystem(folder).delete(all.get(left), false);
                left++;
            }
            return all.isEmpty() ? OptionalInt.empty() : OptionalInt.of(round(all.get(left)));
        } catch (IOException e) {
            throw new UnreachableException("Cannot delete the checkpoints in " + place() + ": " + e.getMessage(), e);
        }
    }

    private static int round(Path file) {
        return Integer.parseInt(file.getName().replaceAll("\\D", ""));
    }

    public void deleteAll() {
        try {
            for (Path file : files()) {
                storage.fileSystem(file).delete(file, false);
            }
            Path best = new Path(folder, BestCheckpoint.NAME);
            storage.fileSystem(best).delete(best, false);
        } catch (IOException e) {
            throw new UnreachableException("Cannot delete the checkpoints in " + place() + ": " + e.getMessage(), e);
        }
    }

    /** The best of those that are there; null if none is known. */
    private BestCheckpoint best() throws IOException {
        Path file = new Path(folder, BestCheckpoint.NAME);
        if (!storage.fileSystem(file).exists(file)) {
            return null;
        }
        BestCheckpoint best = BestCheckpoint.of(storage.read(file, MAX_BYTES));
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
