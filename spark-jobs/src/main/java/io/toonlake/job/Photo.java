package io.toonlake.job;

import io.toonlake.storage.SourceFile;
import java.io.Serializable;
import java.sql.Timestamp;

/**
 * A photo that is to be stylized.
 *
 * @param output path of its picture
 * @param replaces whether table {@code stylized} has a row for that picture already
 * @param refusedBefore whether table {@code quarantine} has a row for the photo
 * @param madeSince when a picture of it as it is now was first made, with whatever settings; null if there is none
 * @param madeSettled whether a good run has judged that: no news where one is made again
 * @param refusedSettled whether a good run has judged that it was refused as it is now: no news where it is refused again
 * @param refusedSince when it was first refused as it is now; null if it was not
 */
record Photo(
        SourceFile file,
        String output,
        boolean replaces,
        boolean refusedBefore,
        Timestamp madeSince,
        boolean madeSettled,
        boolean refusedSettled,
        Timestamp refusedSince)
        implements Serializable {}
