package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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
        touch("_temporary/0/b.jpg", "_committed_123", "__magic_job-1/c.jpg", "_delta_log/0.json");

        assertThat(names(folder)).containsExactly("a.jpg");
    }

    @Test
    void anUnderscoreAloneHidesNothing() throws IOException {
        touch("_DSC1234.JPG", "_MG_0001.JPG", "_raw/a.jpg", "_committed_/b.jpg", "_SUCCESS.jpg");

        assertThat(names(folder))
                .containsExactly("_DSC1234.JPG", "_MG_0001.JPG", "_SUCCESS.jpg", "_committed_/b.jpg", "_raw/a.jpg");
    }

    @Test
    void ofAnOutputNothingIsHiddenThatARunMayHaveMade() throws IOException {
        touch(".a.jpg", "_SUCCESS", ".b/c.jpg", "_toonlake/leases/x.json", ".unfinished.1", "d/.unfinished.2");
        org.apache.hadoop.fs.Path root = storage.qualified(folder.toString());

        List<SourceFile> made = new Listing(storage, Visibility.OUTPUT).files(root, "--output");

        assertThat(made)
                .extracting(file -> file.path().replace(root + "/", ""))
                .containsExactly(".a.jpg", ".b/c.jpg", "_SUCCESS");
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
    void aLinkToAHiddenOrOuterFolderIsFollowedOnce() throws IOException {
        touch("in/.hidden/a.jpg", "out/b.jpg");
        Files.createSymbolicLink(folder.resolve("in/shown"), folder.resolve("in/.hidden"));
        Files.createSymbolicLink(folder.resolve("in/other"), folder.resolve("out"));
        Files.createSymbolicLink(folder.resolve("out/back"), folder.resolve("in"));

        assertThat(names(folder.resolve("in"))).containsExactly("other/b.jpg", "shown/a.jpg");
    }

    @Test
    void whatTheBeginningLeavesIsBelow() throws IOException {
        touch("a.jpg", "b/1.jpg", "b/2.jpg", "b/3.jpg", "b/c/4.jpg", "d/5.jpg", "d/.e/6.jpg");
        Files.createSymbolicLink(folder.resolve("d/loop"), folder.resolve("b"));
        org.apache.hadoop.fs.Path root = storage.qualified(folder.toString());
        Listing listing = new Listing(storage);

        Listing.Beginning beginning = listing.begin(root, "--input", 2);

        assertThat(beginning.files()).hasSizeLessThan(6);
        assertThat(beginning.folders())
                .as("a folder with three files is too large for two")
                .contains(root + "/b");
        Set<SourceFile> all = new HashSet<>(beginning.files());
        for (String left : beginning.folders()) {
            listing.below(root, List.of(left), "--input").forEachRemaining(all::add);
        }
        assertThat(all).hasSize(6).containsExactlyInAnyOrderElementsOf(files(folder));
    }

    @Test
    void keysBelowAPrefixAreThoseOfAWalk() throws IOException {
        touch("a.jpg", "b/c/1.jpg", "b/_temporary/2.jpg", "b/.d", "_temporary/3.jpg");
        org.apache.hadoop.fs.Path root = storage.qualified(folder.toString());

        List<SourceFile> keys = new ArrayList<>();
        new Listing.Pages(
                        storage.fileSystem(root),
                        Visibility.INPUT,
                        root,
                        List.of(root + "/a.jpg", root + "/b", root + "/_temporary"),
                        "--input")
                .forEachRemaining(keys::add);

        assertThat(keys)
                .extracting(file -> file.path().replace(root + "/", ""))
                .as("what is hidden is so below the prefix that was asked for")
                .containsExactlyInAnyOrder("a.jpg", "b/c/1.jpg", "_temporary/3.jpg");
    }

    @Test
    void anObjectStoreIsAskedForSeveralPrefixesAtATime() throws IOException {
        for (int i = 0; i < 30; i++) {
            touch("p" + i + "/a.jpg", "p" + i + "/deep/b.jpg", "p" + i + "/.hidden/c.jpg");
        }
        Configuration stores = new Configuration();
        stores.set("fs.s3night.impl", "io.toonlake.job.NightStore");
        Listing listing = new Listing(new Storage(stores));
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path("s3night:" + folder);
        List<String> prefixes =
                IntStream.range(0, 30).mapToObj(i -> root + "/p" + i).toList();

        List<String> found = new ArrayList<>();
        listing.below(root, prefixes, "--input").forEachRemaining(file -> found.add(file.path()));

        assertThat(found)
                .hasSize(60)
                .doesNotHaveDuplicates()
                .contains("s3night:" + folder + "/p7/deep/b.jpg")
                .noneMatch(path -> path.contains(".hidden"));
        assertThatThrownBy(() -> listing.below(root, List.of(root + "/p0", root + "/none"), "--input")
                        .forEachRemaining(file -> {}))
                .isInstanceOf(UnreachableException.class)
                .hasMessageEndingWith("no such file or folder");
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
