package io.toonlake.flickr;

/** What a line of YFCC100M's metadata holds: a record, or something broken. */
public sealed interface YfccLine permits YfccRecord, BrokenLine {}
