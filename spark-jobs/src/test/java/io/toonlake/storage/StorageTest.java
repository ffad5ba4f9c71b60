package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
    private final Storage storage = new Storage(new Configuration());

    @TempDir
    private Path folder;

    @Test
    void aWrittenFileStandsAlone() throws IOException {
        write("sub/a.jpg", "first");
        write("sub/a.jpg", "second");

        assertThat(folder.resolve("sub/a.jpg")).hasContent("second");
        try (Stream<Path> files = Files.list(folder.resolve("sub"))) {
            assertThat(files).as("no checksum file and no unfinished one").hasSize(1);
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Files.createDirectories(folder.resolve("a.jpg/occupied"));

        assertThatThrownBy(() -> write("a.jpg", "bytes")).isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a.jpg"));
        }
    }

    @Test
    void aNameThatCannotBeWrittenIsToldFromAStoreThatCannot() throws IOException {
        write("a.jpg", "bytes");

        for (String name :
                List.of("a.jpg/b.jpg", "a.jpg/b/c.jpg", "b".repeat(300) + ".jpg", "n".repeat(300) + "/b.jpg")) {
            assertThatThrownBy(() -> write(name, "bytes"))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(Storage.isMatterOfTheName(e))
                                    .as("%s", e)
                                    .isTrue());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a.jpg"));
        }
        assertThatThrownBy(() -> write("/proc/nowhere/a.jpg", "bytes"))
                .isInstanceOfSatisfying(
                        IOException.class,
                        e -> assertThat(Storage.isMatterOfTheName(e))
                                .as("%s", e)
                                .isFalse());
    }

    @Test
    void aLinkToAFolderIsOne() throws IOException {
        Files.createDirectory(folder.resolve("there"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("there"));

        write("link/a.jpg", "bytes");
        write("link/sub/a.jpg", "bytes");

        assertThat(folder.resolve("there/a.jpg")).hasContent("bytes");
        assertThat(folder.resolve("there/sub/a.jpg")).hasContent("bytes");
    }

    @Test
    void aFileThatGrewPastItsBoundIsNotReadOn() throws IOException {
        write("a.jpg", "12345");
        org.apache.hadoop.fs.Path path = path("a.jpg");

        assertThat(storage.read(path, 5)).hasSize(5);
        assertThatThrownBy(() -> storage.read(path, 4))
                .isInstanceOf(IOException.class)
                .hasMessage("holds more than 4 bytes");
    }

    @Test
    void anUnknownSchemeIsUnreachable() {
        assertThatThrownBy(() -> storage.qualified("nosuch://bucket/photos"))
                .isInstanceOf(UnreachableException.class)
                .hasMessageStartingWith("Cannot reach nosuch://bucket/photos: ");
    }

    @Test
    void credentialsInAUriAreNotShown() {
        assertThat(Storage.shown(new org.apache.hadoop.fs.Path("ftp://me:secret@host/photos")))
                .isEqualTo("ftp://***@host/photos");
    }

    private void write(String name, String content) throws IOException {
        storage.write(path(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private org.apache.hadoop.fs.Path path(String name) {
        return storage.qualified(folder.resolve(name).toString());
    }
}
