/**
 * Cartoons with their clean edges taken away: the third domain of CartoonGAN (Chen, Lai and Liu, CVPR 2018, section 3.2),
 * which the discriminator learns to reject so that the generator learns to draw edges.
 *
 * <p>The paper names three steps: find edges with Canny, dilate them, and smooth with a Gaussian inside the dilated region
 * only. {@link io.toonlake.edge.EdgeSmoother} does exactly that, and {@link io.toonlake.edge.EdgeSettings} holds the
 * numbers the paper leaves open. The result is, byte for byte, what {@code src/test/python/make_edge_fixtures.py} makes with
 * OpenCV's own Python package.
 */
package io.toonlake.edge;
