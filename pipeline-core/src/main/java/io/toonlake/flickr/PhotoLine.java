package io.toonlake.flickr;

/** What a line of a collection's metadata, or of what Flickr's search found, holds: a record, or something broken. */
public sealed interface PhotoLine permits PhotoRecord, BrokenLine {}
