package io.toonlake.job;

import io.toonlake.image.ImageFormat;
import io.toonlake.storage.SourceFile;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * Where the picture of each photo goes: the photo's place below the input is the picture's below the output. Built from texts, since
 * Hadoop's own joining of paths stumbles over colons in names.
 */
final class Targets implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String root;
    private final String output;
    private final ImageFormat format;

    /**
     * @param root folder of the photos, whose paths begin with it
     * @param output folder of the pictures
     */
    Targets(Path root, Path output, ImageFormat format) {
        this.root = root.toString();
        this.output = output.toString();
        this.format = format;
    }

    /** The picture's path, as a listing of the output would have it. */
    String of(SourceFile photo) {
        // A file that the listing could only name by its URI has no place below the root.
        String relative = photo.path().startsWith(root) ? photo.path().substring(root.length()) : photo.path();
        int slash = relative.lastIndexOf('/');
        String name = new OutputName(format).of(relative.substring(slash + 1));
        String folder = relative.substring(0, Math.max(0, slash)).replaceFirst("^/+", "");
        return output.replaceFirst("/+$", "") + "/" + (folder.isEmpty() ? "" : folder + "/") + name;
    }
}
