package io.toonlake.image;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Those of a PNG's texts (chunks tEXt, zTXt and iTXt) that tell of the picture, and XMP. What cannot be read is passed over. */
final class PngTexts {

    private static final String XMP = "XML:com.adobe.xmp";

    /** Others are not even inflated: a file may have thousands, of 16 MiB each. */
    private static final Set<String> WANTED = Set.of("Author", "Copyright", "Title", "Description", XMP);

    private final Map<String, String> texts = new TreeMap<>();
    private byte[] xmp = {};

    /** Takes a chunk's content. */
    void add(String type, byte[] chunk) {
        int end = zero(chunk, 0);
        if (end == chunk.length) {
            return;
        }
        String keyword = new String(chunk, 0, end, StandardCharsets.ISO_8859_1);
        if (!WANTED.contains(keyword) || texts.containsKey(keyword) || keyword.equals(XMP) && xmp.length > 0) {
            return;
        }
        switch (type) {
            case "tEXt" -> put(keyword, StandardCharsets.ISO_8859_1, rest(chunk, end + 1));
            case "zTXt" -> put(keyword, StandardCharsets.ISO_8859_1, PngData.inflated(chunk, end + 2));
            case "iTXt" -> international(keyword, chunk, end + 1);
            default -> throw new IllegalArgumentException("no text: " + type);
        }
    }

    /** Whether it is compressed and how, language, translated keyword, text. */
    private void international(String keyword, byte[] chunk, int at) {
        int text = zero(chunk, zero(chunk, at + 2) + 1) + 1;
        if (text > chunk.length) {
            return;
        }
        byte[] bytes = chunk[at] == 0 ? rest(chunk, text) : PngData.inflated(chunk, text);
        if (keyword.equals(XMP)) {
            xmp = bytes;
        } else {
            put(keyword, StandardCharsets.UTF_8, bytes);
        }
    }

    private void put(String keyword, Charset letters, byte[] text) {
        texts.put(keyword, new String(text, letters));
    }

    private static int zero(byte[] chunk, int from) {
        int at = Math.min(from, chunk.length);
        while (at < chunk.length && chunk[at] != 0) {
            at++;
        }
        return at;
    }

    private static byte[] rest(byte[] chunk, int from) {
        return Arrays.copyOfRange(chunk, from, chunk.length);
    }

    byte[] xmp() {
        return xmp;
    }

    Map<String, String> texts() {
        return texts;
    }
}
