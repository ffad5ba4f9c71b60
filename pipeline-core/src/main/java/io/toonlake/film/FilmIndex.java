package io.toonlake.film;

import static io.toonlake.film.FilmReason.CORRUPT;
import static io.toonlake.film.FilmReason.NO_VIDEO;
import static io.toonlake.film.FilmReason.TOO_MANY_PIXELS;
import static io.toonlake.film.FilmReason.TOO_SMALL;
import static io.toonlake.film.FilmReason.UNSUPPORTED_CODEC;
import static io.toonlake.film.FilmReason.UNSUPPORTED_COLOUR;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_sample_aspect_ratio;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_ARIB_STD_B67;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_SMPTE2084;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import io.toonlake.image.DecodeLimits;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * What a film holds, by its packets, none of which was decoded: which frames there are, when they are shown, and at which of them decoding can begin.
 *
 * @param fingerprint sha256 in hexadecimal of the moving pictures' packets with their times: sound, subtitles, titles and the order of all these
 *     do not count. The same pictures in a container with other time stamps are another film, since frames are known by these
 * @param codec FFmpeg's name of the coding, e.g. {@code h264}
 * @param width columns of a frame as it is to be seen: upright, with square pixels
 * @param height rows of the same
 * @param orientation EXIF's number for how decoded frames have to be turned
 * @param timeBaseSeconds what the time stamps count, in seconds
 * @param timestamps of all frames, each once, ascending
 * @param keyFrames in the order in which they are shown
 */
