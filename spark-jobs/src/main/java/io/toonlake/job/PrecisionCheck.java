package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.Likeness;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Calibration;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.stylize.Precision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * How near a run's cartoons of 8-bit integers or half precision are to single precision's: makes a few of its photos with both, at the size that
 * the run made them.
 */
final class PrecisionCheck {
    private final JobContext context;
    private final StylizingModel model;
    private final SharedStylizer reduced;

    /** @param reduced of the run */
    PrecisionCheck(JobContext context, StylizingModel model, SharedStylizer reduced) {
        this.context = context;
        this.model = model;
        this.reduced = reduced;
    }

    /** Of photos that cannot be decoded, or were made in single precision all the same, it says nothing. */
    Map<String, Double> figures(List<SourceFile> drawn) {
        StylizeSettings settings = context.settings().stylize();
        if (drawn.isEmpty()) {
            return Map.of();
        }
        SharedStylizer fp32 = new SharedStylizer(
                context.sparkContext(),
                model,
                Optional.empty(),
                Precision.FP32,
                settings.engine(),
                settings.engineThreads(),
                1,
                reduced.device());
        try {
            Both both = new Both(
                    context.sparkContext()
                            .broadcast(new SerializableConfiguration(
                                    context.spark().sparkContext().hadoopConfiguration())),
                    reduced,
                    fp32,
                    settings);
            return figures(Calibration.HeldOut.of(context.sparkContext()
                    // One after the other: each takes two engines' memory.
                    .parallelize(drawn, 1)
                    .mapPartitions(both::likenesses)
                    .collect()));
        } finally {
            fp32.release();
        }
    }

    private static Map<String, Double> figures(Calibration.HeldOut compared) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("precisionChecked", (double) compared.photos());
        if (compared.photos() > 0) {
            figures.put("psnr", compared.psnr());
            figures.put("leastPsnr", compared.leastPsnr());
            figures.put("ssim", compared.ssim());
        }
        return figures;
    }

    private record Both(
            Broadcast<SerializableConfiguration> hadoop,
            SharedStylizer reduced,
            SharedStylizer fp32,
            StylizeSettings settings)
            implements Serializable {

        Iterator<Likeness> likenesses(Iterator<SourceFile> photos) {
            SourceReader reader = new SourceReader(
                    new Storage(hadoop.value().value()),
                    settings.limits(),
                    (width, height) -> reduced.heapBytes(width, height, settings.maxEdgePixels()));
            List<Likeness> found = new ArrayList<>();
            while (photos.hasNext()) {
                likeness(photos.next(), reader).ifPresent(found::add);
            }
            return found.iterator();
        }

        private Optional<Likeness> likeness(SourceFile photo, SourceReader reader) {
            try (SourceReader.Source source = reader.read(photo)) {
                PixelImage image = reduced.prepared(source.decoded().image(), settings);
                SharedStylizer.Stylized stylized = reduced.stylize(image, settings.engineMemoryBytes());
                if (!stylized.engine().endsWith(settings.precision().code())) {
                    return Optional.empty();
                }
                PixelImage exact =
                        fp32.stylize(image, settings.engineMemoryBytes()).picture();
                return Optional.of(Likeness.of(stylized.picture(), exact));
            } catch (ImageRefusedException e) {
                // The run has it in its quarantine, with the reason.
                return Optional.empty();
            }
        }
    }
}
