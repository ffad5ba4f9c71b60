package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.storage.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws photos from a listing: the same from the same, however it is ordered, and mostly the same after more were added. */
final class PhotoSample {
    private PhotoSample() {}

    /** The photos in the order of the hashes of their names, without the folder that all lie in: a moved folder gives the same. */
    static List<SourceFile> shuffled(List<SourceFile> photos) {
        if (photos.size() < 2) {
            return photos;
        }
        int common = photos.stream()
                .map(SourceFile::path)
                .reduce(PhotoSample::sharedFolder)
                .orElseThrow()
                .length();
        Map<SourceFile, String> hashes = photos.stream()
                .collect(Collectors.toMap(
                        photo -> photo, photo -> Fingerprint.of(photo.path().substring(common))));
        return photos.stream().sorted(Comparator.comparing(hashes::get)).toList();
    }

    /** So many of those that were drawn before and of a batch's. */
    static List<SourceFile> drawn(List<SourceFile> before, List<Photo> batch, int count) {
        List<SourceFile> all = new ArrayList<>(before);
        batch.forEach(photo -> all.add(photo.file()));
        return shuffled(all).stream().limit(count).toList();
    }

    private static String sharedFolder(String first, String second) {
        int length = 0;
        while (length < Math.min(first.length(), second.length()) && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        return first.substring(0, first.lastIndexOf('/', length - 1) + 1);
    }
}
