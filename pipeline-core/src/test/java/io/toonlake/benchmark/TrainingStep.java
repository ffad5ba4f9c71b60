package io.toonlake.benchmark;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.network.Vgg19Features;
import io.toonlake.training.Batch;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.Domain;
import io.toonlake.training.Draw;
import io.toonlake.training.LinearDecay;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.Phase;
import io.toonlake.training.StepLosses;
import io.toonlake.training.StepsTaken;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingSettings.AdamSettings;
import io.toonlake.training.TrainingSettings.LearningRates;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One alternating step of CartoonGAN for every line read; see {@code benchmarks/step.py}, which writes the folder it starts from. */
final class TrainingStep {
    private TrainingStep() {}

    /**
     * Arguments: the folder, batch size, crop pixels, widths of the generator, the discriminator and VGG19, upsampling, and whether what is not in
     * the paper takes part: colour loss, total variation loss, colour jitter, a pool of 50 past fakes.
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int batch = Integer.parseInt(args[1]);
        int pixels = Integer.parseInt(args[2]);
        boolean extended = args.length > 7 && Boolean.parseBoolean(args[7]);
        TrainingSettings settings = new TrainingSettings(
                new GeneratorArchitecture(
                        Integer.parseInt(args[3]),
                        8,
                        Padding.ZERO,
                        Upsampling.of(args[6]),
                        GeneratorArchitecture.NORM_EPSILON),
                new DiscriminatorArchitecture(Integer.parseInt(args[4]), GeneratorArchitecture.NORM_EPSILON),
                10,
                ContentLoss.L1,
                extended ? new ColorLoss(5, 8) : ColorLoss.NONE,
                extended ? new TotalVariationLoss(10, 0.1) : TotalVariationLoss.NONE,
                AdversarialLoss.BCE,
                extended ? 50 : 0,
                true,
                extended,
                new LearningRates(2e-4, 2e-4, 2e-4, LinearDecay.NONE, LinearDecay.NONE),
                AdamSettings.PUBLISHED,
                batch,
                pixels,
                false,
                1);
        try (FeatureExtractor features = vgg19(folder, Integer.parseInt(args[5]));
                LocalTrainer trainer = new LocalTrainer(new CartoonGanPlan(settings, features));
                Batch pictures = batch(folder, batch, pixels)) {
            trainer.load(state(trainer, folder), StepsTaken.NONE);
            Answering.loop(() -> {
                StepLosses losses = trainer.step(Phase.ADVERSARIAL, pictures);
                return () -> json(losses);
            });
        }
    }

    private static FeatureExtractor vgg19(Path folder, int width) {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        int[] widths = {width, 2 * width, 4 * width, 8 * width};
        int[] convolutions = {2, 2, 4, 4};
        int in = 3;
        for (int group = 0; group < widths.length; group++) {
            for (int k = 1; k <= convolutions[group]; k++) {
                String name = "conv%d_%d".formatted(group + 1, k);
                weights.put(
                        name + ".weight", Answering.array(folder.resolve(name + ".weight"), widths[group], in, 3, 3));
                weights.put(name + ".bias", Answering.array(folder.resolve(name + ".bias"), widths[group]));
                in = widths[group];
            }
        }
        return Vgg19Features.of(weights, Padding.ZERO, "random weights");
    }

    private static Batch batch(Path folder, int batch, int pixels) {
        Map<String, INDArray> pictures = new LinkedHashMap<>();
        for (Domain domain : new Domain[] {Domain.PHOTO, Domain.CARTOON, Domain.EDGE_SMOOTHED}) {
            pictures.put(domain.name(), Answering.array(folder.resolve(domain.name()), batch, 3, pixels, pixels));
        }
        return new Batch(pictures, new Draw(1, 0, 0, 0));
    }

    /** The given parameters, and an optimiser that has not moved yet. */
    private static TrainingState state(LocalTrainer trainer, Path folder) {
        float[] state = trainer.state().values();
        Arrays.fill(state, 0);
        for (String network : new String[] {"generator", "discriminator"}) {
            float[] parameters = Answering.values(folder.resolve(network));
            System.arraycopy(
                    parameters, 0, state, trainer.layout().segment(network).offset(), parameters.length);
        }
        return new TrainingState(trainer.layout(), state);
    }

    private static String json(StepLosses losses) {
        return losses.byName().entrySet().stream()
                .map(loss -> "\"%s\": %s".formatted(loss.getKey(), loss.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
