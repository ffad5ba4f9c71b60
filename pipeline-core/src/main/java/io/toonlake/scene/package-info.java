/**
 * The demo's own sample collections, drawn in code: nothing is downloaded and nobody's licence is in question.
 *
 * <p>{@link io.toonlake.scene.SyntheticScenes} makes two kinds of pictures from a seed. A motif (a street, a lake, a
 * village, …) arranges shapes of materials on a {@code Stage}; a {@code Painter} decides what these look like. The photo
 * painter gives them texture, soft light, haze, reflections, lens blur and sensor noise; the cartoon painter gives them flat
 * saturated colours, hard shadows and clean dark outlines. That is the difference CartoonGAN has to learn, in small. The
 * two kinds never show the same scene: training pairs nothing, and a demo that paired its pictures would lie about that.
 *
 * <p>Lengths are in units of the picture's height, from the top left corner.
 */
package io.toonlake.scene;
