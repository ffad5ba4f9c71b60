package io.toonlake.film;

import java.io.Serializable;

/**
 * A frame that is decoded without any other, so that decoding can begin at it.
 *
 * @param timestamp when it is shown, in the film's time base
 * @param decoded when it is decoded, by which containers seek
 * @param checksum of its packet, as {@link Container#checksum} takes it: in a damaged container what is found at a time depends on how one got there
 */
record KeyFrame(long timestamp, long decoded, long checksum) implements Serializable {}
