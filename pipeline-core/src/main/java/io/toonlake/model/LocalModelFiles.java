package io.toonlake.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** {@link ModelFiles} on the local file system. */
record LocalModelFiles(Path folder) implements ModelFiles {
    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }

    @Override
    public byte[] read(String name, long maxBytes) throws IOException {
        Path file = folder.resolve(name);
        // The bound holds for what is read, not for what a length field says: a pipe or a growing file has no length.
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE - 16));
            if (in.read() >= 0) {
                throw new ModelFormatException(
                        "Cannot read %s: longer than the %d bytes such a file may have".formatted(file, maxBytes));
            }
            return bytes;
        }
    }

    @Override
    public void write(String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder);
        Path whole = Files.createTempFile(folder, "." + name, ".part");
        try {
            Files.write(whole, bytes);
            Files.move(whole, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }
}
