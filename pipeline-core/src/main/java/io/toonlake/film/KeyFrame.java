package io.toonlake.film;

import java.io.Serializable;

/**
 * A frame that is decoded without any other, so that decoding can begin at it.
 *
 * @param timestamp when it is shown, in the film's time base
 * @param decoded when it is decoded, by which containers seek
 */
record KeyFrame(long timestamp, long decoded) implements Serializable {}
