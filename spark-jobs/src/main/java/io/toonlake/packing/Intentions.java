package io.toonlake.packing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files that say which shards a run is about to show or to delete, written before it does and deleted once table and shards agree again. What lies there
 * when a run begins is a killed run's; of the shards that it names, those that no row names are to go, and of the files those whose pictures
 * rows find in shards. Only the holder of the output's lease
 * writes and reads here.
 */
public final class Intentions {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Below the output. */
    private static final String FOLDER = "_toonlake/packing";

    private static final String EXTENSION = ".json";
    private static final long MAX_BYTES = 64 << 20;

    private final Storage storage;
    private final Path folder;

    public Intentions(Storage storage, Path output) {
        this.storage = storage;
        this.folder = new Path(output, FOLDER);
    }

    /**
     * @param id of the batch, unlike any other
     * @param tables URI of the tables whose rows name shards
     * @param shards names below the output
     * @param files of pictures that go to shards now, as they were made when each was a file
     */
    public record Intention(String id, String tables, List<String> shards, List<Replaced> files) {
        public Intention {
            files = files == null ? List.of() : List.copyOf(files);
        }
    }

    /**
     * A picture's file that a sample takes the place of.
     *
     * @param name below the output
     * @param bytes its length; one of another length is not the one that was made
     */
    public record Replaced(String name, long bytes) {}

    public void write(Intention intention) throws IOException {
        storage.write(file(intention.id()), JSON.writeValueAsBytes(intention));
    }

    public void forget(String id) throws IOException {
        Path file = file(id);
        storage.fileSystem(file).delete(file, false);
    }

    /** All that were not forgotten, in order. */
    public List<Intention> left() throws IOException {
        FileSystem files = storage.fileSystem(folder);
        FileStatus[] there;
        try {
            there = files.listStatus(folder);
        } catch (FileNotFoundException e) {
            return List.of();
        }
        List<Intention> left = new ArrayList<>();
        for (FileStatus each : there) {
            if (each.getPath().getName().endsWith(EXTENSION)) {
                left.add(JSON.readValue(storage.read(each.getPath(), MAX_BYTES), Intention.class));
            } else if (each.getPath().getName().startsWith(Storage.UNFINISHED)) {
                files.delete(each.getPath(), false);
            }
        }
        return left;
    }

    private Path file(String id) {
        return new Path(folder, id + EXTENSION);
    }
}
