package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.report.Picture;
import io.toonlake.report.PicturePair;
import io.toonlake.storage.Storage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** The report's pictures: a few of each kind, small enough that the page stays a page. */
final class ReportPictures {
    private static final int SIDE_PIXELS = 640;
    private static final int QUALITY = 85;

    private final JobContext context;
    private final Lake lake;
    private final ImageEncoder encoder = new ImageEncoder();
    private final ImageDecoder decoder;

    ReportPictures(JobContext context) {
        this.context = context;
        this.lake = context.lake();
        DecodeLimits limits = context.settings().stylize().limits();
        this.decoder = new ImageDecoder(new DecodeLimits(limits.maxBytes(), limits.maxPixels(), 1));
    }

    /** Photos and what was made of them; a photo or picture that is gone by now is left out. */
    List<PicturePair> photosAndCartoons() {
        List<PicturePair> pairs = new ArrayList<>();
        for (Row row : lake.read(Table.STYLIZED)
                .orderBy(col("stylized").desc(), col("output"))
                .limit(most())
                .collectAsList()) {
            String model = row.getAs("model_fingerprint");
            try {
                Picture before = read(row.getAs("path"));
                Picture after = read(row.getAs("output"));
                pairs.add(new PicturePair(
                        new Path(row.<String>getAs("path")).getName(),
                        "photo",
                        before,
                        "model " + model.substring(0, 8),
                        after));
            } catch (IOException | ImageRefusedException e) {
                System.err.println("report: leaves out " + row.getAs("path") + ": " + e.getMessage());
            }
        }
        return pairs;
    }

    /** Cartoon samples and their edge-smoothed versions. */
    List<PicturePair> edges() {
        List<Row> rows = lake.read(Table.EDGE_SMOOTHED)
                .select(
                        col("collection"),
                        col("sha256"),
                        col("sample_index"),
                        col("pixels").as("smoothed"))
                .orderBy("sha256", "sample_index")
                .limit(Math.min(most(), 4))
                .join(lake.read(Table.SAMPLES), EdgeSmoothJob.columns("collection", "sha256", "sample_index"))
                .select("collection", "pixels", "smoothed")
                .collectAsList();
        List<PicturePair> pairs = new ArrayList<>();
        for (Row row : rows) {
            try {
                Picture before = png(row.getAs("pixels"));
                Picture after = png(row.getAs("smoothed"));
                pairs.add(new PicturePair(row.getString(0), "cartoon", before, "edges smoothed", after));
            } catch (ImageRefusedException e) {
                System.err.println("report: leaves out a sample of " + row.getString(0) + ": " + e.getMessage());
            }
        }
        return pairs;
    }

    private int most() {
        return context.settings().report().maxPictures();
    }

    private Picture png(byte[] png) throws ImageRefusedException {
        PixelImage image = decoder.decode(png).image();
        return new Picture("image/png", png, image.width(), image.height());
    }

    private Picture read(String path) throws IOException, ImageRefusedException {
        Storage storage = context.storage();
        byte[] file = storage.read(
                new Path(path), context.settings().stylize().limits().maxBytes());
        PixelImage image = decoder.decode(file).image().over(0xffffff);
        double scale = Math.min(1, (double) SIDE_PIXELS / Math.max(image.width(), image.height()));
        PixelImage small = scale == 1
                ? image
                : image.resize(Math.max(1, (int) Math.round(image.width() * scale)), Math.max(1, (int)
                        Math.round(image.height() * scale)));
        return new Picture(
                "image/jpeg", encoder.encode(small, ImageFormat.JPEG, QUALITY), small.width(), small.height());
    }
}
