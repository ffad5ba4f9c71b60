package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.image.Likeness;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.scene.SyntheticScenes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network for GPUs, on the CPU: ONNX Runtime computes its halves there in single precision, between conversions. */
class HalfPrecisionTest {
    private static final PixelImage PHOTO = SyntheticScenes.photo(9, 90, 61);

    private static Model model(Padding padding, Upsampling upsampling) {
        return DrawnGenerator.model(new GeneratorArchitecture(8, 2, padding, upsampling, 1e-5));
    }

    private static PixelImage cartoon(Model model, Precision precision) {
        try (StylizingEngine engine = new OrtEngine(model, precision, 1, Processor.CPU)) {
            return new Stylizer(engine).stylize(PHOTO);
        }
    }

    @ParameterizedTest
    @CsvSource({"ZERO, TRANSPOSED", "REFLECT, TRANSPOSED", "ZERO, RESIZE", "REFLECT, RESIZE"})
    void cartoonsAreNearSinglePrecisionsAndNotTheSame(Padding padding, Upsampling upsampling) {
        Model model = model(padding, upsampling);

        Likeness likeness = Likeness.of(cartoon(model, Precision.FP16), cartoon(model, Precision.FP32));

        assertThat(likeness.psnr()).isBetween(40.0, 90.0);
        assertThat(likeness.ssim()).isGreaterThan(0.98);
    }

    @Test
    void convolutionsAreHalvesAndNormsAreNot() throws Exception {
        Model model = model(Padding.REFLECT, Upsampling.RESIZE);

        ModelProto file = ModelProto.parseFrom(OnnxGenerator.half(model));

        for (TensorProto constant : file.getGraph().getInitializerList()) {
            if (constant.getName().endsWith(".weight") || constant.getName().endsWith(".bias")) {
                assertThat(constant.getDataType()).as(constant.getName()).isEqualTo(TensorProto.DataType.FLOAT16_VALUE);
            } else if (constant.getName().endsWith(".scale")
                    || constant.getName().endsWith(".shift")) {
                assertThat(constant.getDataType()).as(constant.getName()).isEqualTo(TensorProto.DataType.FLOAT_VALUE);
            }
        }
        assertThat(List.of(file.getGraph().getInput(0), file.getGraph().getOutput(0)))
                .allSatisfy(
                        picture -> assertThat(picture.getType().getTensorType().getElemType())
                                .isEqualTo(TensorProto.DataType.FLOAT_VALUE));
    }

    @Test
    void weightsThatHalvesCannotHoldAreRefused() {
        Model model = changed("conv01_1.bias", 70_000);

        assertThatThrownBy(() -> OnnxGenerator.half(model))
                .hasMessage("Invalid tensor for half precision: conv01_1.bias holds 70000.0 (at most 65504)");
    }

    @Test
    void picturesThatAreNoNumbersAreRefused() {
        Model model = changed("in01_1.scale", Float.MAX_VALUE);

        assertThatThrownBy(() -> cartoon(model, Precision.FP16))
                .hasMessageContaining(
                        "in half precision: activations are beyond its range (use stylize.precision=fp32)");
    }

    private static Model changed(String tensor, float value) {
        Model model = model(Padding.ZERO, Upsampling.TRANSPOSED);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : model.tensors().names()) {
            Tensor there = model.tensors().tensor(name);
            float[] values = there.values().clone();
            if (name.equals(tensor)) {
                Arrays.fill(values, value);
            }
            tensors.put(name, new Tensor(there.shape(), values));
        }
        return new Model(model.architecture(), new Tensors(tensors), model.origin());
    }
}
