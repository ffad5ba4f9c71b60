/**
 * Pictures in few large files instead of many small ones: the samples of a shard, their keys, how a shard is written, and how a batch of shards
 * becomes visible all at once or not at all. {@code docs/formats/shards.md} describes the files.
 */
package io.toonlake.packing;
