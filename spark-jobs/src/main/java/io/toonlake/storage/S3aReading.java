package io.toonlake.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;

/**
 * Opens an object that a listing has shown with one request. Hadoop's plain {@code open} asks for its length first, which is a second request,
 * and one whose refusal comes without a reason.
 */
final class S3aReading {
    private S3aReading() {}

    static boolean fits(FileSystem fileSystem) {
        return fileSystem.getClass().getName().equals("org.apache.hadoop.fs.s3a.S3AFileSystem");
    }

    static FSDataInputStream open(FileSystem fileSystem, SourceFile file) throws IOException {
        Path path = new Path(file.path());
        S3AFileStatus listed = new S3AFileStatus(
                file.sizeBytes(),
                file.modifiedMillis(),
                fileSystem.makeQualified(path),
                fileSystem.getDefaultBlockSize(path),
                "",
                null,
                null);
        try {
            return fileSystem
                    .openFile(path)
                    .withFileStatus(listed)
                    // Films are read on from wherever they are begun: a request for each buffer would be thousands.
                    .opt("fs.s3a.experimental.input.fadvise", "sequential")
                    .build()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }
}
