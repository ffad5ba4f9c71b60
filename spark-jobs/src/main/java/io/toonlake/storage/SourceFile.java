package io.toonlake.storage;

import java.io.Serializable;

/**
 * A file as a listing shows it.
 *
 * @param path full URI text, as Hadoop's {@code Path} writes it
 * @param sizeBytes length
 * @param modifiedMillis modification time, milliseconds since 1970 UTC
 */
public record SourceFile(String path, long sizeBytes, long modifiedMillis) implements Serializable {}
