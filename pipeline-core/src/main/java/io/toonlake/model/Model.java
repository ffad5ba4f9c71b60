package io.toonlake.model;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Upsampling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * A generator ready for stylizing: its architecture, its weights, and where they come from.
 *
 * <p>Every model takes and gives pictures [1, 3, H, W] in the order blue, green, red, values in [-1, 1], H and W multiples
 * of {@link GeneratorArchitecture#SIZE_MULTIPLE}.
 */
public final class Model implements StylizingModel {
    /** Version of the model folder that this code writes, and the only one it reads. */
    public static final int FORMAT_VERSION = 1;

    static final String KIND = "cartoongan-generator";
    static final String CHANNEL_ORDER = "BGR";
    static final String LAYOUT = "NCHW";
    static final double LOWEST_VALUE = -1;
    static final double HIGHEST_VALUE = 1;

    private final GeneratorArchitecture architecture;
    private final Tensors tensors;
    private final ModelOrigin origin;
    private final String fingerprint;

    /** @throws IllegalArgumentException where a tensor is missing, unknown, of another shape or not finite */
    public Model(GeneratorArchitecture architecture, Tensors tensors, ModelOrigin origin) {
        GeneratorParameters.misfit(architecture, tensors).ifPresent(misfit -> {
            throw new IllegalArgumentException("Cannot make a model: " + misfit);
        });
        this.architecture = architecture;
        this.tensors = tensors;
        this.origin = origin;
        this.fingerprint = fingerprint(architecture, tensors);
    }

    public GeneratorArchitecture architecture() {
        return architecture;
    }

    /** The weights under their published names. */
    public Tensors tensors() {
        return tensors;
    }

    @Override
    public ModelOrigin origin() {
        return origin;
    }

    /**
     * What identifies the pictures this model makes: SHA-256, in lower-case hexadecimal, over the architecture and all
     * tensors in name order, as {@code docs/formats/model.md} spells out.
     */
    @Override
    public String fingerprint() {
        return fingerprint;
    }

    private static String fingerprint(GeneratorArchitecture architecture, Tensors tensors) {
        MessageDigest digest = sha256();
        digest.update(canonical(architecture).getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, Tensor> entry : tensors.sorted().asMap().entrySet()) {
            Tensor tensor = entry.getValue();
            digest.update(
                    "tensor %s %s\n".formatted(entry.getKey(), tensor.shape()).getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.values());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String canonical(GeneratorArchitecture architecture) {
        // The epsilon as its bits, since its decimal digits are a matter of the printing library.
        return String.format(
                Locale.ROOT,
                "toonlake-model %d\nkind %s\nwidth %d\nresidual-blocks %d\npadding %s\n%snorm-epsilon %016x\n"
                        + "channel-order %s\nlayout %s\nvalue-range [-1, 1]\n",
                FORMAT_VERSION,
                KIND,
                architecture.width(),
                architecture.residualBlocks(),
                architecture.padding().code(),
                // Named only where it is not what every model had before there was a choice.
                architecture.upsampling() == Upsampling.TRANSPOSED
                        ? ""
                        : "upsampling " + architecture.upsampling().code() + "\n",
                Double.doubleToLongBits(architecture.normEpsilon()),
                CHANNEL_ORDER,
                LAYOUT);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "%s (%s, %s)".formatted(origin.title(), fingerprint.substring(0, 12), architecture);
    }
}
