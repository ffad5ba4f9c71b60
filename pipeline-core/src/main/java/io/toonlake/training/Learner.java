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
    private boolean learnt;

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
        if (learnt) {
            gradients.addi(network.flatGradients());
        } else {
            gradients.assign(network.flatGradients());
            learnt = true;
        }
    }

    /**
     * One step of the optimiser along all gradients since the last one.
     *
     * @throws IllegalStateException if there are none
     */
    public void step(double learningRate, int stepsTaken) {
        if (!learnt) {
            throw new IllegalStateException("Cannot step: %s has learnt nothing since the last step".formatted(name));
        }
        adam.step(network.flatParameters(), gradients, learningRate, stepsTaken);
        learnt = false;
    }

    /** Forgets passes and gradients that were not stepped along. */
    public void release() {
        network.release();
        learnt = false;
    }

    /** Gives the network up to the caller, and closes the rest. */
    public Network detach() {
        gradients.close();
        adam.close();
        return network;
    }

    @Override
    public void close() {
        detach().close();
    }
}
