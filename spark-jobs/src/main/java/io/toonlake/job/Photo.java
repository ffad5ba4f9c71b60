package io.toonlake.job;

import io.toonlake.storage.SourceFile;
import java.io.Serializable;

/**
 * A photo that is to be stylized.
 *
 * @param output path of its picture
 * @param replaces whether table {@code stylized} has a row for that picture already
 * @param refusedBefore whether table {@code quarantine} has a row for the photo
 */
record Photo(SourceFile file, String output, boolean replaces, boolean refusedBefore) implements Serializable {}
