package io.toonlake.job;

import io.toonlake.image.ImageFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Names the picture made from a photo. A photo that already has the format's extension keeps its name; {@code a.png} stylized to JPEG
 * is {@code a.png.jpg}, so that it never meets the picture of {@code a.jpg}.
 *
 * <p>No two names give the same one, whatever else lies in the folder, because the three kinds of result can be told apart: kept names
 * (the part before the extension ends in no other picture extension and not in {@code .toon}), appended ones (it does end in such an
 * extension), and those marked {@code .toon} (all the rest: {@code README} gives {@code README.toon.jpg}, and {@code a.png.jpg} itself
 * gives {@code a.png.jpg.toon.jpg}).
 */
final class OutputName {
    private static final Set<String> PICTURE_EXTENSIONS = Set.of(
            "jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "dib", "tif", "tiff", "gif", "heic", "heif", "avif");
    private static final String MARK = ".toon";

    private final ImageFormat format;

    OutputName(ImageFormat format) {
        this.format = format;
    }

    String of(String photo) {
        String extension = extension(photo);
        if (isOfFormat(extension)) {
            String stem = photo.substring(0, photo.length() - extension.length() - 1);
            return isOtherPicture(extension(stem)) || stem.endsWith(MARK) ? marked(photo) : photo;
        }
        return isOtherPicture(extension) ? photo + "." + format.extension() : marked(photo);
    }

    private String marked(String photo) {
        return photo + MARK + "." + format.extension();
    }

    private boolean isOtherPicture(String extension) {
        return PICTURE_EXTENSIONS.contains(extension.toLowerCase(Locale.ROOT)) && !isOfFormat(extension);
    }

    private boolean isOfFormat(String extension) {
        String lower = extension.toLowerCase(Locale.ROOT);
        return lower.equals(format.extension()) || format == ImageFormat.JPEG && lower.equals("jpeg");
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? "" : name.substring(dot + 1);
    }
}
