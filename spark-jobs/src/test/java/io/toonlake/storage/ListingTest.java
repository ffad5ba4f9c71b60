package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {
    private final Storage storage = new Storage(new Configuration());

    @TempDir
    private Path folder;

    @Test
    void everyFileIsListedInPathOrder() throws IOException {
        touch("b.jpg", "a/z.png", "x.jpg/inside.jpg", "notes.txt", "a/sub dir/ü:#%20?.jpg");

        assertThat(names(folder))
                .containsExactly("a/sub dir/ü:#%20?.jpg", "a/z.png", "b.jpg", "notes.txt", "x.jpg/inside.jpg");
    }

    @Test
    void hiddenNamesAreNoInput() throws IOException {
        touch(".DS_Store", "_SUCCESS", "_toonlake/tables/part.parquet", ".hidden/a.jpg", "a.jpg");

        assertThat(names(folder)).containsExactly("a.jpg");
    }

    @Test
    void oneFileMayBeNamed() throws IOException {
        touch("a.jpg", "b.jpg");

        List<SourceFile> files = files(folder.resolve("b.jpg"));

        assertThat(files).singleElement().satisfies(file -> {
            assertThat(file.path()).endsWith("/b.jpg");
            assertThat(file.sizeBytes()).isEqualTo(4);
            assertThat(file.modifiedMillis())
                    .isEqualTo(
                            Files.getLastModifiedTime(folder.resolve("b.jpg")).toMillis());
        });
    }

    @Test
    void aLinkBackToAParentEnds() throws IOException {
        touch("a/b.jpg");
        Files.createSymbolicLink(folder.resolve("a/loop"), folder);

        assertThat(names(folder)).containsExactly("a/b.jpg");
    }

    @Test
    void whatCannotBeLookedAtIsListedAllTheSame() throws IOException {
        touch("a.jpg");
        Files.createSymbolicLink(folder.resolve("nowhere.jpg"), folder.resolve("gone"));

        assertThat(files(folder))
                .extracting(SourceFile::path)
                .hasSize(2)
                .anyMatch(path -> path.endsWith("/nowhere.jpg"));
    }

    @Test
    void aMissingFolderIsUnreachable() {
        assertThatThrownBy(() -> files(folder.resolve("nowhere")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageMatching("Cannot read --input file:.*/nowhere: no such file or folder");
    }

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "data");
        }
    }

    private List<SourceFile> files(Path where) {
        return new Listing(storage).files(storage.qualified(where.toString()), "--input");
    }

    private List<String> names(Path where) {
        String root = storage.qualified(where.toString()) + "/";
        return files(where).stream().map(file -> file.path().replace(root, "")).toList();
    }
}
