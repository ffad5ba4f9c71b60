package io.toonlake.storage;

import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A model's or a checkpoint's files on any Hadoop file system. */
public final class HadoopModelFiles implements ModelFiles {
    private final Storage storage;
    private final Path folder;

    public HadoopModelFiles(Storage storage, Path folder) {
        this.storage = storage;
        this.folder = folder;
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
        FileSystem fileSystem = storage.fileSystem(file);
        if (!fileSystem.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        long length = fileSystem.getFileStatus(file).getLen();
        if (length > maxBytes) {
            throw new ModelFormatException("Cannot read " + Storage.shown(file) + ": " + length
                    + " bytes long, and such a file may have " + maxBytes);
        }
        return storage.read(file, maxBytes);
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        storage.write(new Path(folder, name), bytes);
    }
}
