package io.toonlake.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Images that servers refuse for good are written down at once, beside those that they give, until table {@code quarantine} has them: else a run that is killed
 * before its batch is over would have the next one ask for them again. A small file each, {@code _toonlake/refused/…} of the images' folder.
 *
 * @param folder of one collection and its settings: what is refused may depend on them
 */
record RefusalNotes(String folder) implements Serializable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 20;

    static RefusalNotes of(Path images, YfccQuarantine quarantine) {
        String whose = DigestUtils.sha256Hex(quarantine.collection() + "\n" + quarantine.fingerprint());
        return new RefusalNotes(new Path(images, "_toonlake/refused/" + whose.substring(0, 16)).toString());
    }

    /** On an executor. */
    void write(Storage storage, FetchOutcome refused) {
        Path note = new Path(folder, DigestUtils.sha256Hex(refused.path()) + ".json");
        try {
            storage.write(
                    note,
                    JSON.createObjectNode()
                            .put("path", refused.path())
                            .put("url", refused.url())
                            .put("redirects", refused.redirects())
                            .put("reason", refused.reason())
                            .put("message", refused.message())
                            .toString()
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unreachable("write", e);
        }
    }

    /** What is written down here; nothing where no run was killed. */
    List<FetchOutcome> read(Storage storage) {
        List<FetchOutcome> refused = new ArrayList<>();
        try {
            for (FileStatus file : storage.fileSystem(new Path(folder)).listStatus(new Path(folder))) {
                if (!file.getPath().getName().startsWith(Storage.UNFINISHED)) {
                    JsonNode note = JSON.readTree(storage.read(file.getPath(), MOST_BYTES));
                    refused.add(new FetchOutcome(
                            note.path("path").asText(),
                            note.path("url").asText(),
                            note.path("redirects").asInt(),
                            0,
                            0,
                            note.path("reason").asText(),
                            note.path("message").asText()));
                }
            }
            return refused;
        } catch (FileNotFoundException e) {
            return refused;
        } catch (IOException e) {
            throw unreachable("read", e);
        }
    }

    void delete(Storage storage) {
        try {
            storage.fileSystem(new Path(folder)).delete(new Path(folder), true);
        } catch (IOException e) {
            throw unreachable("delete", e);
        }
    }

    private UnreachableException unreachable(String what, IOException e) {
        return new UnreachableException(
                "Cannot " + what + " --fetch " + Storage.shown(new Path(folder)) + ": " + Storage.reason(e), e);
    }
}
