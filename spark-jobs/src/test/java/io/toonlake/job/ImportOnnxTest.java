package io.toonlake.job;

import static io.toonlake.model.OnnxGraph.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.config.Settings;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.OnnxGraph;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import io.toonlake.testing.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Other people's models, from their file to the picture. */
@ExtendWith(SparkExtension.class)
class ImportOnnxTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    ImportOnnxTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
    }

    /** Inverts red and blackens blue, or the other way round. */
    private void saveTheirs(String name) throws IOException {
        jobs.write(
                name,
                TinyOnnx.linear(TinyOnnx.FLOAT, PictureLayout.NHWC, new double[] {-1, 1, 0}, new double[] {0, 0, -1}));
    }

    private JsonNode importing(int exitCode, String file, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("import-model", "--onnx", jobs.at(file), "--output", jobs.at("model")));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    /** Memory is told, for speed. */
    private JsonNode imported(String file, String... more) throws IOException {
        return imported(200, file, more);
    }

    private JsonNode imported(int bytesPerPixel, String file, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("--channel-order", "RGB", "--input-range", "-1..1"));
        command.addAll(List.of("--memory-per-pixel", Integer.toString(bytesPerPixel)));
        command.addAll(Arrays.asList(more));
        return importing(0, file, command.toArray(String[]::new));
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--set", "stylize.format=png"));
        options.addAll(Arrays.asList(more));
        return jobs.stylize(exitCode, jobs.at("photos"), jobs.at("cartoons"), options.toArray(String[]::new));
    }

    private PixelImage cartoon(String name) throws IOException, ImageRefusedException {
        byte[] bytes = Files.readAllBytes(folder.resolve("cartoons").resolve(name));
        return new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1))
                .decode(bytes)
                .image();
    }

    private static PixelImage theirs(PixelImage photo) {
        byte[] pixels = photo.pixels().clone();
        for (int i = 0; i < pixels.length; i += photo.channels()) {
            pixels[i] = 0;
            pixels[i + 2] = (byte) (255 - (pixels[i + 2] & 0xFF));
        }
        return photo.hasAlpha()
                ? PixelImage.bgra(photo.width(), photo.height(), pixels)
                : PixelImage.bgr(photo.width(), photo.height(), pixels);
    }

    @Test
    void anOnnxFileBecomesAModelThatStylizes() throws IOException, ImageRefusedException {
        saveTheirs("theirs.onnx");
        PixelImage photo = SyntheticScenes.photo(1, 37, 23);
        byte[] alpha = new byte[37 * 23];
        Arrays.fill(alpha, 100, 300, (byte) 200);
        jobs.write("photos/opaque.png", photo);
        jobs.write("photos/trip/clear.png", photo.withAlpha(alpha));

        JsonNode summary = imported("theirs.onnx", "--title", "Theirs", "--licence", "MIT", "--source", "a test");

        ForeignModel model = (ForeignModel) ModelFolder.readAny(ModelFiles.at(folder.resolve("model")));
        assertThat(model.fingerprint())
                .isEqualTo(summary.get("fingerprints").get("model").asText());
        assertThat(model.origin().title()).isEqualTo("Theirs");
        assertThat(model.origin().licence()).isEqualTo("MIT");
        assertThat(model.sizes()).isEqualTo(PictureSizes.multiplesOf(1, 16));
        assertThat(summary.get("message").asText())
                .startsWith("model written: ")
                .contains("float32 NHWC RGB -1..1 in", "200 bytes of memory a pixel: photos up to 28.0 megapixels");
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("model/model.json").toFile());
        assertThat(json.at("/architecture/kind").asText()).isEqualTo("onnx");
        assertThat(json.at("/input/value-range/0").asDouble()).isEqualTo(-1);
        assertThat(folder.resolve("model/generator.onnx"))
                .hasBinaryContent(Files.readAllBytes(folder.resolve("theirs.onnx")));

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("2/0/0");
        assertThat(cartoon("opaque.png")).isEqualTo(theirs(photo));
        assertThat(cartoon("trip/clear.png"))
                .isEqualTo(theirs(photo.withAlpha(alpha).withColorBeneath(0xffffff)));
        assertThat(jobs.values("cartoons/_toonlake", Table.STYLIZED, "engine"))
                .containsExactly("onnxruntime", "onnxruntime");
        assertThat(JobFixture.counts(stylize(0))).as("a second run").isEqualTo("0/2/0");
    }

    @Test
    void theSameImportAgainWritesNothingAndAnotherConventionIsAnotherModel() throws IOException {
        saveTheirs("theirs.onnx");
        jobs.write("photos/a.png", SyntheticScenes.photo(1, 37, 23));
        String first = imported("theirs.onnx").at("/fingerprints/model").asText();
        stylize(0);

        assertThat(JobFixture.counts(imported("theirs.onnx"))).isEqualTo("0/1/0");
        assertThat(JobFixture.counts(imported(300, "theirs.onnx")))
                .as("memory told anew")
                .isEqualTo("1/0/0");
        assertThat(JobFixture.counts(stylize(0)))
                .as("which makes no other pictures")
                .isEqualTo("0/1/0");
        assertThat(imported("theirs.onnx", "--output-channel-order", "BGR")
                        .at("/fingerprints/model")
                        .asText())
                .isNotEqualTo(first);
        assertThat(JobFixture.counts(stylize(0))).as("another model").isEqualTo("1/0/0");
    }

    @Test
    void memoryIsMeasuredWhereNobodyTellsIt() throws IOException {
        saveTheirs("theirs.onnx");

        importing(0, "theirs.onnx", "--channel-order", "RGB", "--input-range", "-1..1");

        ForeignModel model = (ForeignModel) ModelFolder.readAny(ModelFiles.at(folder.resolve("model")));
        assertThat(model.bytesPerPixel()).isBetween(24L, 2000L);
    }

    @Test
    void aPhotoBeyondTheMemoryIsQuarantinedWithTheWayOut() throws IOException {
        saveTheirs("theirs.onnx");
        imported(20_000, "theirs.onnx");
        jobs.write("photos/large.png", SyntheticScenes.photo(1, 160, 80));
        jobs.write("photos/small.png", SyntheticScenes.photo(2, 32, 32));

        // 64 MiB are what every model is granted; 20,028 bytes a pixel come on top.
        JsonNode summary =
                stylize(0, "--set", "stylize.engine-memory=130 MiB", "--set", "max-quarantined-fraction=0.5");

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/1");
        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "message"))
                .singleElement()
                .asString()
                .contains("160 x 80 pixels need about 308 MiB", "allows 130 MiB", "no tiles of other people's models")
                .contains("stylize.max-edge-pixels=80 makes it small enough");
        assertThat(JobFixture.counts(
                        stylize(0, "--set", "stylize.engine-memory=130 MiB", "--set", "stylize.max-edge-pixels=80")))
                .isEqualTo("2/0/0");
    }

    @Test
    void photosAreMadeSmallerForAModelOfOneSize() throws IOException, ImageRefusedException {
        jobs.write("fixed.onnx", TinyOnnx.identity(PictureLayout.NCHW, 64, 48));
        imported("fixed.onnx");
        PixelImage large = SyntheticScenes.photo(1, 160, 80);
        PixelImage small = SyntheticScenes.photo(2, 30, 40);
        jobs.write("photos/large.png", large);
        jobs.write("photos/small.png", small);

        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.strength=0.5")))
                .isEqualTo("2/0/0");

        assertThat(cartoon("large.png")).isEqualTo(large.resize(64, 32));
        assertThat(cartoon("small.png")).isEqualTo(small);
    }

    @Test
    void weightsInAFileBesideAreTakenIntoTheModel() throws IOException, ImageRefusedException {
        ModelProto.Builder file = ModelProto.parseFrom(
                TinyOnnx.linear(TinyOnnx.FLOAT, PictureLayout.NHWC, new double[] {-1, 1, 0}, new double[] {0, 0, -1}))
                .toBuilder();
        TensorProto.Builder factors = file.getGraphBuilder().getInitializerBuilder(0);
        jobs.write("theirs.data", factors.getRawData().toByteArray());
        factors.clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("theirs.data"));
        jobs.write("theirs.onnx", file.build().toByteArray());
        PixelImage photo = SyntheticScenes.photo(1, 37, 23);
        jobs.write("photos/a.png", photo);

        imported("theirs.onnx");
        Files.delete(folder.resolve("theirs.data"));
        stylize(0);

        assertThat(cartoon("a.png")).isEqualTo(theirs(photo));

        factors.setExternalData(
                0, StringStringEntryProto.newBuilder().setKey("location").setValue("../theirs.data"));
        jobs.write("theirs.onnx", file.build().toByteArray());
        assertThat(refusal("theirs.onnx", "--channel-order", "RGB", "--input-range", "0..1"))
                .startsWith("Invalid --onnx: ")
                .contains("tensor factors lies in '../theirs.data'");
    }

    @Test
    void whatOnlyOurGeneratorsDoIsSaidSo() throws IOException {
        saveTheirs("theirs.onnx");
        imported("theirs.onnx");
        jobs.photo("photos/a.png", 1);

        assertThat(message(stylize(2, "--set", "stylize.engine=nd4j")))
                .startsWith("Invalid stylize.engine: nd4j (model ")
                .contains("tiles and ND4J are for Toonlake's own generators");
        assertThat(message(stylize(2, "--set", "stylize.engine=onnxruntime-tiled")))
                .startsWith("Invalid stylize.engine: onnxruntime-tiled");
        assertThat(message(stylize(2, "--set", "stylize.precision=int8")))
                .startsWith("Invalid stylize.precision: int8 (model ")
                .contains("somebody's ONNX file");
        assertThat(message(jobs.run(2, "calibrate", "--model", jobs.at("model"), "--input", jobs.at("photos"))))
                .startsWith("Invalid --model: ")
                .contains("which only stylize runs; calibrate takes a generator that");
        try (JobContext context =
                JobContext.open(Settings.load(List.of(), List.of()), "a run", "train", jobs.at("lake"))) {
            assertThatThrownBy(() -> InitialGenerator.read(context, jobs.at("model"), jobs.at("trained")))
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith("Invalid --from: ")
                    .hasMessageContaining("train takes a generator that");
        }
    }

    @Test
    void whatIsMissingOrWrongIsToldWithTheWayOut() throws IOException {
        saveTheirs("theirs.onnx");
        assertThat(refusal("theirs.onnx"))
                .startsWith("Missing --channel-order: ")
                .contains("RGB or BGR");
        assertThat(refusal("theirs.onnx", "--channel-order", "RGB"))
                .startsWith("Missing --input-range: ")
                .contains("-1..1, 0..1 or 0..255");
        assertThat(refusal("theirs.onnx", "--channel-order", "GRB", "--input-range", "0..1"))
                .isEqualTo("Invalid --channel-order: GRB (must be RGB or BGR)");
        assertThat(refusal("theirs.onnx", "--channel-order", "RGB", "--input-range", "1"))
                .startsWith("Invalid --input-range: 1 (must be LOW..HIGH");
        assertThat(told("--mean", "1,2"))
                .isEqualTo("Invalid --mean: 1,2 (must be 3 numbers, such as 0.485,0.456,0.406)");
        assertThat(told("--std", "1,2,0")).startsWith("Invalid --std: 1,2,0 (must be 3 numbers above 0");
        assertThat(told("--fixed-size", "256")).startsWith("Invalid --fixed-size: 256 (must be WIDTHxHEIGHT");
        assertThat(told("--size-multiple", "0")).startsWith("Invalid --size-multiple: 0");
        assertThat(told("--memory-per-pixel", "0")).startsWith("Invalid --memory-per-pixel: 0");
        assertThat(told("--layout", "NCHW"))
                .startsWith("Invalid --onnx: ")
                .contains(
                        "theirs.onnx (its input photo_in is [-1, -1, -1, 3], which is not NCHW (leave --layout out))");
        assertThat(refusal("theirs.onnx", "--channel-order", "RGB", "--input-range", "-1..1", "--output-range", "0..1"))
                .contains("lie outside of 0..1", "--output-range; -1..1 would hold them");
        OnnxGraph two = TinyOnnx.graph(TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0);
        two.addInput(TinyOnnx.picture("style", TinyOnnx.FLOAT, PictureLayout.NCHW, 0, 0));
        two.add(node("Add", TinyOnnx.OUTPUT, TinyOnnx.INPUT, "style"));
        jobs.write("two.onnx", TinyOnnx.bytes(two));
        assertThat(refusal("two.onnx", "--channel-order", "RGB", "--input-range", "-1..1"))
                .contains("it has 2 inputs, photo_in, style");
        assertThat(message(importing(4, "nowhere.onnx", "--channel-order", "RGB", "--input-range", "-1..1")))
                .endsWith("no such file");
    }

    @Test
    void optionsGoWithWhatTheyAreFor() throws IOException {
        saveTheirs("theirs.onnx");
        TinyModel.saveSafetensors(folder, "tiny.safetensors", 1);

        assertThat(message(jobs.run(2, "import-model", "--output", jobs.at("model"))))
                .contains("with either --weights or --onnx");
        assertThat(told("--weights", jobs.at("tiny.safetensors"))).contains("--weights or --onnx, not both");
        assertThat(message(jobs.run(
                        2,
                        "import-model",
                        "--weights",
                        jobs.at("tiny.safetensors"),
                        "--output",
                        jobs.at("model"),
                        "--input-range",
                        "0..1")))
                .isEqualTo("Invalid --input-range: 0..1 (it goes with --onnx)");
        assertThat(message(
                        jobs.run(2, "import-model", "--weights", jobs.at("theirs.onnx"), "--output", jobs.at("model"))))
                .contains("an ONNX file is imported with --onnx");
        assertThat(folder.resolve("model/model.json")).doesNotExist();
    }

    private String told(String option, String value) throws IOException {
        return refusal("theirs.onnx", "--channel-order", "RGB", "--input-range", "-1..1", option, value);
    }

    private String refusal(String file, String... more) throws IOException {
        return message(importing(2, file, more));
    }

    private static String message(JsonNode summary) {
        return summary.get("message").asText();
    }
}
