package io.toonlake.fetch;

/** Asks for an image, once. Safe for use by several threads. */
interface Fetcher {
    /** Never throws for what a server does. */
    Answer get(ImageUrl url);
}
