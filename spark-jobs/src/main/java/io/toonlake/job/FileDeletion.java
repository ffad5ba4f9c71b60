package io.toonlake.job;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files that tables name, on the executors: rows of a path and the length that the file was written with, or null where any will do. One
 * that is gone already is no fault.
 *
 * @param activity what to say that could not be done
 * @param within what paths begin with; empty where the folder is not known
 * @param left gets the paths of those that are there and stay
 */
record FileDeletion(
        String activity,
        Broadcast<SerializableConfiguration> hadoop,
        String within,
        double writesPerSecond,
        String runId,
        LongAccumulator done,
        CollectionAccumulator<String> left)
        implements VoidFunction<Iterator<Row>>, Serializable {
    private static final Logger LOG = LoggerFactory.getLogger(FileDeletion.class);

    @Override
    public void call(Iterator<Row> files) {
        Storage storage = new Storage(hadoop.value().value());
        while (files.hasNext()) {
            Row file = files.next();
            Gate.of(runId).awaitWrite(writesPerSecond);
            if (TaskContext.get().isInterrupted()) {
                throw new UnreachableException("Cannot " + activity + ": the job was cancelled");
            }
            delete(storage, file.getString(0), file.isNullAt(1) ? null : file.getLong(1));
            done.add(1);
        }
    }

    /** A file of another size is not the one that was made, and one behind a link that leaves the folder is not in it: both stay. */
    private void delete(Storage storage, String file, Long sizeBytes) {
        Path path = new Path(file);
        FileSystem files = storage.fileSystem(path);
        try {
            FileStatus status = files.getFileStatus(path);
            if (status.isFile()
                    && (sizeBytes == null || status.getLen() == sizeBytes)
                    && storage.canonical(file).toString().startsWith(within)) {
                files.delete(path, false);
            } else {
                LOG.info("{} stays: it is not what was written there", Storage.shown(path));
                left.add(file);
            }
        } catch (FileNotFoundException e) {
            LOG.debug("{} is gone already", file);
        } catch (IOException e) {
            throw new UnreachableException("Cannot delete " + Storage.shown(path) + ": " + Storage.reason(e), e);
        }
    }
}
