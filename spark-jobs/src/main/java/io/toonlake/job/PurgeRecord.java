package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import io.toonlake.table.Table;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Table {@code purges}, from which a run knows what others have begun, and what went. */
record PurgeRecord(JobContext context) {

    /** What is not all gone yet, whichever collection it is of. */
    List<PurgedPhoto> unfinished() {
        return where(col("purged").isNull());
    }

    /** What is gone from the tables as they are, and may be in files of earlier versions. */
    List<PurgedPhoto> inHistory() {
        return where(col("purged").isNotNull().and(col("vacuumed").isNull()));
    }

    /** @param paths of any collection */
    List<PurgedPhoto> of(Collection<String> paths) {
        return photos(rows().join(named(paths, "path"), JoinColumns.of("path"), "left_semi"));
    }

    private List<PurgedPhoto> where(Column condition) {
        return photos(rows().filter(condition));
    }

    private Dataset<Row> rows() {
        return context.lake().read(Table.PURGES);
    }

    private static List<PurgedPhoto> photos(Dataset<Row> rows) {
        return rows.collectAsList().stream().map(PurgedPhoto::of).toList();
    }

    void write(Collection<PurgedPhoto> photos) {
        if (!photos.isEmpty()) {
            context.lake()
                    .upsert(
                            Table.PURGES,
                            context.spark()
                                    .createDataFrame(
                                            photos.stream()
                                                    .map(PurgedPhoto::row)
                                                    .toList(),
                                            Table.PURGES.schema()));
        }
    }

    /** Names to join with: so few that every task may have them. */
    Dataset<Row> named(Collection<String> names, String column) {
        return broadcast(context.spark()
                .createDataset(List.copyOf(names), Encoders.STRING())
                .distinct()
                .toDF(column));
    }
}
