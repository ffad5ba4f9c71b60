package io.toonlake.storage;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names a listing shows. An underscore alone hides nothing: cameras write {@code _DSC1234.JPG} and {@code _MG_1234.JPG} for photos in
 * Adobe RGB.
 */
public enum Visibility {
    /** What may be a photo, a film or a list of some: all but names with a dot in front, and what Spark, Delta and Toonlake leave in folders. */
    INPUT {
        @Override
        public boolean hides(String name) {
            return name.startsWith(".")
                    || name.startsWith("_")
                            && (MACHINERY.contains(name)
                                    || isMagic(name)
                                    || COMMITS.matcher(name).matches());
        }
    },
    /** All that a run may have made, whatever its photo is called. */
    OUTPUT {
        @Override
        public boolean hides(String name) {
            return name.equals(TOONLAKE)
                    || name.startsWith(Storage.UNFINISHED)
                    || name.equals(SNAPSHOTS)
                    || isMagic(name);
        }
    };

    private static final Set<String> DISKS = Set.of("lost+found", "System Volume Information", "$RECYCLE.BIN");
    private static final String TOONLAKE = "_toonlake";
    /** A file server's older states of a folder, each with all that was in it. */
    private static final String SNAPSHOTS = ".snapshot";

    private static final Set<String> MACHINERY = Set.of(
            TOONLAKE,
            "_SUCCESS",
            "_temporary",
            "_metadata",
            "_common_metadata",
            "_delta_log",
            "_change_data",
            "_spark_metadata");
    /** Databricks' marks beside the files of a write. */
    private static final Pattern COMMITS = Pattern.compile("_(started|committed)_\\d+");

    /** Whether a folder that may not be looked into is likely the disk's own, such as {@code .Trash-0}: nobody keeps photos there. */
    static boolean isOfADisk(String folder) {
        return folder.startsWith(".") || DISKS.contains(folder);
    }

    /** Where S3A's committer keeps uploads that are not complete. */
    private static boolean isMagic(String name) {
        return name.equals("__magic") || name.startsWith("__magic_job-");
    }

    /** Whether a file or folder of this name is passed over, with all that is in it. */
    public abstract boolean hides(String name);

    /**
     * Whether a file or folder is found from a folder without passing a hidden name.
     *
     * @param folder or the beginning of one, with or without a slash at its end
     * @param path of what may lie below it
     */
    public boolean showsBelow(String folder, String path) {
        String above = folder.endsWith("/") ? folder : folder + "/";
        if (!(path + "/").startsWith(above)) {
            return false;
        }
        for (String name :
                path.substring(Math.min(path.length(), above.length())).split("/")) {
            if (hides(name)) {
                return false;
            }
        }
        return true;
    }
}
