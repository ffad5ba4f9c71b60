package io.toonlake.flickr;

import java.io.Serializable;

/** Reads what a collection says of a photo, a line each. */
public interface PhotoParser extends Serializable {
    /** Reads one line, without its end. Never throws: what cannot be read is a {@link BrokenLine}. */
    PhotoLine parse(String line);
}
