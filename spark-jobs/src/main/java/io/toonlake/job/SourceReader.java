package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.DecodedImage;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.RefusalReason;
import io.toonlake.image.UndecodedImage;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** Reads and decodes one file of a listing, inside a Spark task, when there is memory for its pixels. Not thread-safe. */
final class SourceReader {
    private final Storage storage;
    private final DecodeLimits limits;
    private final Work work;
    private final PictureMemory memory;
    private final ImageDecoder decoder;

    /** Where a picture is decoded and little else. */
    SourceReader(Storage storage, DecodeLimits limits) {
        this(storage, limits, (width, height) -> 0);
    }

    /** @param work what engines do with a picture until it is closed */
    SourceReader(Storage storage, DecodeLimits limits, Work work) {
        this(storage, limits, work, PictureMemory.OF_THIS_JVM);
    }

    SourceReader(Storage storage, DecodeLimits limits, Work work, PictureMemory memory) {
        this.memory = memory;
        this.storage = storage;
        this.limits = limits;
        this.work = work;
        this.decoder = new ImageDecoder(limits);
    }

    /** What engines do with a picture once it is decoded. */
    @FunctionalInterface
    interface Work {
        /** What they take of the heap beside the decoded picture, in bytes, all that work at once; width and height may be exchanged. */
        long bytes(int width, int height);
    }

    /**
     * A picture, in memory that is its own until it is closed.
     *
     * @param sha256 of the file's bytes, hexadecimal
     */
    record Source(DecodedImage decoded, String sha256, PictureMemory.Share memory) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
    }

    /**
     * Waits for memory, if others have it. A thread closes what it read before it reads again.
     *
     * @throws ImageRefusedException with the reason for the quarantine; its message names the file
     * @throws UnreachableException where the store fails, and not this file
     */
    Source read(SourceFile file) throws ImageRefusedException {
        try {
            limits.checkBytes(file.sizeBytes());
            byte[] bytes = storage.read(file, limits.maxBytes());
            return decoded(decoder.open(bytes), Fingerprint.of(bytes));
        } catch (IOException e) {
            Path path = new Path(file.path());
            if (!storage.isMatterOfTheFile(path, e)) {
                throw new UnreachableException("Cannot read " + Storage.shown(path) + ": " + Storage.reason(e), e);
            }
            throw refused(file, RefusalReason.UNREADABLE, Storage.reason(e));
        } catch (ImageRefusedException e) {
            throw refused(file, e.reason(), e.getMessage());
        }
    }

    private Source decoded(UndecodedImage image, String sha256) throws ImageRefusedException {
        long pixels = (long) image.width() * image.height();
        PictureMemory.Share share =
                memory.take(PictureMemory.DECODING_BYTES * pixels, work.bytes(image.width(), image.height()));
        boolean given = false;
        try {
            Source source = new Source(image.decode(), sha256, share);
            share.shrink(2 * PictureMemory.DECODED_BYTES * pixels); // With one made from it.
            given = true;
            return source;
        } finally {
            if (!given) {
                share.close();
            }
        }
    }

    private static ImageRefusedException refused(SourceFile file, RefusalReason reason, String why) {
        return new ImageRefusedException(reason, "Cannot decode " + file.path() + ": " + why);
    }
}
