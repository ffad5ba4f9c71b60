package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.DecodedImage;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.RefusalReason;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** Reads and decodes one file of a listing, inside a Spark task. Not thread-safe. */
final class SourceReader {
    private final Storage storage;
    private final DecodeLimits limits;
    private final ImageDecoder decoder;

    SourceReader(Storage storage, DecodeLimits limits) {
        this.storage = storage;
        this.limits = limits;
        this.decoder = new ImageDecoder(limits);
    }

    /** @param sha256 of the file's bytes, hexadecimal */
    record Source(DecodedImage decoded, String sha256) {}

    /**
     * @throws ImageRefusedException with the reason for the quarantine; its message names the file
     * @throws UnreachableException where the store fails, and not this file
     */
    Source read(SourceFile file) throws ImageRefusedException {
        try {
            limits.checkBytes(file.sizeBytes());
            byte[] bytes = storage.read(file, limits.maxBytes());
            return new Source(decoder.decode(bytes), Fingerprint.of(bytes));
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

    private static ImageRefusedException refused(SourceFile file, RefusalReason reason, String why) {
        return new ImageRefusedException(reason, "Cannot decode " + file.path() + ": " + why);
    }
}
