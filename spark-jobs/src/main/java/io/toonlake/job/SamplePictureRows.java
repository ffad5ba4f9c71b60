package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.averaging.Checkpoint;
import io.toonlake.averaging.RoundListener;
import io.toonlake.averaging.RoundPlan;
import io.toonlake.averaging.RoundResult;
import io.toonlake.config.TrainSection;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.stylize.Nd4jEngine;
import io.toonlake.stylize.Stylizer;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.training.GeneratorWeights;
import io.toonlake.training.TrainingState;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of table {@code sample_pictures}: what the generator makes of the same few photos in the course of a training. Photos of the test
 * split come first, since training never sees them. The driver stylizes them, on what it computes on: an executor's GPU is its worker's.
 * The state that is trained is only read.
 */
final class SamplePictureRows implements RoundListener {
    /** Samples of ours are refused for nothing. */
    private static final DecodeLimits ANY = new DecodeLimits(Long.MAX_VALUE, DecodeLimits.MOST_PIXELS, 1);

    private final SparkSession spark;
    private final Lake lake;
    private final Checkpoint start;
    private final GeneratorArchitecture architecture;
    private final RoundPlan plan;
    private final int everyRounds;
    private final List<Row> photos;
    private final List<Row> pending = new ArrayList<>();

    private SamplePictureRows(
            JobContext context, TrainSection settings, Checkpoint start, RoundPlan plan, List<Row> photos) {
        this.spark = context.spark();
        this.lake = context.lake();
        this.start = start;
        this.architecture = settings.training().generator();
        this.plan = plan;
        this.everyRounds = settings.samplePictures().everyRounds();
        this.photos = photos;
    }

    /** A listener for the rounds after {@code start}. It makes no pictures where {@code train.sample-pictures} says so. */
    static SamplePictureRows of(
            JobContext context, TrainSection settings, Checkpoint start, RoundPlan plan, String photoCollection) {
        int count = settings.samplePictures().everyRounds() == 0
                ? 0
                : settings.samplePictures().count();
        List<Row> photos = count == 0
                ? List.of()
                : context.lake()
                        .read(Table.SAMPLES)
                        .filter(col("collection").equalTo(photoCollection))
                        // One sample of each photo before a second of any.
                        .orderBy(col("split").equalTo("test").desc(), col("sample_index"), col("sha256"))
                        .select("sha256", "sample_index", "split", "pixels")
                        .limit(count)
                        .collectAsList();
        SamplePictureRows rows = new SamplePictureRows(context, settings, start, plan, photos);
        rows.add(0, photos.stream().map(photo -> photo.<byte[]>getAs("pixels")).toList());
        return rows;
    }

    @Override
    public void onRound(RoundResult result) {
        int number = result.round().number();
        if (!photos.isEmpty() && isDue(number)) {
            add(number, stylized(result));
        }
    }

    /** Every so many rounds, and with each phase's last. */
    private boolean isDue(int number) {
        return number % everyRounds == 0 || number == plan.initializationRounds() || number == plan.rounds();
    }

    private List<byte[]> stylized(RoundResult result) {
        TrainingState state = new TrainingState(start.state().layout(), result.state());
        Model model = new Model(
                architecture,
                GeneratorWeights.of(architecture, state),
                ModelOrigin.trained("sample", "a training's round", "unknown", start.training(), ""));
        ImageDecoder decoder = new ImageDecoder(ANY);
        ImageEncoder encoder = new ImageEncoder();
        try (Nd4jEngine engine = new Nd4jEngine(model)) {
            Stylizer stylizer = new Stylizer(engine);
            List<byte[]> pictures = new ArrayList<>();
            for (Row photo : photos) {
                PixelImage picture = decoder.decode(photo.getAs("pixels")).image();
                pictures.add(encoder.encode(stylizer.stylize(picture), ImageFormat.PNG, 100));
            }
            return pictures;
        } catch (ImageRefusedException e) {
            throw new IllegalStateException("Cannot show a sample that training reads: " + e.getMessage(), e);
        }
    }

    private void add(int round, List<byte[]> pictures) {
        for (int i = 0; i < pictures.size(); i++) {
            Row photo = photos.get(i);
            pending.add(RowFactory.create(
                    start.training(),
                    round,
                    photo.getAs("sha256"),
                    photo.getAs("sample_index"),
                    photo.getAs("split"),
                    pictures.get(i)));
        }
    }

    @Override
    public void flush() {
        if (!pending.isEmpty()) {
            lake.upsert(
                    Table.SAMPLE_PICTURES, spark.createDataFrame(List.copyOf(pending), Table.SAMPLE_PICTURES.schema()));
            pending.clear();
        }
    }
}
