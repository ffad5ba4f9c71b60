package io.toonlake.training;

import io.toonlake.network.Network;
import io.toonlake.training.TrainingSettings.AdamSettings;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network that is trained, its name in the training state, and its optimiser. */
public final class Learner implements AutoCloseable {
    private final String name;
    private final Network network;
    private final Adam adam;
    private final INDArray gradients;

    /**
     * A learner that has learnt nothing yet.
     *
     * @param network taken over and closed with the learner
     */
    public Learner(String name, Network network, AdamSettings settings) {
        this.name = name;
        this.network = network;
        INDArray parameters = network.flatParameters();
        this.adam = new Adam(settings, parameters.dataType(), parameters.length());
        this.gradients = Nd4j.zeros(parameters.dataType(), parameters.length());
    }

    /** Its name in the training state. */
    public String name() {
        return name;
    }

    /** The network; it stays the learner's. */
    public Network network() {
        return network;
    }

    Adam adam() {
        return adam;
    }

    /** Sends a gradient back through the network's last forward pass, and adds what its parameters get to the next step. */
    public void learn(INDArray outputGradient) {
        network.backward(outputGradient).close();
        gradients.addi(network.flatGradients());
    }

    /** One step of the optimiser along all gradients since the last one. */
    public void step(double learningRate, int stepsTaken) {
        adam.step(network.flatParameters(), gradients, learningRate, stepsTaken);
        gradients.assign(0);
    }

    /** Forgets passes and gradients that were not stepped along. */
    public void release() {
        network.release();
        gradients.assign(0);
    }

    @Override
    public void close() {
        gradients.close();
        adam.close();
        network.close();
    }
}
