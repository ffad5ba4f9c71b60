package io.toonlake.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss and its derivative.
 *
 * @param value the loss
 * @param gradient its derivative by every entry of what it was taken of; a new array, the caller's to free
 */
public record Loss(double value, INDArray gradient) {}
