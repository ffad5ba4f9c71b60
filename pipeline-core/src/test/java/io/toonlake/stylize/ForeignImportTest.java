package io.toonlake.stylize;

import static io.toonlake.model.OnnxGraph.axis;
import static io.toonlake.model.OnnxGraph.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.image.PixelImage;
import io.toonlake.model.ChannelOrder;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.NumberType;
import io.toonlake.model.OnnxGraph;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.model.PictureTensor;
import io.toonlake.model.ValueRange;
import io.toonlake.testing.TinyOnnx;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignImportTest {
    private static final ModelOrigin ORIGIN = ModelOrigin.imported("theirs", "a test", "none");

    /** Memory is told, for speed. */
    private record Tell(
            Optional<PictureLayout> layout,
            ChannelOrder order,
            ValueRange range,
            List<Double> mean,
            List<Double> std,
            ValueRange outputRange,
            OptionalInt multiple,
            Optional<PictureSizes> fixed,
            Optional<String> output) {
        static Tell of(ChannelOrder order, String range) {
            return new Tell(
                    Optional.empty(),
                    order,
                    ValueRange.of(range),
                    PictureTensor.NO_MEAN,
                    PictureTensor.NO_STD,
                    ValueRange.of(range),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        Tell layout(PictureLayout told) {
            return new Tell(Optional.of(told), order, range, mean, std, outputRange, multiple, fixed, output);
        }

        Tell standardized(List<Double> toldMean, List<Double> toldStd) {
            return new Tell(layout, order, range, toldMean, toldStd, outputRange, multiple, fixed, output);
        }

        Tell gives(String told) {
            return new Tell(layout, order, range, mean, std, ValueRange.of(told), multiple, fixed, output);
        }

        Tell multiple(int told) {
            return new Tell(layout, order, range, mean, std, outputRange, OptionalInt.of(told), fixed, output);
        }

        Tell only(int width, int height) {
            return new Tell(
                    layout,
                    order,
                    range,
                    mean,
                    std,
                    outputRange,
                    multiple,
                    Optional.of(PictureSizes.only(width, height)),
                    output);
        }

        Tell output(String told) {
            return new Tell(layout, order, range, mean, std, outputRange, multiple, fixed, Optional.of(told));
        }

        ForeignImport.Imported of(byte[] onnx) throws ModelFormatException {
            return ForeignImport.of(
                    onnx,
                    new ToldConvention(
                            layout,
                            order,
                            range,
                            mean,
                            std,
                            output,
                            order,
                            outputRange,
                            multiple,
                            fixed,
                            OptionalLong.of(100)),
                    ORIGIN,
                    2);
        }

        void isRefused(byte[] onnx, String... message) {
            assertThatThrownBy(() -> of(onnx))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContainingAll(message);
        }
    }

    private static final Tell RGB = Tell.of(ChannelOrder.RGB, "-1..1");

    private static PixelImage made(ForeignModel model, PixelImage photo) {
        try (StylizingEngine engine = EngineKind.openForeign(model, 2, Processor.CPU)) {
            assertThat(engine.fingerprint()).isEqualTo(model.fingerprint());
            return new Stylizer(engine).stylize(photo);
        }
    }

    private static PixelImage photo(int width, int height) {
        byte[] pixels = new byte[4 * width * height];
        new Random(7).nextBytes(pixels);
        return PixelImage.bgra(width, height, pixels);
    }

    @ParameterizedTest
    @CsvSource({
        "NCHW, RGB, -1..1, FLOAT32", "NCHW, BGR, 0..1, FLOAT32", "NCHW, RGB, 0..255, FLOAT16",
        "NHWC, RGB, -1..1, FLOAT32", "NHWC, BGR, 0..255, FLOAT32", "NHWC, RGB, 0..1, FLOAT16"
    })
    void everyConventionGivesTheExactPixels(PictureLayout layout, ChannelOrder order, String range, NumberType type)
            throws ModelFormatException {
        ValueRange values = ValueRange.of(range);
        // Its first channel is inverted, its second stays, its third becomes black.
        byte[] onnx = TinyOnnx.linear(
                type == NumberType.FLOAT16 ? TinyOnnx.FLOAT16 : TinyOnnx.FLOAT,
                layout,
                new double[] {-1, 1, 0},
                new double[] {values.low() + values.high(), 0, values.low()});
        PixelImage photo = photo(13, 7);

        ForeignModel model = Tell.of(order, range).of(onnx).model();

        assertThat(model.input())
                .isEqualTo(new PictureTensor(
                        TinyOnnx.INPUT, type, layout, order, values, PictureTensor.NO_MEAN, PictureTensor.NO_STD));
        assertThat(model.output().layout()).isEqualTo(layout);
        assertThat(model.sizes()).isEqualTo(PictureSizes.multiplesOf(1, 16));
        byte[] expected = photo.pixels().clone();
        int first = order == ChannelOrder.BGR ? 0 : 2;
        for (int pixel = 0; pixel < expected.length; pixel += 4) {
            expected[pixel + first] = (byte) (255 - (photo.pixels()[pixel + first] & 0xFF));
            expected[pixel + 2 - first] = 0;
        }
        assertThat(made(model, photo)).isEqualTo(PixelImage.bgra(13, 7, expected));
    }

    @Test
    void meanAndDeviationAreThoseOfTheNetworksChannels() throws ModelFormatException {
        List<Double> mean = List.of(0.485, 0.456, 0.406);
        List<Double> std = List.of(0.229, 0.224, 0.225);
        // What torchvision's Normalize did is undone, so that the photo comes out, by the network's own three numbers.
        byte[] onnx = TinyOnnx.linear(
                TinyOnnx.FLOAT,
                PictureLayout.NCHW,
                std.stream().mapToDouble(s -> s).toArray(),
                mean.stream().mapToDouble(m -> m).toArray());
        PixelImage photo = photo(9, 9);

        assertThat(made(
                        Tell.of(ChannelOrder.RGB, "0..1")
                                .standardized(mean, std)
                                .of(onnx)
                                .model(),
                        photo))
                .isEqualTo(photo);
        assertThat(made(
                        Tell.of(ChannelOrder.BGR, "0..1")
                                .standardized(mean, std)
                                .of(onnx)
                                .model(),
                        photo))
                .as("numbers in the network's order undo themselves in any")
                .isEqualTo(photo);
        assertThat(made(Tell.of(ChannelOrder.RGB, "0..1").of(onnx).model(), photo))
                .isNotEqualTo(photo);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "3, 8", "5, 32"})
    void theLeastMultipleIsFoundAndThePictureMirroredToIt(int halvings, int multiple) throws ModelFormatException {
        ForeignModel model = RGB.of(TinyOnnx.squares(halvings)).model();

        assertThat(model.sizes().multiple()).isEqualTo(multiple);
        int side = multiple * multiple;
        byte[] pixels = new byte[3 * 45 * 37];
        Random random = new Random(2);
        for (int i = 0; i < pixels.length; i++) {
            // So that means are whole numbers.
            pixels[i] = (byte) (side <= 64 ? random.nextInt(256 / side) * side : 128);
        }
        byte[] expected = new byte[pixels.length];
        for (int y = 0; y < 37; y++) {
            for (int x = 0; x < 45; x++) {
                for (int c = 0; c < 3; c++) {
                    int sum = 0;
                    for (int square = 0; square < side; square++) {
                        int fromY = Stylizer.mirrored(y / multiple * multiple + square / multiple, 37);
                        int fromX = Stylizer.mirrored(x / multiple * multiple + square % multiple, 45);
                        sum += pixels[(fromY * 45 + fromX) * 3 + c] & 0xFF;
                    }
                    expected[(y * 45 + x) * 3 + c] = (byte) (sum / side);
                }
            }
        }
        assertThat(made(model, PixelImage.bgr(45, 37, pixels))).isEqualTo(PixelImage.bgr(45, 37, expected));
    }

    @Test
    void aToldMultipleIsTakenAndOneThatDoesNotWorkRefused() throws ModelFormatException {
        assertThat(RGB.multiple(32).of(TinyOnnx.squares(3)).model().sizes())
                .isEqualTo(PictureSizes.multiplesOf(32, 32));

        RGB.multiple(4)
                .isRefused(
                        TinyOnnx.squares(3),
                        "of [1, 3, 260, 268] it makes [1, 3, 256, 264]",
                        "look at --size-multiple");
    }

    @Test
    void theLeastSideIsOneThatTheNetworkCanMirror() throws ModelFormatException {
        ForeignModel model = RGB.of(TinyOnnx.mirrored(20)).model();

        assertThat(model.sizes()).isEqualTo(PictureSizes.multiplesOf(1, 64));
        PixelImage small = photo(5, 9);
        assertThat(made(model, small)).isEqualTo(small);
        assertThat(RGB.of(TinyOnnx.mirrored(200)).model().sizes().minWidth()).isGreaterThan(200);
    }

    @Test
    void aFixedSizeIsReadFromTheFileAndTheOnlyOne() throws ModelFormatException {
        ForeignModel model =
                RGB.of(TinyOnnx.identity(PictureLayout.NHWC, 40, 24)).model();

        assertThat(model.sizes()).isEqualTo(PictureSizes.only(40, 24));
        PixelImage photo = photo(33, 20);
        assertThat(made(model, photo)).isEqualTo(photo);
        try (StylizingEngine engine = EngineKind.openForeign(model, 1, Processor.CPU)) {
            assertThatThrownBy(() -> engine.stylize(new float[3 * 48 * 24], 48, 24))
                    .hasMessage("Invalid picture size: 48x24 (must be 40x24 only)");
        }
        RGB.only(40, 40)
                .isRefused(
                        TinyOnnx.identity(PictureLayout.NHWC, 40, 24),
                        "photo_in is [-1, 24, 40, 3], which is not 40x40 only (leave --fixed-size out)");
        RGB.isRefused(TinyOnnx.identity(PictureLayout.NCHW, 40, 0), "one side is free", "--fixed-size WIDTHxHEIGHT");
    }

    @Test
    void aNetworkTracedAtOneSizeHasToBeToldIt() throws ModelFormatException {
        RGB.isRefused(TinyOnnx.traced(64, 48), "it makes [1, 3, 48, 64]", "--fixed-size WIDTHxHEIGHT");

        assertThat(RGB.only(64, 48).of(TinyOnnx.traced(64, 48)).model().sizes()).isEqualTo(PictureSizes.only(64, 48));
    }

    @Test
    void layoutsThatTheFileLeavesOpenHaveToBeTold() throws ModelFormatException {
        OnnxGraph open = new OnnxGraph("open");
        open.addInput(OnnxGraph.value("x", TinyOnnx.FLOAT, axis(1), axis("a"), axis("b"), axis("c")));
        open.addOutput(OnnxGraph.value("y", TinyOnnx.FLOAT, axis(1), axis("a"), axis("b"), axis("c")));
        open.add(node("Identity", "y", "x"));
        byte[] onnx = TinyOnnx.bytes(open);

        RGB.isRefused(onnx, "its input x is [1, -1, -1, -1]", "say it with --layout");
        assertThat(RGB.layout(PictureLayout.NHWC).of(onnx).model().input().layout())
                .isEqualTo(PictureLayout.NHWC);
        RGB.layout(PictureLayout.NCHW)
                .isRefused(
                        TinyOnnx.identity(PictureLayout.NHWC, 0, 0),
                        "[-1, -1, -1, 3], which is not NCHW (leave --layout out)");
    }

    @Test
    void networksOfOtherKindsAreRefused() {
        OnnxGraph two = TinyOnnx.graph(TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0);
        two.addInput(TinyOnnx.picture("style", TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0));
        two.add(node("Add", TinyOnnx.OUTPUT, TinyOnnx.INPUT, "style"));
        RGB.isRefused(
                TinyOnnx.bytes(two), "it has 2 inputs, photo_in, style", "export it with the others as constants");

        OnnxGraph bytes = TinyOnnx.graph(TinyOnnx.UINT8, PictureLayout.NCHW, 0, 0);
        bytes.add(node("Identity", TinyOnnx.OUTPUT, TinyOnnx.INPUT));
        RGB.isRefused(TinyOnnx.bytes(bytes), "it takes photo_in as uint8 (float32 and float16 are read");

        OnnxGraph grey = new OnnxGraph("grey");
        grey.addInput(OnnxGraph.value("x", TinyOnnx.FLOAT, axis(1), axis(1), axis("h"), axis("w")));
        grey.addOutput(OnnxGraph.value("y", TinyOnnx.FLOAT, axis(1), axis(1), axis("h"), axis("w")));
        grey.add(node("Identity", "y", "x"));
        RGB.layout(PictureLayout.NCHW)
                .isRefused(TinyOnnx.bytes(grey), "its input x is [1, 1, -1, -1], which is not NCHW");

        OnnxGraph many = new OnnxGraph("many");
        many.addInput(OnnxGraph.value("x", TinyOnnx.FLOAT, axis(4), axis(3), axis("h"), axis("w")));
        many.addOutput(OnnxGraph.value("y", TinyOnnx.FLOAT, axis(4), axis(3), axis("h"), axis("w")));
        many.add(node("Identity", "y", "x"));
        RGB.isRefused(TinyOnnx.bytes(many), "[4, 3, -1, -1]", "the first of which is 1 or free");

        OnnxGraph custom = TinyOnnx.graph(TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0);
        custom.add(node("Cartoonize", TinyOnnx.OUTPUT, TinyOnnx.INPUT).setDomain("com.example"));
        RGB.isRefused(TinyOnnx.bytes(custom), "ONNX Runtime does not load it", "export it with standard operators");
    }

    @Test
    void ofSeveralOutputsThePictureHasToBeNamed() throws ModelFormatException {
        OnnxGraph graph = TinyOnnx.graph(TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0);
        graph.add(node("Identity", TinyOnnx.OUTPUT, TinyOnnx.INPUT));
        graph.addOutput(TinyOnnx.picture("negative", TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0));
        graph.add(node("Neg", "negative", TinyOnnx.INPUT));
        byte[] onnx = TinyOnnx.bytes(graph);
        PixelImage photo = photo(4, 4);

        RGB.isRefused(onnx, "it has 2 outputs, picture_out, negative", "--output-name");
        RGB.output("other").isRefused(onnx, "it has no output other (its outputs are picture_out, negative");
        assertThat(made(RGB.output(TinyOnnx.OUTPUT).of(onnx).model(), photo)).isEqualTo(photo);
        assertThat(made(RGB.output("negative").of(onnx).model(), photo)).isNotEqualTo(photo);
    }

    @Test
    void aPictureBeyondTheToldRangeIsRefusedWithTheRangeThatHoldsIt() throws ModelFormatException {
        byte[] same = TinyOnnx.identity(PictureLayout.NCHW, 0, 0);
        byte[] to255 =
                TinyOnnx.linear(TinyOnnx.FLOAT, PictureLayout.NCHW, new double[] {127.5, 127.5, 127.5}, new double[] {
                    127.5, 127.5, 127.5
                });

        RGB.gives("0..1")
                .isRefused(same, "lie outside of 0..1", "from -1.00 to 1.00", "--output-range; -1..1 would hold them");
        RGB.isRefused(to255, "lie outside of -1..1", "0..255 would hold them");
        assertThat(RGB.gives("0..255").of(to255).warnings()).isEmpty();
        assertThat(RGB.gives("0..255").of(same).warnings())
                .singleElement()
                .asString()
                .contains("a small part of 0..255");
    }

    @Test
    void whatIsOddAboutAPictureIsTold() throws ModelFormatException {
        assertThat(RGB.of(TinyOnnx.identity(PictureLayout.NCHW, 0, 0)).warnings())
                .isEmpty();
        byte[] half = TinyOnnx.linear(
                TinyOnnx.FLOAT, PictureLayout.NCHW, new double[] {0.5, 0.5, 0.5}, new double[] {0.5, 0.5, 0.5});
        assertThat(RGB.of(half).warnings())
                .singleElement()
                .asString()
                .contains("none below 0 (is --output-range 0..1?)");
        byte[] strong = TinyOnnx.linear(
                TinyOnnx.FLOAT, PictureLayout.NCHW, new double[] {1.1, 1.1, 1.1}, new double[] {0, 0, 0});
        assertThat(RGB.of(strong).warnings())
                .singleElement()
                .asString()
                .contains("outside of -1..1", "will be cut off");
        OnnxGraph graph = TinyOnnx.graph(TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0);
        graph.add(node("Log", TinyOnnx.OUTPUT, TinyOnnx.INPUT));
        RGB.isRefused(TinyOnnx.bytes(graph), "its picture holds NaN (is --input-range right?");
    }
}
