package io.toonlake.averaging;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system, which stops for good after half of the bytes of a chosen checkpoint, and marks that it has. */
public final class HalfWrittenFiles extends RawLocalFileSystem {
    private static final String FOLDER = "toonlake.test.moments";

    /** The files of that configuration, apart from what else this JVM writes. */
    static void use(Configuration configuration, Path moments) {
        configuration.set("fs.file.impl", HalfWrittenFiles.class.getName());
        configuration.setBoolean("fs.file.impl.disable.cache", true);
        configuration.set(FOLDER, moments.toString());
    }

    @Override
    public FSDataOutputStream create(
            org.apache.hadoop.fs.Path file,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        FSDataOutputStream out = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
        Moments moments = new Moments(Path.of(getConf().get(FOLDER)));
        if (!moments.has("round", ClusterTraining.HELD_CHECKPOINT, "ends")) {
            return out;
        }
        return new FSDataOutputStream(new Half(out, moments), null);
    }

    private static final class Half extends FilterOutputStream {
        private final Moments moments;

        Half(OutputStream out, Moments moments) {
            super(out);
            this.moments = moments;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length / 2);
            out.flush();
            moments.mark("half", "written");
            moments.waitFor("never");
            out.write(bytes, offset + length / 2, length - length / 2);
        }
    }
}
