package io.toonlake.packing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * A shard as WebDataset has them: a POSIX tar in which a picture and a {@code .json} of the same name follow each other. Nothing in it tells who
 * wrote it when, so that the same samples give the same bytes.
 */
final class TarShard implements Shard {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TarArchiveOutputStream tar;

    TarShard(OutputStream out) {
        tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        // As POSIX.1-2001 has it, which all readers know; the older ways are those of one program each.
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    static ShardFormat format() {
        return new Format();
    }

    private record Format() implements ShardFormat {
        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public Shard open(Path file, TaskAttemptContext attempt) throws IOException {
            return new TarShard(file.getFileSystem(attempt.getConfiguration()).create(file, false));
        }
    }

    @Override
    public long add(Sample sample) throws IOException {
        long offset = add(sample.key() + "." + sample.format(), sample.modifiedMillis(), sample.picture());
        add(sample.key() + ".json", sample.modifiedMillis(), json(sample));
        return offset;
    }

    private long add(String name, long modifiedMillis, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(bytes.length);
        entry.setIds(0, 0);
        entry.setNames("", "");
        // Fractions of a second would take a header of their own.
        entry.setModTime(Math.floorDiv(modifiedMillis, 1_000) * 1_000);
        tar.putArchiveEntry(entry);
        long offset = tar.getBytesWritten();
        tar.write(bytes);
        tar.closeArchiveEntry();
        return offset;
    }

    private static byte[] json(Sample sample) throws IOException {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("path", sample.path());
        said.put("sha256", sample.sha256());
        said.put("width", sample.width());
        said.put("height", sample.height());
        said.put("format", sample.format());
        said.put("model", sample.origin().fingerprint());
        said.put("model_title", sample.origin().title());
        said.put("model_licence", sample.origin().licence());
        return JSON.writeValueAsBytes(said);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
