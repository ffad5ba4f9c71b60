package io.toonlake.metadata;

import io.toonlake.image.EmbeddedMetadata;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Datasets of IPTC's Information Interchange Model (version 4), alone or among Photoshop's resources. */
final class IptcBlock {

    private static final int MARKER = 0x1C;
    private static final int RESOURCE = 0x0404;
    private static final int LONGEST_PLAIN = 0x7FFF;

    private static final int CHARACTER_SET = dataset(1, 90);
    private static final int RECORD_VERSION = dataset(2, 0);
    static final int TITLE = dataset(2, 5);
    static final int KEYWORD = dataset(2, 25);
    static final int CREATOR = dataset(2, 80);
    static final int HEADLINE = dataset(2, 105);
    static final int CREDIT = dataset(2, 110);
    static final int SOURCE = dataset(2, 115);
    static final int COPYRIGHT = dataset(2, 116);
    static final int CAPTION = dataset(2, 120);

    private static final Set<Integer> ATTRIBUTIONS = Set.of(CREATOR, CREDIT, SOURCE, COPYRIGHT);

    /** Format, version and data of a preview of the photo. */
    private static final Set<Integer> PREVIEW = Set.of(dataset(2, 200), dataset(2, 201), dataset(2, 202));

    /** @param key record and dataset */
    private record Dataset(int key, byte[] value) {}

    private final List<Dataset> datasets = new ArrayList<>();
    private boolean damaged;

    private static int dataset(int record, int number) {
        return record << 8 | number;
    }

    /** Reads what can be read; metadata without any gives no datasets. */
    static IptcBlock read(EmbeddedMetadata given) {
        IptcBlock block = new IptcBlock();
        block.readDatasets(given.iptc().length > 0 ? given.iptc() : block.resource(given.photoshop()));
        return block;
    }

    /** Whether something in it could not be read, and is left out. */
    boolean isDamaged() {
        return damaged;
    }

    /** The IPTC among Photoshop's resources, each {@code 8BIM}, number, name, length and data, padded to even lengths. */
    private byte[] resource(byte[] resources) {
        ByteBuffer data = ByteBuffer.wrap(resources);
        while (data.remaining() >= 12) {
            if (data.getInt() != 0x3842494D) {
                damaged = true;
                return new byte[0];
            }
            int number = data.getShort() & 0xFFFF;
            int name = data.get() & 0xFF;
            long from = data.position() + name + (name + 1 & 1);
            long length = from + 4 <= data.limit() ? data.getInt((int) from) & 0xFFFFFFFFL : Long.MAX_VALUE / 2;
            if (from + 4 + length > data.limit()) {
                damaged = true;
                return new byte[0];
            }
            if (number == RESOURCE) {
                return Arrays.copyOfRange(resources, (int) from + 4, (int) (from + 4 + length));
            }
            data.position((int) Math.min(data.limit(), from + 4 + length + (length & 1)));
        }
        return new byte[0];
    }

    private void readDatasets(byte[] bytes) {
        ByteBuffer data = ByteBuffer.wrap(bytes);
        while (data.remaining() >= 5 && (data.get(data.position()) & 0xFF) == MARKER) {
            data.get();
            int key = data.getShort() & 0xFFFF;
            long length = data.getShort() & 0xFFFF;
            if (length > LONGEST_PLAIN) {
                int digits = (int) length & LONGEST_PLAIN;
                length = digits == 4 && data.remaining() >= 4 ? data.getInt() & 0xFFFFFFFFL : Long.MAX_VALUE;
            }
            if (length > data.remaining()) {
                damaged = true;
                return;
            }
            byte[] value = new byte[(int) length];
            data.get(value);
            datasets.add(new Dataset(key, value));
        }
        while (data.hasRemaining()) {
            damaged |= data.get() != 0; // TIFF and old programs fill up with zeros
        }
    }

    /** Datasets for the picture, in their order; no bytes where only their own version and letters would be left. */
    byte[] chosen(MetadataChoice choice) {
        boolean says = false;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Dataset dataset : datasets) {
            boolean aboutItself = dataset.key() >> 8 == 1 || dataset.key() == RECORD_VERSION;
            boolean wanted = choice == MetadataChoice.KEEP
                    ? dataset.key() >> 8 == 2 && !PREVIEW.contains(dataset.key())
                    : choice == MetadataChoice.ATTRIBUTION && ATTRIBUTIONS.contains(dataset.key());
            if (dataset.value().length <= LONGEST_PLAIN && (wanted || isKept(dataset, choice))) {
                says |= !aboutItself;
                ByteBuffer header = ByteBuffer.allocate(5).put((byte) MARKER);
                out.writeBytes(header.putShort((short) dataset.key())
                        .putShort((short) dataset.value().length)
                        .array());
                out.writeBytes(dataset.value());
            }
        }
        return says ? out.toByteArray() : new byte[0];
    }

    /** What says how the others are to be read. */
    private static boolean isKept(Dataset dataset, MetadataChoice choice) {
        return dataset.key() == CHARACTER_SET
                || dataset.key() == RECORD_VERSION
                || choice == MetadataChoice.KEEP && dataset.key() >> 8 == 1;
    }

    /** The texts of a dataset, which may be there more than once; empty ones left out. */
    List<String> texts(int key) {
        return datasets.stream()
                .filter(dataset -> dataset.key() == key)
                .map(dataset -> text(dataset.value()).strip())
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Many write UTF-8 without saying so, and what is no UTF-8 is Latin more often than anything else. */
    private static String text(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
