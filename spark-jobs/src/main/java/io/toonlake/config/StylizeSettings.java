package io.toonlake.config;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageFormat;
import io.toonlake.metadata.MetadataChoice;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Finish;
import io.toonlake.stylize.Precision;
import java.io.Serializable;

/**
 * Settings of {@code stylize}.
 *
 * @param format of the pictures written: JPEG, PNG or WebP
 * @param quality 1 to 100, for JPEG and WebP
 * @param maxEdgePixels photos with a longer side are made smaller first; 0 for none
 * @param finish what is done to the generator's cartoon
 * @param background 0xRRGGBB behind transparent photos where the format has no alpha
 * @param metadata what of a photo's metadata its picture carries
 * @param limits what a photo may hold before it is refused
 * @param engine what the generator runs on
 * @param device what the engine computes on
 * @param precision what numbers the engine computes with
 * @param precisionCheckPhotos of a run in less than single precision that are made in single precision too, to compare
 * @param engineThreads that work on one photo; 0 for as many as an executor has cores
 * @param gpuSessions that make photos on one GPU at once
 * @param engineMemoryBytes working memory of the engine for one photo
 * @param imagesPerCommit photos stylized between two commits
 * @param leaseSeconds how long a run that shows no sign of life keeps others from the output
 * @param stopGraceSeconds how long photos in work may still take after SIGTERM
 * @param maxReadsPerSecond photos read by all executors together; 0 for no limit
 * @param maxWritesPerSecond pictures written by all executors together; 0 for no limit
 * @param maxPrunedFraction share of the pictures, 0 to 1, that may be deleted because their photos are gone
 * @param layout how pictures lie in the output
 * @param shardBytes what a shard of a packed layout holds at most, about
 * @param pricePerCoreHour of a core of an executor, in any currency; 0 where nobody said it
 */
public record StylizeSettings(
        ImageFormat format,
        int quality,
        int maxEdgePixels,
        Finish finish,
        int background,
        MetadataChoice metadata,
        DecodeLimits limits,
        EngineKind engine,
        DeviceChoice device,
        Precision precision,
        int precisionCheckPhotos,
        int engineThreads,
        int gpuSessions,
        long engineMemoryBytes,
        int imagesPerCommit,
        int leaseSeconds,
        int stopGraceSeconds,
        double maxReadsPerSecond,
        double maxWritesPerSecond,
        double maxPrunedFraction,
        OutputLayout layout,
        long shardBytes,
        double pricePerCoreHour)
        implements Serializable {

    private enum OutputFormat {
        jpeg(ImageFormat.JPEG),
        png(ImageFormat.PNG),
        webp(ImageFormat.WEBP);

        private final ImageFormat format;

        OutputFormat(ImageFormat format) {
            this.format = format;
        }
    }

    static StylizeSettings read(SettingsReader reader) {
        String background = reader.text("stylize.background", "#[0-9a-fA-F]{6}", "a colour such as #ffffff");
        EngineKind engine = reader.oneOf("stylize.engine", EngineKind.class, EngineKind::code);
        Precision precision = reader.oneOf("stylize.precision", Precision.class, Precision::code);
        DeviceChoice device = reader.oneOf("stylize.device", DeviceChoice.class, DeviceChoice::code);
        checkDevice(reader, device, engine, precision);
        if (precision != Precision.FP32 && engine != EngineKind.ONNXRUNTIME) {
            reader.problem(
                    "stylize.precision",
                    precision.code(),
                    "engine " + engine.code() + " computes in fp32 only; " + precision.code()
                            + " takes stylize.engine = " + EngineKind.ONNXRUNTIME.code());
        }
        return new StylizeSettings(
                reader.oneOf("stylize.format", OutputFormat.class, OutputFormat::name).format,
                reader.intBetween("stylize.quality", 1, 100),
                reader.intBetween("stylize.max-edge-pixels", 0, 1_000_000),
                new Finish(reader.flag("stylize.keep-colors"), reader.doubleBetween("stylize.strength", 0.01, 1)),
                background.matches("#[0-9a-fA-F]{6}") ? Integer.parseInt(background.substring(1), 16) : 0xffffff,
                reader.oneOf("stylize.metadata", MetadataChoice.class, MetadataChoice::code),
                IngestSettings.limits(reader, "stylize.limits"),
                engine,
                device,
                precision,
                reader.intBetween("stylize.precision-check", 0, 10_000),
                reader.intBetween("stylize.engine-threads", 0, 1_024),
                reader.intBetween("stylize.gpu-sessions", 1, 64),
                reader.bytes("stylize.engine-memory"),
                reader.intBetween("stylize.images-per-commit", 1, 10_000_000),
                reader.intBetween("stylize.lease-seconds", 2, 86_400),
                reader.intBetween("stylize.stop-grace-seconds", 0, 86_400),
                reader.doubleBetween("stylize.max-reads-per-second", 0, 1_000_000.0),
                reader.doubleBetween("stylize.max-writes-per-second", 0, 1_000_000.0),
                reader.doubleBetween("stylize.max-pruned-fraction", 0, 1),
                reader.oneOf("stylize.output.layout", OutputLayout.class, OutputLayout::code),
                reader.bytes("stylize.output.shard-size"),
                reader.doubleBetween("stylize.price-per-core-hour", 0.0, 1_000_000.0));
    }

    private static void checkDevice(
            SettingsReader reader, DeviceChoice device, EngineKind engine, Precision precision) {
        if (device == DeviceChoice.GPU && engine == EngineKind.ND4J) {
            reader.problem(
                    "stylize.device",
                    device.code(),
                    "engine nd4j stylizes on the CPU; GPUs take stylize.engine = onnxruntime or onnxruntime-tiled");
        }
        if (device == DeviceChoice.GPU && precision == Precision.INT8) {
            reader.problem(
                    "stylize.device",
                    device.code(),
                    "8-bit integers are computed on the CPU; GPUs take stylize.precision = fp16 or fp32");
        }
        if (device == DeviceChoice.CPU && precision == Precision.FP16) {
            reader.problem(
                    "stylize.precision",
                    precision.code(),
                    "half precision is computed on GPUs; the CPU takes int8 or fp32, and stylize.device = auto or gpu a GPU");
        }
    }
}
