package io.toonlake.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of one collection. Every image that was read is counted once: accepted, duplicate or quarantined; every
 * accepted one is in train or in test.
 *
 * @param domain {@code photo} or {@code cartoon}
 * @param name the collection
 * @param accepted pictures that are in use
 * @param duplicates pictures left out because a near-duplicate is in use
 * @param quarantined images refused with a reason
 * @param train accepted pictures of the train split
 * @param test accepted pictures of the test split
 * @param samples prepared crops
 * @param edgeSmoothed samples with an edge-smoothed version
 */
public record CollectionCounts(
        String domain,
        String name,
        long accepted,
        long duplicates,
        long quarantined,
        long train,
        long test,
        long samples,
        long edgeSmoothed) {

    /** All that was read. */
    @JsonProperty
    public long read() {
        return accepted + duplicates + quarantined;
    }

    CollectionCounts plus(CollectionCounts other) {
        return new CollectionCounts(
                domain,
                name,
                accepted + other.accepted,
                duplicates + other.duplicates,
                quarantined + other.quarantined,
                train + other.train,
                test + other.test,
                samples + other.samples,
                edgeSmoothed + other.edgeSmoothed);
    }
}
