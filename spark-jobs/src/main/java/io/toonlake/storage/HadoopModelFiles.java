package io.toonlake.storage;

import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.StoredTensors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** A model's or a checkpoint's files, or weights, on any Hadoop file system. */
public final class HadoopModelFiles implements ModelFiles {
    private final Storage storage;
    private final Path folder;

    public HadoopModelFiles(Storage storage, Path folder) {
        this.storage = storage;
        this.folder = folder;
    }

    /**
     * The tensors of a folder of {@code .npy} files or of one file, as {@link StoredTensors} reads them.
     *
     * @throws java.io.FileNotFoundException where there is neither
     * @throws ModelFormatException where there are no tensors
     */
    public static StoredTensors tensors(Storage storage, Path place) throws IOException {
        return storage.fileSystem(place).getFileStatus(place).isDirectory()
                ? StoredTensors.in(new HadoopModelFiles(storage, place))
                : StoredTensors.in(new HadoopModelFiles(storage, place.getParent()), place.getName());
    }

    @Override
    public String location() {
        return Storage.shown(folder);
    }

    @Override
    public List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus status : storage.fileSystem(folder).listStatus(folder)) {
            if (status.isFile()) {
                names.add(status.getPath().getName());
            }
        }
        return names;
    }

    @Override
    public byte[] read(String name, long maxBytes) throws IOException {
        Path file = new Path(folder, name);
        FileStatus status;
        try {
            status = storage.fileSystem(file).getFileStatus(file);
        } catch (FileNotFoundException e) {
            throw new NoSuchFileException(Storage.shown(file));
        }
        if (status.getLen() > maxBytes) {
            throw new ModelFormatException("Cannot read " + Storage.shown(file) + ": " + status.getLen()
                    + " bytes long, and such a file may have " + maxBytes);
        }
        // Into one array of its length: weights are half a gigabyte, and a stream that is gathered takes twice that.
        byte[] bytes = new byte[(int) status.getLen()];
        try (FSDataInputStream in = storage.fileSystem(file).open(file)) {
            in.readFully(bytes);
        }
        return bytes;
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        storage.write(new Path(folder, name), bytes);
    }

    @Override
    public void delete(String name) throws IOException {
        Path file = new Path(folder, name);
        storage.fileSystem(file).delete(file, false);
    }
}
