package io.toonlake.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Hears a JPEG decoder's warnings and keeps the one that means damage. libjpeg decodes on after any of them, and paints
 * what is missing grey.
 *
 * <p>What it may say, and what is made of it ({@code jerror.h} of libjpeg 6b):
 *
 * <ul>
 *   <li><i>N extraneous bytes before marker 0xd9</i>: the picture was complete and something stood between it and its end
 *       marker. A few bytes are what several cameras write, and harmless; many are the tail of data that lost its step.
 *   <li><i>extraneous bytes before</i> any other marker: data was left over within the picture. Damage.
 *   <li><i>premature end of data segment</i>, <i>Premature end of JPEG file</i>: data is missing. Damage.
 *   <li><i>bad Huffman code</i>, <i>found marker … instead of RST…</i>, <i>Inconsistent progression sequence</i>: damage.
 *   <li><i>Invalid SOS parameters</i>, unknown JFIF version or Adobe transform: cannot occur, as {@link JpegFile} sets these
 *       right beforehand. That matters because only the first warning of a picture is passed on.
 *   <li>anything unknown: damage, to be safe.
 * </ul>
 */
final class JpegDamage implements IIOReadWarningListener {

    /** As many bytes as may stand where none should, before a marker. */
    static final int MOST_STRAY_BYTES = 32;

    private static final Pattern STRAY_AT_END = Pattern.compile("(\\d+) extraneous bytes before marker 0xd9");

    private String damage;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        if (damage == null && !isHarmless(warning)) {
            damage = warning;
        }
    }

    private static boolean isHarmless(String warning) {
        Matcher stray = STRAY_AT_END.matcher(warning);
        return stray.find() && stray.group(1).length() < 9 && Integer.parseInt(stray.group(1)) <= MOST_STRAY_BYTES;
    }

    /** Refuses the picture if a warning meant damage. */
    void check() throws ImageRefusedException {
        if (damage != null) {
            throw FileBytes.corrupt("damaged image data (" + damage.replaceFirst("^Corrupt JPEG data: ", "") + ")");
        }
    }
}
