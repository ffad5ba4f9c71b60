/**
 * The networks of CartoonGAN and the few operations they are made of.
 *
 * <p>Everything here is written over those ND4J operations that reach oneDNN on a CPU (and cuDNN on a GPU):
 * {@code conv2d}, {@code deconv2d} and {@code batchnorm}, each with its {@code _bp}. Deeplearning4j's stock
 * convolution layer does not reach them, and SameDiff's reflection padding has a wrong gradient, so the layers are
 * our own: a forward pass, a backward pass, and a numeric gradient check for each.
 *
 * <p>Pictures are NCHW arrays, channels in BGR order, values in [-1, 1]. {@code FLOAT} is what is trained and
 * shipped; everything runs in {@code DOUBLE} too, which is what the gradient checks use. Arrays are freed by their
 * owners ({@link org.nd4j.linalg.api.ndarray.INDArray#close()}), never left to the garbage collector: the heap is far
 * too small to notice native memory filling up.
 */
package io.toonlake.network;
