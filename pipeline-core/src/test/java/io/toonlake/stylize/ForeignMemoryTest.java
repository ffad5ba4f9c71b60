package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.toonlake.model.ChannelOrder;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.PictureTensor;
import io.toonlake.model.ValueRange;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignMemoryTest {
    private static final int WIDTH = 1024;
    private static final int HEIGHT = 768;

    @ParameterizedTest
    @ValueSource(ints = {8, 64})
    void whatWasMeasuredHoldsForALargerPictureAndIsNotThriceWhatIsUsed(int width)
            throws IOException, InterruptedException {
        assumeTrue(Pointer.physicalBytes() > 0, "skipped: this system does not say what a process has");
        // A JVM of its own, as EngineMemoryTest has it.
        Process probe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ForeignMemoryTest.class.getName(),
                        Integer.toString(width))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String[] printed = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .split(" ");
        assertThat(probe.waitFor()).isZero();
        long used = Long.parseLong(printed[0]);
        long estimated = Long.parseLong(printed[1]);
        // Of narrow networks most is what every engine is granted beside its maps.
        assertThat(estimated).isBetween(used, 3 * used + (64 << 20));
    }

    /** Prints the bytes that a picture took beyond the idle engine, and those estimated by what the import measured. */
    public static void main(String[] arguments) throws ModelFormatException {
        GeneratorArchitecture generator =
                new GeneratorArchitecture(Integer.parseInt(arguments[0]), 0, Padding.ZERO, 1e-5);
        ForeignModel model = ForeignImport.of(
                        OnnxGenerator.of(DrawnGenerator.model(generator)),
                        new ToldConvention(
                                Optional.empty(),
                                ChannelOrder.BGR,
                                new ValueRange(-1, 1),
                                PictureTensor.NO_MEAN,
                                PictureTensor.NO_STD,
                                Optional.empty(),
                                ChannelOrder.BGR,
                                new ValueRange(-1, 1),
                                OptionalInt.empty(),
                                Optional.empty(),
                                OptionalLong.empty()),
                        ModelOrigin.imported("drawn", "a test", "none"),
                        2)
                .model();
        try (StylizingEngine engine = EngineKind.openForeign(model, 2, Processor.CPU)) {
            engine.stylize(new float[3 * 64 * 64], 64, 64);
            System.gc();
            long idle = Pointer.physicalBytes();
            engine.stylize(new float[3 * WIDTH * HEIGHT], WIDTH, HEIGHT);
            // ONNX Runtime keeps what it took.
            System.out.println((Pointer.physicalBytes() - idle) + " " + engine.estimatedBytes(WIDTH, HEIGHT) + " "
                    + model.bytesPerPixel());
        }
        System.exit(0);
    }
}
