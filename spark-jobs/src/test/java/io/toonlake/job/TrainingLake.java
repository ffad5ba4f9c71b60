package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.edge.EdgeSettings;
import io.toonlake.edge.EdgeSmoother;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/** Tables with collections {@code flickr} and {@code hayao} of small noisy samples, as ingest and edge-smooth would leave them. */
public final class TrainingLake {
    public static final int SIZE = 40;

    private final SparkSession spark;
    private final Lake lake;

    public TrainingLake(SparkSession spark, java.nio.file.Path folder) {
        this.spark = spark;
        this.lake = new Lake(spark, new Path(folder.toUri()));
    }

    public Lake lake() {
        return lake;
    }

    public TrainingLake with(String collection, String domain, int samples) {
        List<Row> images = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            String sha256 = Fingerprint.of(collection, String.valueOf(i));
            // The last one belongs to the test split, which training must not see.
            String split = i == samples - 1 ? "test" : "train";
            images.add(row(
                    Table.IMAGES,
                    Map.of("collection", collection, "domain", domain, "path", sha256, "sha256", sha256)));
            rows.add(row(
                    Table.SAMPLES,
                    Map.of(
                            "collection", collection,
                            "domain", domain,
                            "sha256", sha256,
                            "sample_index", 0,
                            "split", split,
                            "size_pixels", SIZE,
                            "pixels", png(picture(collection, i)),
                            "settings_fingerprint", "cut")));
        }
        lake.upsert(Table.IMAGES, spark.createDataFrame(images, Table.IMAGES.schema()));
        lake.upsert(Table.SAMPLES, spark.createDataFrame(rows, Table.SAMPLES.schema()));
        return this;
    }

    public TrainingLake smoothed(String collection, int samples, String cut) {
        EdgeSmoother smoother = new EdgeSmoother(new EdgeSettings(100, 200, 5, 5));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            rows.add(row(
                    Table.EDGE_SMOOTHED,
                    Map.of(
                            "collection",
                            collection,
                            "sha256",
                            Fingerprint.of(collection, String.valueOf(i)),
                            "sample_index",
                            0,
                            "split",
                            "train",
                            "size_pixels",
                            SIZE,
                            "pixels",
                            png(smoother.smooth(picture(collection, i))),
                            "sample_fingerprint",
                            cut,
                            "settings_fingerprint",
                            "smooth")));
        }
        lake.upsert(Table.EDGE_SMOOTHED, spark.createDataFrame(rows, Table.EDGE_SMOOTHED.schema()));
        return this;
    }

    private static Row row(Table table, Map<String, Object> values) {
        return RowFactory.create(java.util.Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }

    private static PixelImage picture(String collection, int number) {
        byte[] pixels = new byte[SIZE * SIZE * 3];
        SplittableRandom random = new SplittableRandom(collection.hashCode() + number);
        int stripe = 3 + random.nextInt(9);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((i / 3 / stripe % 2 == 0 ? 60 : 180) + random.nextInt(40));
        }
        return PixelImage.bgr(SIZE, SIZE, pixels);
    }

    private static byte[] png(PixelImage picture) {
        return new ImageEncoder().encode(picture, ImageFormat.PNG, 100);
    }
}
