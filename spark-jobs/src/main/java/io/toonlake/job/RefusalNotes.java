package io.toonlake.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.fetch.FetchReason;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that servers refuse for good are written down at once, beside those that they give, until table {@code quarantine} has them: else a run that is killed
 * before its batch is over would have the next one ask for them again. A small file each, in {@code _toonlake/refused/COLLECTION/BATCH} of the images'
 * folder; the batch's folder goes when the table has its rows.
 *
 * <p>They save requests, and what is wrong with them costs no more than that: notes that cannot be read or deleted are told of, and passed over.
 *
 * @param collection folder of a collection's notes
 * @param batch folder of the batch that is being fetched
 * @param fingerprint of the settings, which one reason depends on
 */
record RefusalNotes(String collection, String batch, String fingerprint) implements Serializable {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalNotes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 20;

    /** A note and its file. */
    record Note(FetchOutcome outcome, Path file) {}

    /** @param images their folder */
    static RefusalNotes of(Path images, YfccQuarantine quarantine, String batch) {
        String whose = DigestUtils.sha256Hex(quarantine.collection()).substring(0, 16);
        Path collection = new Path(images, "_toonlake/refused/" + whose);
        return new RefusalNotes(collection.toString(), batch, quarantine.fingerprint());
    }

    /** On an executor. */
    void write(Storage storage, FetchOutcome refused) {
        Path note = file(refused.path());
        try {
            storage.write(
                    note,
                    JSON.createObjectNode()
                            .put("path", refused.path())
                            .put("url", refused.url())
                            .put("redirects", refused.redirects())
                            .put("reason", refused.reason())
                            .put("message", refused.message())
                            .put("settings", fingerprint)
                            .toString()
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UnreachableException("Cannot write --fetch " + Storage.shown(note) + ": " + Storage.reason(e), e);
        }
    }

    private Path file(String image) {
        return new Path(new Path(collection, batch), DigestUtils.sha256Hex(image) + ".json");
    }

    /** On an executor: what this batch was refused of an image, by a task that was lost. */
    Optional<FetchOutcome> of(Storage storage, String image) {
        return read(storage, file(image)).map(Note::outcome);
    }

    /** What batches of killed runs have left of this collection. */
    List<Note> left(Storage storage) {
        List<Note> notes = new ArrayList<>();
        for (Path folder : below(storage, new Path(collection))) {
            for (Path file : below(storage, folder)) {
                read(storage, file).ifPresent(notes::add);
            }
        }
        return notes;
    }

    private static List<Path> below(Storage storage, Path folder) {
        List<Path> found = new ArrayList<>();
        try {
            for (FileStatus file : storage.fileSystem(folder).listStatus(folder)) {
                if (!file.getPath().getName().startsWith(Storage.UNFINISHED)) {
                    found.add(file.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            // No run was killed here.
        } catch (IOException e) {
            LOG.warn("Cannot read {}: {}; what it names is asked for again", Storage.shown(folder), Storage.reason(e));
        }
        return found;
    }

    private Optional<Note> read(Storage storage, Path file) {
        try {
            JsonNode note = JSON.readTree(storage.read(file, MOST_BYTES));
            String reason = note.path("reason").asText();
            // A file without bytes is no note.
            boolean holds = !reason.isEmpty()
                    && (!reason.equals(FetchReason.TOO_MANY_BYTES.code())
                            || note.path("settings").asText().equals(fingerprint));
            return holds
                    ? Optional.of(new Note(
                            new FetchOutcome(
                                    note.path("path").asText(),
                                    note.path("url").asText(),
                                    note.path("redirects").asInt(),
                                    0,
                                    0,
                                    reason,
                                    note.path("message").asText()),
                            file))
                    : Optional.empty();
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("Cannot read {}: {}; its image is asked for again", Storage.shown(file), Storage.reason(e));
            return Optional.empty();
        }
    }

    /** The table has this batch. */
    void deleteBatch(Storage storage) {
        delete(storage, new Path(collection, batch));
    }

    /** Deletes folders of killed runs that hold no note any more; one that was being written goes with them. */
    void deleteEmptyBatches(Storage storage) {
        for (Path folder : below(storage, new Path(collection))) {
            try {
                FileStatus[] inside = storage.fileSystem(folder).listStatus(folder);
                if (Arrays.stream(inside)
                        .allMatch(file -> file.getPath().getName().startsWith(Storage.UNFINISHED))) {
                    delete(storage, folder);
                }
            } catch (IOException e) {
                LOG.warn("Cannot read {}: {}", Storage.shown(folder), Storage.reason(e));
            }
        }
    }

    static void delete(Storage storage, Path file) {
        try {
            FileSystem fileSystem = storage.fileSystem(file);
            fileSystem.delete(file, true);
        } catch (IOException e) {
            LOG.warn("Cannot delete {}: {}", Storage.shown(file), Storage.reason(e));
        }
    }
}
