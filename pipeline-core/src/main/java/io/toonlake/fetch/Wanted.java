package io.toonlake.fetch;

import java.io.Serializable;

/**
 * An image to be fetched.
 *
 * @param key the caller's name for it
 * @param url where it is, as far as is known
 * @param redirects that have led there
 */
public record Wanted(String key, ImageUrl url, int redirects) implements Serializable {
    public Wanted(String key, ImageUrl url) {
        this(key, url, 0);
    }

    /** The same after a redirect. */
    public Wanted movedTo(ImageUrl target) {
        return new Wanted(key, target, redirects + 1);
    }
}
