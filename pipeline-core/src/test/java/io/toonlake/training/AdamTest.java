package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.training.TrainingSettings.AdamSettings;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AdamTest {
    private static final double[][] GRADIENTS = {{0.3, -2, 1e-4}, {0.1, 1, -3e-4}, {-0.5, 4, 2e-4}, {0.2, 0, 1e-4}};

    /** An epsilon this large, and gradients this small, show where it stands: beside the corrected root, as in PyTorch. */
    @Test
    void epsilonStandsBesideTheCorrectedRoot() {
        assertThat(byAdam(new AdamSettings(0.5, 0.999, 1e-2))).containsExactly(byHand(1e-2), within(1e-12));
        assertThat(byAdam(AdamSettings.PUBLISHED)).containsExactly(byHand(1e-8), within(1e-12));
    }

    @Test
    void stateIsTheMeanThenTheMeanSquare() {
        Adam adam = new Adam(new AdamSettings(0.5, 0.75, 1e-8), DataType.DOUBLE, 1);

        adam.step(Nd4j.zeros(DataType.DOUBLE, 1), Nd4j.createFromArray(4.0), 0.1, 0);

        assertThat(adam.state().toDoubleVector()).containsExactly(new double[] {2, 4}, within(1e-12));
    }

    /** Single precision has a loop of its own. */
    @Test
    void singlePrecisionTakesTheSameSteps() {
        assertThat(byAdam(new AdamSettings(0.5, 0.999, 1e-2), DataType.FLOAT))
                .containsExactly(byHand(1e-2), within(1e-7));
        assertThat(byAdam(AdamSettings.PUBLISHED, DataType.FLOAT)).containsExactly(byHand(1e-8), within(1e-7));
    }

    private static double[] byAdam(AdamSettings settings) {
        return byAdam(settings, DataType.DOUBLE);
    }

    private static double[] byAdam(AdamSettings settings, DataType dataType) {
        Adam adam = new Adam(settings, dataType, 3);
        INDArray parameters = Nd4j.zeros(dataType, 3);
        for (int t = 0; t < GRADIENTS.length; t++) {
            adam.step(parameters, Nd4j.createFromArray(GRADIENTS[t]).castTo(dataType), 0.01, t);
        }
        return parameters.toDoubleVector();
    }

    private static double[] byHand(double epsilon) {
        double[] parameters = new double[3];
        for (int i = 0; i < parameters.length; i++) {
            double m = 0;
            double v = 0;
            for (int t = 1; t <= GRADIENTS.length; t++) {
                double g = GRADIENTS[t - 1][i];
                m = 0.5 * m + 0.5 * g;
                v = 0.999 * v + 0.001 * g * g;
                double divisor = Math.sqrt(v / (1 - Math.pow(0.999, t))) + epsilon;
                parameters[i] -= 0.01 * m / (1 - Math.pow(0.5, t)) / divisor;
            }
        }
        return parameters;
    }
}
