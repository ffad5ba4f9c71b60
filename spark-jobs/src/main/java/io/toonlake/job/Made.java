package io.toonlake.job;

import io.toonlake.packing.ShardPlan;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/** What became of a photo whose picture is still to be packed. No record, since Spark may be told to serialize with Kryo, which cannot make those. */
final class Made implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int task;
    private final int position;
    private final Row row;
    private final byte[] picture;

    /**
     * @param row of {@link Stylization#SCHEMA}
     * @param picture its file's bytes; null where none was made
     */
    Made(ShardPlan.Place place, Row row, byte[] picture) {
        this.task = place.task();
        this.position = place.position();
        this.row = row;
        this.picture = picture;
    }

    ShardPlan.Place place() {
        return new ShardPlan.Place(task, position);
    }

    Row row() {
        return row;
    }

    byte[] picture() {
        return picture;
    }

    ShardPlan.Size size() {
        return new ShardPlan.Size(place(), picture == null ? 0 : picture.length);
    }
}
