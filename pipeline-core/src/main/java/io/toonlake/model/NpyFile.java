package io.toonlake.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * NumPy's {@code .npy} format, versions 1 to 3: a magic number, a header that is a Python dictionary, then the values. Real
 * floating-point arrays of 2, 4 or 8 bytes, of either byte order, in C or Fortran order.
 */
public final class NpyFile {
    private static final String ENDING = ".npy";
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy itself refuses longer headers unless told otherwise. */
    private static final int MAX_HEADER_BYTES = 10_000;

    private static final long MAX_FILE_BYTES = 1L << 30;
    private static final Pattern TYPE = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
    private static final Pattern ORDER = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([\\s\\dL,]*)\\)");

    private NpyFile() {}

    /** Whether a file says of itself that it is one. */
    static boolean isNpy(byte[] bytes) {
        return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Every {@code .npy} file of a folder, in name order; other files are passed over. */
    static StoredTensors folder(ModelFiles folder) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String file : folder.names()) {
            if (file.endsWith(ENDING)) {
                names.add(file.substring(0, file.length() - ENDING.length()));
            }
        }
        if (names.isEmpty()) {
            throw new ModelFormatException(
                    "Cannot read weights from %s: no .npy files there".formatted(folder.location()));
        }
        return new Folder(folder, names);
    }

    private record Folder(ModelFiles files, Set<String> names) implements StoredTensors {
        @Override
        public String place() {
            return files.location();
        }

        @Override
        public Tensor read(String name) throws IOException {
            return NpyFile.read(files.read(name + ENDING, MAX_FILE_BYTES), files.location() + "/" + name + ENDING);
        }
    }

    /**
     * Reads one array.
     *
     * @param bytes the whole file
     * @param name what messages call it
     */
    public static Tensor read(byte[] bytes, String name) throws ModelFormatException {
        if (bytes.length < 10 || !isNpy(bytes)) {
            throw refused(name, "not an .npy file");
        }
        int version = bytes[6];
        if (version < 1 || version > 3) {
            throw refused(name, ".npy version %d.%d (versions 1 to 3 are read)".formatted(version, bytes[7]));
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = version == 1 ? 10 : 12;
        long headerBytes = version == 1
                ? Short.toUnsignedLong(file.getShort(8))
                : bytes.length < start ? Long.MAX_VALUE : Integer.toUnsignedLong(file.getInt(8));
        if (headerBytes > MAX_HEADER_BYTES || headerBytes > bytes.length - start) {
            throw refused(name, "its header does not fit: the file has %d bytes".formatted(bytes.length));
        }
        String header = new String(bytes, start, (int) headerBytes, StandardCharsets.UTF_8);
        return values(file, start + (int) headerBytes, header, name);
    }

    private static Tensor values(ByteBuffer file, int start, String header, String name) throws ModelFormatException {
        String type = field(TYPE, header, "descr", name);
        boolean fortranOrder = field(ORDER, header, "fortran_order", name).equals("True");
        List<Long> axes = axes(field(SHAPE, header, "shape", name), name);
        ElementType element =
                switch (type.length() == 3 && "<>=".indexOf(type.charAt(0)) >= 0 ? type.substring(1) : "") {
                    case "f2" -> ElementType.F16;
                    case "f4" -> ElementType.F32;
                    case "f8" -> ElementType.F64;
                    default -> throw refused(name, "dtype %s, shape %s (f2, f4 and f8 are read)".formatted(type, axes));
                };
        long count = Tensor.length(axes);
        int present = file.limit() - start;
        if (count < 0 || count * element.bytes() != present) {
            throw refused(
                    name,
                    "dtype %s, shape %s takes %s bytes, the file has %d"
                            .formatted(type, axes, count < 0 ? "too many" : count * element.bytes(), present));
        }
        ByteOrder order = type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        float[] values = element.read(file.slice(start, present).order(order), (int) count);
        int[] shape = axes.stream().mapToInt(Long::intValue).toArray();
        return Tensor.of(fortranOrder ? cOrder(values, shape) : values, shape);
    }

    private static String field(Pattern pattern, String header, String field, String name) throws ModelFormatException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw refused(name, "no readable '%s' in its header %s".formatted(field, header.strip()));
        }
        return matcher.group(1);
    }

    private static List<Long> axes(String tuple, String name) throws ModelFormatException {
        try {
            return Stream.of(tuple.replace("L", "").split(",", -1))
                    .map(String::strip)
                    .filter(axis -> !axis.isEmpty())
                    .map(Long::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw refused(name, "shape (%s)".formatted(tuple));
        }
    }

    private static float[] cOrder(float[] fortran, int[] shape) {
        float[] values = new float[fortran.length];
        int[] index = new int[shape.length];
        for (int i = 0; i < values.length; i++) {
            int from = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from = from * shape[axis] + index[axis];
            }
            values[i] = fortran[from];
            for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return values;
    }

    private static ModelFormatException refused(String name, String why) {
        return new ModelFormatException("Cannot read %s: %s".formatted(name, why));
    }
}
