package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Assumptions;
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
            IOException e = failure(name);
            assertThat(Storage.isMatterOfTheName(e)).as("%s", e).isTrue();
        }
        assertThat(failure("a.jpg/b.jpg"))
                .isInstanceOf(ParentNotDirectoryException.class)
                .hasMessage(folder.resolve("a.jpg") + " is not a directory");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("a.jpg"));
        }
        IOException nowhere = failure("/proc/nowhere/a.jpg");
        assertThat(nowhere).hasMessage("/proc/nowhere/a.jpg (No such file or directory)");
        assertThat(Storage.isMatterOfTheName(nowhere)).isFalse();
    }

    @Test
    void aLinkToAFolderThatIsNotMountedIsNoMatterOfTheName() throws IOException {
        Files.createSymbolicLink(folder.resolve("2020"), folder.resolve("not/mounted"));

        for (String name : List.of("2020/a.jpg", "2020/b/a.jpg")) {
            IOException e = failure(name);
            assertThat(e).hasMessageContaining("2020");
            assertThat(Storage.isMatterOfTheName(e)).as("%s", e).isFalse();
        }
    }

    @Test
    void aFolderThatIsClosedToUsIsNamed() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        closed.toFile().setWritable(false);
        Assumptions.assumeFalse(Files.isWritable(closed), "root may write everywhere");

        assertThat(failure("closed/a.jpg")).hasMessage(closed.resolve("a.jpg") + " (Permission denied)");
        assertThat(failure("closed/b/a.jpg")).hasMessage(closed.resolve("b/a.jpg") + " (Permission denied)");
    }

    @Test
    void namesAreTakenAsTheyAre() throws IOException {
        for (String name : List.of("a%20b.jpg", "a b#c.jpg", "\u00e9 \u6f22 \ud83d\ude00.jpg", "a?b=[c]{d}*.jpg")) {
            write("odd/" + name, name);
            assertThat(folder.resolve("odd").resolve(name)).hasContent(name);
        }
    }

    @Test
    void manyWritersMakeOneFolder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String name = "deep/" + i % 4 + "/er/" + i + ".jpg";
                writes.add(threads.submit(() -> {
                    write(name, name);
                    return null;
                }));
            }
            for (Future<?> write : writes) {
                write.get();
            }
        } finally {
            threads.shutdown();
        }
        try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
            assertThat(files).hasSize(64);
        }
    }

    @Test
    void aLargeFileIsWhole() throws IOException {
        byte[] bytes = new byte[(3 << 20) + 17];
        new Random(1).nextBytes(bytes);

        storage.write(path("large"), bytes);

        assertThat(folder.resolve("large")).hasBinaryContent(bytes);
    }

    @Test
    void anotherLocalFileSystemIsUsedWhereTheConfigurationNamesOne() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.file.impl", Counting.class.getName());
        configuration.setBoolean("fs.file.impl.disable.cache", true);
        Counting.created.set(0);

        new Storage(configuration).write(path("a.jpg"), new byte[] {1});

        assertThat(Counting.created).hasValue(1);
        assertThat(folder.resolve("a.jpg")).hasBinaryContent(new byte[] {1});
    }

    /** Somebody's own local file system. */
    public static final class Counting extends RawLocalFileSystem {
        private static final AtomicInteger created = new AtomicInteger();

        @Override
        public FSDataOutputStream create(
                org.apache.hadoop.fs.Path file,
                boolean overwrite,
                int bufferSize,
                short replication,
                long blockSize,
                Progressable progress)
                throws IOException {
            created.incrementAndGet();
            return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
        }
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
    void aBucketsNameAloneIsItsRoot() {
        Configuration nowhere = new Configuration();
        nowhere.set("fs.s3a.endpoint", "http://127.0.0.1:1");
        nowhere.set("fs.s3a.access.key", "key");
        nowhere.set("fs.s3a.secret.key", "secret");
        nowhere.set("fs.s3a.bucket.probe", "0");
        Storage s3 = new Storage(nowhere);

        assertThat(s3.qualified("s3a://bucket").toString()).isEqualTo("s3a://bucket/");
        assertThat(s3.qualified("s3a://bucket/photos").toString()).isEqualTo("s3a://bucket/photos");
    }

    @Test
    void credentialsInAUriAreNotShown() {
        assertThat(Storage.shown(new org.apache.hadoop.fs.Path("ftp://me:secret@host/photos")))
                .isEqualTo("ftp://***@host/photos");
    }

    private IOException failure(String name) {
        return catchThrowableOfType(IOException.class, () -> write(name, "bytes"));
    }

    private void write(String name, String content) throws IOException {
        storage.write(path(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private org.apache.hadoop.fs.Path path(String name) {
        return storage.qualified(folder.resolve(name).toString());
    }
}
