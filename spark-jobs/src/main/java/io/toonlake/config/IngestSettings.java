package io.toonlake.config;

import io.toonlake.image.DecodeLimits;
import java.io.Serializable;

/**
 * Settings of {@code ingest}.
 *
 * @param limits what a file may hold before it is refused
 * @param samplePixels side of a sample, in pixels
 * @param maxSamples samples of one image, at most
 * @param testFraction share of images, 0 to 1, kept from training
 * @param nearDuplicateBits bits in which two perceptual hashes of the same picture may differ; -1 keeps every duplicate
 * @param imagesPerCommit images decoded, or asked for, between two commits
 * @param fetch how images are fetched from their URLs
 * @param film which frames of films are taken
 * @param flickr how Flickr's API is asked
 */
public record IngestSettings(
        DecodeLimits limits,
        int samplePixels,
        int maxSamples,
        double testFraction,
        int nearDuplicateBits,
        int imagesPerCommit,
        FetchSection fetch,
        FilmSection film,
        FlickrSection flickr)
        implements Serializable {

    private static final long MAX_ARRAY_BYTES = 2047L << 20;

    static IngestSettings read(SettingsReader reader) {
        DecodeLimits limits = limits(reader, "ingest.limits");
        return new IngestSettings(
                limits,
                reader.intBetween("ingest.sample.size-pixels", 16, 2048),
                reader.intBetween("ingest.sample.max-per-image", 1, 100),
                reader.doubleBetween("ingest.test-fraction", 0, 1),
                reader.intBetween("ingest.near-duplicate-bits", -1, 15),
                reader.intBetween("ingest.images-per-commit", 1, 10_000_000),
                FetchSection.read(reader, limits.maxBytes()),
                FilmSection.read(reader),
                FlickrSection.read(reader));
    }

    static DecodeLimits limits(SettingsReader reader, String section) {
        long maxBytes = reader.bytes(section + ".max-size");
        // A Java array holds the file, another its pixels.
        if (maxBytes > MAX_ARRAY_BYTES) {
            reader.problem(section + ".max-size", maxBytes + " bytes", "must be at most 2047 MiB");
        }
        return new DecodeLimits(
                Math.min(maxBytes, MAX_ARRAY_BYTES),
                reader.longBetween(section + ".max-pixels", 1, DecodeLimits.MOST_PIXELS),
                reader.intBetween(section + ".min-side-pixels", 1, 65_535));
    }
}