public record FilmIndex(
        String fingerprint,
        String codec,
        int width,
        int height,
        int orientation,
        double timeBaseSeconds,
        long[] timestamps,
        List<KeyFrame> keyFrames)
        implements Serializable {

    /** Aspect ratios of pixels further from a square than this are damage, not film. */
    private static final double MOST_ASPECT = 8;

    private static final int MATRIX_NUMBERS = 9;

    /** Some 46 hours of 60 frames a second. More is a header that lies. */
    private static final int MOST_PACKETS = 10_000_000;

    /** A file may show a stretch of its bytes again, but not all of them over and over. */
    private static final long MOST_BYTES_TO_FILES = 4;

    /**
     * Reads a film from its first byte to its last.
     *
     * @throws FilmRefusedException where it is no film, or none that is taken
     * @throws IOException where the source fails
     */
    public static FilmIndex of(FilmSource source, DecodeLimits limits) throws FilmRefusedException, IOException {
        try (Container container = Container.open(source, limits.maxPixels())) {
            AVCodecParameters parameters = container.stream().codecpar();
            String codec = avcodec_get_name(parameters.codec_id()).getString();
            check(parameters, codec, limits);
            MessageDigest digest = sha256();
            digest.update((codec + " " + parameters.width() + "x" + parameters.height() + " "
                            + container.stream().time_base().num() + "/"
                            + container.stream().time_base().den())
                    .getBytes(StandardCharsets.UTF_8));
            update(digest, parameters.extradata(), Math.max(0, parameters.extradata_size()));
            Packets packets = new Packets(source.sizeBytes(), container.stream().time_base());
            ByteBuffer numbers = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
            for (AVPacket packet = container.next(); packet != null; packet = container.next()) {
                packets.add(packet);
                digest.update(numbers.clear()
                        .putLong(Container.timestamp(packet))
                        .putInt(packet.size())
                        .array());
                update(digest, packet.data(), packet.size());
            }
            long[] ordered = packets.timestamps();
            List<KeyFrame> keyFrames = packets.keyFrames;
            keyFrames.sort(Comparator.comparingLong(KeyFrame::timestamp));
            AVRational timeBase = container.stream().time_base();
            int orientation = orientation(parameters);
            boolean turned = orientation > 4;
            int width = seenWidth(container);
            int height = parameters.height();
            checkSize(width, height, limits);
            return new FilmIndex(
                    HexFormat.of().formatHex(digest.digest()),
                    codec,
                    turned ? height : width,
                    turned ? width : height,
                    orientation,
                    (double) timeBase.num() / timeBase.den(),
                    ordered,
                    List.copyOf(keyFrames));
        }
    }

    private static void check(AVCodecParameters parameters, String codec, DecodeLimits limits)
            throws FilmRefusedException {
        long width = parameters.width();
        long height = parameters.height();
        if (avcodec_find_decoder(parameters.codec_id()) == null) {
            throw new FilmRefusedException(
                    UNSUPPORTED_CODEC,
                    "its moving pictures are " + codec + ", which is not decoded: convert it to H.264");
        }
        if (width < 1 || height < 1) {
            throw new FilmRefusedException(
                    CORRUPT, "its frames are damaged, or of more than the allowed " + limits.maxPixels() + " pixels");
        }
        checkSize(width, height, limits);
        if (parameters.color_trc() == AVCOL_TRC_SMPTE2084 || parameters.color_trc() == AVCOL_TRC_ARIB_STD_B67) {
            throw new FilmRefusedException(
                    UNSUPPORTED_COLOUR,
                    "it has a high dynamic range, which has no one rendition in sRGB: map it to BT.709 first");
        }
    }

    private static void checkSize(long width, long height, DecodeLimits limits) throws FilmRefusedException {
        if (width * height > limits.maxPixels()) {
            throw new FilmRefusedException(
                    TOO_MANY_PIXELS,
                    "its frames are of " + width + "x" + height + ", more than the allowed " + limits.maxPixels()
                            + " pixels");
        }
        if (Math.min(width, height) < limits.minSidePixels()) {
            throw new FilmRefusedException(
                    TOO_SMALL,
                    "its frames are of " + width + "x" + height + ", and the shorter side must have at least "
                            + limits.minSidePixels() + " pixels");
        }
    }

    /** Columns with square pixels. */
    private static int seenWidth(Container container) {
        int width = container.stream().codecpar().width();
        AVRational pixel = av_guess_sample_aspect_ratio(container.context(), container.stream(), (AVFrame) null);
        double aspect = pixel.num() < 1 || pixel.den() < 1 ? 1 : (double) pixel.num() / pixel.den();
        return aspect > MOST_ASPECT || aspect < 1 / MOST_ASPECT ? width : (int) Math.max(1, Math.round(width * aspect));
    }

    private static int orientation(AVCodecParameters parameters) {
        if (parameters.nb_coded_side_data() < 1) {
            return 1;
        }
        AVPacketSideData matrix = av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull() || matrix.size() < (long) MATRIX_NUMBERS * Integer.BYTES) {
            return 1;
        }
        int[] numbers = new int[MATRIX_NUMBERS];
        new IntPointer(matrix.data()).get(numbers);
        return orientation(numbers[0], numbers[1], numbers[3], numbers[4]);
    }

    /**
     * EXIF's number for a display matrix, the nearest where it is none of the eight. FFmpeg's account of it as an angle says nothing of mirrors.
     *
     * @param a where one step to the right in the stored frame leads, to the right
     * @param b and downwards
     * @param c where one step downwards leads, to the right
     * @param d and downwards
     */
    static int orientation(int a, int b, int c, int d) {
        if (a == 0 && b == 0 || c == 0 && d == 0) {
            return 1;
        }
        if (Math.abs((long) a) >= Math.abs((long) b)) {
            return a >= 0 ? (d >= 0 ? 1 : 4) : d >= 0 ? 2 : 3;
        }
        return b >= 0 ? (c >= 0 ? 5 : 6) : c >= 0 ? 8 : 7;
    }

    /** What is kept of packets, and when there are too many, or none that could be. */
    private static final class Packets {
        private final LongStream.Builder timestamps = LongStream.builder();
        private final List<KeyFrame> keyFrames = new ArrayList<>();
        private final long mostBytes;
        private final long second;
        private long count;
        private long unstamped;
        private long bytes;
        private long decoded = Long.MIN_VALUE;

        private Packets(long fileBytes, AVRational timeBase) {
            this.mostBytes = MOST_BYTES_TO_FILES * fileBytes;
            this.second = (long) timeBase.den() / Math.max(1, timeBase.num());
        }

        void add(AVPacket packet) throws FilmRefusedException {
            count++;
            bytes += packet.size();
            if (count > MOST_PACKETS || bytes > mostBytes) {
                throw new FilmRefusedException(
                        CORRUPT, "it claims more than " + (count - 1) + " packets of " + bytes + " bytes in all");
            }
            long timestamp = Container.timestamp(packet);
            if (timestamp == AV_NOPTS_VALUE()) {
                unstamped++;
                return;
            }
            if (packet.dts() != AV_NOPTS_VALUE()) {
                // Less than a second is a muxer's slip.
                if (decoded != Long.MIN_VALUE && packet.dts() < decoded - second) {
                    throw new FilmRefusedException(
                            CORRUPT,
                            "its time stamps begin anew at packet " + count
                                    + ", so that frames cannot be told apart: write it anew (ffmpeg -i FILM -c copy OTHER.mkv)");
                }
                decoded = packet.dts();
            }
            if (Container.isKey(packet)) {
                long at = packet.dts() == AV_NOPTS_VALUE() ? timestamp : packet.dts();
                keyFrames.add(new KeyFrame(timestamp, at, Container.checksum(packet)));
            }
            if (Container.isShown(packet)) {
                timestamps.add(timestamp);
            }
        }

        /** Ascending, each once. */
        long[] timestamps() throws FilmRefusedException {
            if (unstamped > 0) {
                throw new FilmRefusedException(
                        CORRUPT,
                        unstamped + " of its " + count
                                + " packets do not say when they are shown: write it anew (ffmpeg -fflags +genpts -i FILM -c copy OTHER.mkv)");
            }
            long[] ordered = timestamps.build().sorted().distinct().toArray();
            if (ordered.length == 0) {
                throw new FilmRefusedException(NO_VIDEO, "it holds no frame");
            }
            return ordered;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void update(MessageDigest digest, BytePointer data, int size) {
        if (size > 0) {
            digest.update(new BytePointer(data).capacity(size).asByteBuffer());
        }
    }

    /** How many frames the film has. */
    public int frames() {
        return timestamps.length;
    }

    /** The frame's number, from 0, in the order in which they are shown; negative for a time stamp that no frame has. */
    public int number(long timestamp) {
        return Arrays.binarySearch(timestamps, timestamp);
    }

    /** Seconds from the first frame. */
    public double seconds(long timestamp) {
        return (timestamp - timestamps[0]) * timeBaseSeconds;
    }

    /** Seconds from the first frame to the last. */
    public double seconds() {
        return seconds(timestamps[timestamps.length - 1]);
    }

    /** The film in stretches of at least so many seconds, each but the first beginning with a key frame; one where it has no other key frame. */
    public List<FilmSegment> segments(double leastSeconds) {
        List<FilmSegment> segments = new ArrayList<>();
        KeyFrame start = null;
        double begun = 0;
        for (KeyFrame key : keyFrames) {
            double at = seconds(key.timestamp());
            if (at - begun >= leastSeconds && seconds() - at >= leastSeconds / 2) {
                segments.add(new FilmSegment(start, key.timestamp()));
                start = key;
                begun = at;
            }
        }
        segments.add(new FilmSegment(start, Long.MAX_VALUE));
        return segments;
    }

    /** The last key frame at or before a time stamp: decoding begins there. Null for frames before the first. */
    KeyFrame keyFrame(long timestamp) {
        KeyFrame last = null;
        for (KeyFrame key : keyFrames) {
            if (key.timestamp() > timestamp) {
                break;
            }
            last = key;
        }
        return last;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FilmIndex that
                && fingerprint.equals(that.fingerprint)
                && Arrays.equals(timestamps, that.timestamps);
    }

    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    @Override
    public String toString() {
        return codec + " " + width + "x" + height + ", " + frames() + " frames";
    }
}
