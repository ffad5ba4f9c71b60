package io.toonlake.job;

import io.toonlake.packing.Sample;
import io.toonlake.packing.SampleKey;
import io.toonlake.packing.Shard;
import io.toonlake.packing.ShardCommit;
import io.toonlake.packing.ShardFormat;
import io.toonlake.packing.ShardNames;
import io.toonlake.packing.ShardPlan;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The task that writes a shard, one for each of the ranges.
 *
 * @param ranges of the batch's photos, by the task's partition
 * @param first number of the first range's shard
 * @param output what the pictures' and shards' paths begin with
 * @param extension of the pictures' format
 */
record ShardWriting(
        Broadcast<SerializableConfiguration> hadoop,
        ShardCommit commit,
        ShardFormat format,
        List<ShardPlan.Range> ranges,
        ShardNames names,
        long first,
        String output,
        String extension,
        Sample.Origin origin,
        String runId,
        Rates rates)
        implements Serializable {

    /** Rows are sent once the shard is certain to be this attempt's. Without a picture there is none. */
    void write(Iterator<Made> made, Outcomes outcomes) {
        int index = TaskContext.getPartitionId();
        ShardPlan.Range range = ranges.get(index);
        List<Row> rows = new ArrayList<>();
        while (made.hasNext()) {
            Made next = made.next();
            if (range.holds(next.place())) {
                if (next.picture() == null) {
                    rows.add(next.row());
                } else {
                    write(next, made, range, first + index, rows);
                }
            }
        }
        rows.forEach(outcomes::add);
    }

    private void write(Made begin, Iterator<Made> rest, ShardPlan.Range range, long number, List<Row> rows) {
        Gate.of(runId).awaitWrite(rates.writesPerSecond());
        try (ShardCommit.Attempt attempt = commit.attempt(hadoop.value().value(), TaskContext.get())) {
            Path file = attempt.file(names.file(number));
            try (Shard shard = format.open(file, attempt.context())) {
                rows.add(added(begin, shard, number));
                while (rest.hasNext()) {
                    Made next = rest.next();
                    if (range.holds(next.place())) {
                        rows.add(next.picture() == null ? next.row() : added(next, shard, number));
                    }
                }
            }
            attempt.commit();
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot write " + Storage.shown(new Path(output + names.name(number))) + ": " + Storage.reason(e),
                    e);
        }
    }

    private Row added(Made made, Shard shard, long number) throws IOException {
        Row row = made.row();
        String place = Stylization.<String>value(row, "output").substring(output.length());
        String key = SampleKey.of(place, extension);
        long offset = shard.add(new Sample(
                key,
                Stylization.value(row, "path"),
                Stylization.value(row, "sha256"),
                Stylization.<Timestamp>value(row, "modified").getTime(),
                Stylization.<Integer>value(row, "width"),
                Stylization.<Integer>value(row, "height"),
                extension,
                origin,
                made.picture()));
        Row named = with(with(row, "shard", output + names.name(number)), "sample_key", key);
        return offset == Shard.NOWHERE ? named : with(named, "picture_offset", offset);
    }

    /** The row of {@link Stylization#SCHEMA} with another value in a column. */
    static Row with(Row row, String column, Object value) {
        Object[] values = new Object[row.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        values[Stylization.SCHEMA.fieldIndex(column)] = value;
        return RowFactory.create(values);
    }
}
