package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.DecodedImage;
import io.toonlake.image.ImageDecoder;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.MetadataBlocks;
import io.toonlake.testing.RawBytes;
import io.toonlake.testing.ReferenceData;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class StylizeMetadataTest {
    private static final int ARTIST = 315;
    private static final int SOFTWARE = 305;
    private static final int GPS = 34853;

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizeMetadataTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        MetadataBlocks blocks = new MetadataBlocks(ByteOrder.BIG_ENDIAN);
        byte[] exif = blocks.exif(
                Map.of(0x0112, blocks.shortNumber(6), ARTIST, MetadataBlocks.text("Ada")),
                Map.of(0xA002, blocks.shortNumber(48), 0xA003, blocks.shortNumber(32)),
                Map.of(1, MetadataBlocks.text("N")),
                RawBytes.latin("thumbnail"));
        jobs.write("photos/turned.jpg", photo(exif, new byte[0]));
    }

    private static byte[] photo(byte[] exif, byte[] xmp) {
        return MetadataBlocks.intoJpeg(
                JobFixture.encoded("a.jpg", SyntheticScenes.photo(1, 48, 32)), exif, xmp, new byte[0]);
    }

    @Test
    void picturesCarryWhatPhotosSayAndHowTheyWereMade() throws Exception {
        JsonNode summary = stylize(0);

        DecodedImage picture = decoded("turned.jpg");
        assertThat(picture.image().width()).as("turned").isEqualTo(32);
        assertThat(picture.orientation()).as("and not once more").isEqualTo(1);
        Directory main = exif(picture);
        assertThat(((CompoundDirectory) main).directoryCount()).isEqualTo(1);
        assertThat(main.getEntryById(ARTIST).getValue()).isEqualTo("Ada");
        assertThat(main.getEntryById(GPS)).isNotNull();
        assertThat(main.getEntryById(SOFTWARE).getValue())
                .isEqualTo("Stylized by Toonlake " + Version.current() + " with model tiny 1");
        Directory exposure = (Directory) main.getEntryById(34665).getValue();
        assertThat(((Number) exposure.getEntryById(0xA002).getValue()).intValue())
                .isEqualTo(32);
        assertThat(((Number) exposure.getEntryById(0xA003).getValue()).intValue())
                .isEqualTo(48);
        assertThat(new String(picture.metadata().xmp(), StandardCharsets.UTF_8)).contains("with model tiny 1");
        assertThat(summary.get("figures").has("picturesWithMetadataLeftOut")).isFalse();
    }

    @Test
    void whatIsCarriedIsOneOfTheSettingsThatMakeAPicture() throws Exception {
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("1/0/0");
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("0/1/0");

        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.metadata=attribution")))
                .isEqualTo("1/0/0");
        Directory main = exif(decoded("turned.jpg"));
        assertThat(main.getEntryById(ARTIST).getValue()).isEqualTo("Ada");
        assertThat(main.getEntryById(GPS)).isNull();

        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.metadata=none")))
                .isEqualTo("1/0/0");
        assertThat(decoded("turned.jpg").metadata().exif()).isEmpty();
        assertThat(decoded("turned.jpg").metadata().xmp()).isEmpty();
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.metadata=none")))
                .isEqualTo("0/1/0");
        assertThat(stylize(2, "--set", "stylize.metadata=some").get("message").asText())
                .contains("Invalid stylize.metadata: some (must be one of keep, attribution, none)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "webp"})
    void aPictureThatIsMadeAgainIsTheSame(String format) throws IOException {
        String picture = "cartoons/turned.jpg" + (format.equals("jpeg") ? "" : "." + format);
        stylize(0, "--set", "stylize.format=" + format);
        byte[] once = Files.readAllBytes(folder.resolve(picture));
        Files.delete(folder.resolve(picture));

        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.format=" + format)))
                .isEqualTo("1/0/0");

        assertThat(folder.resolve(picture)).hasBinaryContent(once);
        assertThat(new String(once, StandardCharsets.UTF_8)).contains("with model tiny 1");
    }

    @Test
    void brokenMetadataFailsNoPhotoAndIsCounted() throws IOException {
        jobs.write("photos/broken.jpg", photo(RawBytes.latin("no tables"), RawBytes.latin("<x:xmpmeta")));

        JsonNode summary = stylize(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(summary.get("figures").get("picturesWithMetadataLeftOut").asDouble())
                .isEqualTo(1);
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                        .filter("metadata_left_out = 'exif, xmp' and path like '%/broken.jpg'")
                        .count())
                .isEqualTo(1);
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                        .filter("metadata_left_out is null and path like '%/turned.jpg'")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void realPhotosKeepWhatTheySay() throws Exception {
        for (String name : new String[] {"v3_51.jpg", "v3_54.jpg", "v3_16.jpg"}) {
            jobs.write(
                    "photos/" + name,
                    Files.readAllBytes(ReferenceData.require("photos").resolve(name)));
        }

        JsonNode summary = stylize(0, "--set", "stylize.max-edge-pixels=160");

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/0");
        assertThat(summary.get("figures").has("picturesWithMetadataLeftOut")).isFalse();
        Directory main = exif(decoded("v3_51.jpg"));
        Directory exposure = (Directory) main.getEntryById(34665).getValue();
        assertThat(((CompoundDirectory) main).directoryCount())
                .as("no thumbnail")
                .isEqualTo(1);
        assertThat(((Number) exposure.getEntryById(0xA003).getValue()).intValue())
                .isEqualTo(160);
        assertThat(((Number) exposure.getEntryById(0xA406).getValue()).intValue())
                .as("the photo's own: a standard scene")
                .isZero();
        assertThat(decoded("v3_51.jpg").profile()).isEqualTo("srgb");
        assertThat(exif(decoded("v3_16.jpg")).getEntryById(SOFTWARE)).isNotNull();
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        String[] command = {
            "stylize", "--model", jobs.at("model"), "--input", jobs.at("photos"), "--output", jobs.at("cartoons")
        };
        return jobs.run(
                exitCode,
                java.util.stream.Stream.of(command, more)
                        .flatMap(java.util.stream.Stream::of)
                        .toArray(String[]::new));
    }

    private DecodedImage decoded(String name) throws Exception {
        return new ImageDecoder(new DecodeLimits(1 << 26, 1 << 24, 1))
                .decode(Files.readAllBytes(folder.resolve("cartoons").resolve(name)));
    }

    private static Directory exif(DecodedImage picture) throws IOException {
        return new TIFFReader()
                .read(new ByteArrayImageInputStream(picture.metadata().exif()));
    }
}
