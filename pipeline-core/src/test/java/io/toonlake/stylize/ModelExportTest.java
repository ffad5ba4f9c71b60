package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
    @TempDir
    private Path folder;

    @Test
    void enginesThatAgreeAreFoundToAndSoThereIsAnOnnxFile() throws IOException {
        Model model = SmallGenerator.model(Padding.REFLECT);

        ModelExport.write(model, ModelFiles.at(folder));

        assertThat(ModelExport.largestDifference(model)).isBetween(Double.MIN_VALUE, 1e-5);
        assertThat(ModelFiles.at(folder).names()).contains(ModelFolder.ONNX);
    }

    @Test
    void modelIsKeptWithoutItsOnnxFileWhereEnginesDisagreeOrOneIsMissing() throws IOException {
        assertKept(model -> 2e-4);
        assertKept(model -> Double.NaN);
        assertKept(model -> {
            throw new UnsatisfiedLinkError("no onnxruntime for this platform");
        });
    }

    private void assertKept(ToDoubleFunction<Model> comparison) throws IOException {
        Model model = SmallGenerator.model(Padding.ZERO);
        ModelExport.write(model, ModelFiles.at(folder), comparison);
        assertThat(ModelFolder.read(ModelFiles.at(folder)).fingerprint()).isEqualTo(model.fingerprint());
        assertThat(ModelFiles.at(folder).names()).doesNotContain(ModelFolder.ONNX);
    }
}
