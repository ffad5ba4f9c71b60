package io.toonlake.table;

import io.delta.tables.DeltaMergeBuilder;
import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import io.toonlake.storage.UnreachableException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/**
 * The tables below one URI. A table is made on first use; one that a newer Toonlake made is refused. Every write is one atomic commit
 * and, being keyed, may be repeated. Several runs may write at the same time, where the file system creates a file only if there is none (S3A does not, docs/s3.md):
 * writes to different partitions do not meet, and one that loses against another is repeated.
 *
 * <p>Where the URI cannot be read or written, all methods throw {@link UnreachableException}.
 */
public final class Lake {
    private static final String VERSION_PROPERTY = "toonlake.format-version";
    private static final List<String> CALENDARS =
            List.of("spark.sql.parquet.int96RebaseModeInWrite", "spark.sql.parquet.datetimeRebaseModeInWrite");
    /** Writes to more partitions than this are not told apart from writes to all. */
    private static final int MAX_PARTITIONS = 32;

    private final SparkSession spark;
    private final TablesFolder folder;
    private final History history;
    /** Tables whose version was checked: once an opened lake is enough. */
    private final Set<Table> checked = ConcurrentHashMap.newKeySet();
    /** Tables known to have all columns. */
    private final Set<Table> complete = ConcurrentHashMap.newKeySet();

    public Lake(SparkSession spark, Path root) {
        this.spark = spark;
        // Spark fails at times before 1900, such as an old photo's, until somebody says which calendar counts them.
        CALENDARS.forEach(setting -> spark.conf().set(setting, "CORRECTED"));
        this.folder = new TablesFolder(root, spark.sparkContext().hadoopConfiguration());
        this.history = new History(spark);
    }

    public Path root() {
        return folder.root();
    }

    /** All rows; none where the table does not exist yet. Columns that a table made by an older Toonlake lacks are null. */
    public Dataset<Row> read(Table table) {
        return explaining(() -> folder.holds(table)
                ? withAllColumns(table, existing(table).toDF())
                : spark.createDataFrame(List.of(), table.schema()));
    }

    /** Whether the table exists; one that does not has no rows, and asking Spark for them would take longer. */
    public boolean holds(Table table) {
        return explaining(() -> folder.holds(table));
    }

    /**
     * Whether any table of ours lies here: a report on nothing is a wrong URI. Table {@code runs} alone will do, since importing a model
     * leaves no more, and runs that failed for a wrong argument or URI are not recorded where there was no lake.
     */
    public boolean exists() {
        return explaining(() -> Arrays.stream(Table.values()).anyMatch(folder::holds));
    }

    /** Adds rows, replacing those of equal key. {@code rows} hold each key once; columns that they lack are null. */
    public void upsert(Table table, Dataset<Row> rows) {
        Dataset<Row> conformed = conformed(table, rows);
        write(() -> {
            DeltaTable kept = created(table);
            partitions(table, conformed).ifPresent(partitions -> replace(merge(table, kept, conformed, partitions)));
        });
    }

    /**
     * The same for rows of one collection, which are then not read to learn of which they are.
     *
     * @param table one whose only partitions are collections
     * @param rows whose column {@code collection}, where they have one, says nothing
     * @throws IllegalArgumentException where it has other partitions
     */
    public void upsert(Table table, String collection, Dataset<Row> rows) {
        Dataset<Row> conformed = ofCollection(table, collection, rows);
        write(() -> replace(merge(table, created(table), conformed, partition(collection))));
    }

    /**
     * Adds rows of one collection of which the table has no keys: it is not searched for what to replace, which is most of what an upsert takes. Where another
     * run writes to the collection at the same time, it is an upsert after all; a row of equal key that was there before stays.
     *
     * @param table one whose only partitions are collections
     * @param rows whose column {@code collection}, where they have one, says nothing
     * @throws IllegalArgumentException where it has other partitions
     */
    public void insert(Table table, String collection, Dataset<Row> rows) {
        Dataset<Row> conformed = ofCollection(table, collection, rows);
        AtomicBoolean collided = new AtomicBoolean();
        write(() -> {
            DeltaMergeBuilder merge = merge(table, created(table), conformed, partition(collection));
            if (collided.getAndSet(true)) {
                replace(merge);
            } else {
                merge.whenNotMatched().insertAll().execute();
            }
        });
    }

    private static Dataset<Row> ofCollection(Table table, String collection, Dataset<Row> rows) {
        if (!table.partitionColumns().equals(List.of("collection"))) {
            throw new IllegalArgumentException("Cannot write rows of a collection to table " + table.folder()
                    + ", whose partitions are " + table.partitionColumns());
        }
        return conformed(table, rows.withColumn("collection", functions.lit(collection)));
    }

    private static String partition(String collection) {
        return "kept.collection IN (" + literal(collection) + ") AND ";
    }

    private static void replace(DeltaMergeBuilder merge) {
        merge.whenMatched().updateAll().whenNotMatched().insertAll().execute();
    }

    private static DeltaMergeBuilder merge(Table table, DeltaTable kept, Dataset<Row> rows, String partitions) {
        return kept.as("kept").merge(rows.as("new"), partitions + equal(table.key().stream(), "new"));
    }

    /** Adds rows without looking for equal keys; columns that they lack are null. It never collides with another run. */
    public void append(Table table, Dataset<Row> rows) {
        write(() -> {
            created(table);
            conformed(table, rows).write().format("delta").mode("append").save(folder.location(table));
        });
    }

    /** Deletes the rows whose key columns are in {@code keys}, which may hold some of the key's columns only. */
    public void delete(Table table, Dataset<Row> keys) {
        Dataset<Row> gone = keys.distinct();
        write(() -> {
            if (!folder.holds(table)) {
                return;
            }
            DeltaTable kept = existing(table);
            partitions(table, keys)
                    .ifPresent(partitions -> kept.as("kept")
                            .merge(gone.as("gone"), partitions + equal(Stream.of(keys.columns()), "gone"))
                            .whenMatched()
                            .delete()
                            .execute());
        });
    }

    /**
     * Deletes what earlier versions of a table have and this one has not. Who reads such a version fails from then on, and so may who writes to
     * the table meanwhile.
     */
    public void vacuum(Table table) {
        write(() -> {
            if (folder.holds(table)) {
                existing(table);
                history.delete(folder.location(table));
            }
        });
    }

    /**
     * The files of a table's versions, of whichever they are, in which a row has one of these names: as {@code sha256}, as {@code path}, or before the
     * {@code #} of a sample's path. The files are read, whatever the table's log says of them.
     */
    public List<String> filesHolding(Table table, Collection<String> names) {
        return explaining(() ->
                folder.holds(table) ? history.filesHolding(folder.location(table), List.copyOf(names)) : List.of());
    }

    private void write(Runnable write) {
        explaining(() -> {
            Commits.repeated(write);
            return null;
        });
    }

    private <T> T explaining(Supplier<T> work) {
        try {
            return work.get();
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            Optional<UnreachableException> unreachable = folder.behind(e);
            if (unreachable.isPresent()) {
                throw unreachable.get();
            }
            throw e;
        }
    }

    private static String equal(Stream<String> columns, String other) {
        return columns.map(column -> "kept." + column + " <=> " + other + "." + column)
                .collect(Collectors.joining(" AND "));
    }

    /**
     * The condition that names the partitions of {@code rows}, to be followed by others; nothing where there are no rows. Delta sees from
     * literals, and not from the columns of {@code rows}, which partitions a write reads: without them all writes to a table would
     * collide, and each would read all of it.
     */
    private static Optional<String> partitions(Table table, Dataset<Row> rows) {
        Set<String> given = Set.of(rows.columns());
        StringBuilder condition = new StringBuilder();
        for (String column : table.partitionColumns()) {
            if (given.contains(column)) {
                List<Row> values = rows.select(functions.col(column).cast("string"))
                        .distinct()
                        .limit(MAX_PARTITIONS + 1)
                        .collectAsList();
                if (values.isEmpty()) {
                    return Optional.empty();
                }
                if (values.size() <= MAX_PARTITIONS && values.stream().noneMatch(value -> value.isNullAt(0))) {
                    condition.append(values.stream()
                            .map(value -> literal(value.getString(0)))
                            .collect(Collectors.joining(", ", "kept." + column + " IN (", ") AND ")));
                }
            }
        }
        return Optional.of(condition.toString());
    }

    private static String literal(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private DeltaTable existing(Table table) {
        DeltaTable delta = DeltaTable.forPath(spark, folder.location(table));
        if (checked.contains(table)) {
            return delta;
        }
        Map<String, String> properties =
                delta.detail().select("properties").head().getJavaMap(0);
        String version = properties.getOrDefault(VERSION_PROPERTY, "none");
        if (!version.matches("\\d{1,4}") || Integer.parseInt(version) > Table.FORMAT_VERSION) {
            throw new UnreachableException(
                    "Cannot read table " + folder.location(table) + ": its format version is " + version
                            + ", this Toonlake reads up to " + Table.FORMAT_VERSION
                            + (version.equals("none") ? "; it was not made by Toonlake" : "; use a newer release"));
        }
        checked.add(table);
        return delta;
    }

    private DeltaTable created(Table table) {
        if (folder.holds(table)) {
            DeltaTable delta = existing(table);
            if (!complete.contains(table)) {
                if (addMissingColumns(table, delta)) {
                    delta = existing(table);
                }
                complete.add(table);
            }
            return delta;
        }
        folder.settleUnfinished(table);
        if (folder.holds(table)) {
            return created(table); // Another run has made it meanwhile.
        }
        DeltaTableBuilder builder = DeltaTable.createIfNotExists(spark)
                .location(folder.location(table))
                .addColumns(table.schema())
                .property(VERSION_PROPERTY, String.valueOf(Table.FORMAT_VERSION));
        if (!table.partitionColumns().isEmpty()) {
            builder = builder.partitionedBy(table.partitionColumns().toArray(String[]::new));
        }
        DeltaTable made = builder.execute();
        complete.add(table);
        return made;
    }

    private boolean addMissingColumns(Table table, DeltaTable delta) {
        boolean incomplete = !missing(table, delta.toDF()).isEmpty();
        if (incomplete) {
            // A commit without rows; one that another run has made meanwhile changes nothing.
            spark.createDataFrame(List.of(), table.schema())
                    .write()
                    .format("delta")
                    .mode("append")
                    .option("mergeSchema", true)
                    .save(folder.location(table));
        }
        return incomplete;
    }

    private static Dataset<Row> withAllColumns(Table table, Dataset<Row> rows) {
        Dataset<Row> all = rows;
        for (StructField field : missing(table, rows)) {
            if (table.key().contains(field.name())) {
                throw new IllegalArgumentException("Cannot have rows of table %s without %s, which is part of their key"
                        .formatted(table.folder(), field.name()));
            }
            all = all.withColumn(field.name(), functions.lit(null).cast(field.dataType()));
        }
        return all;
    }

    private static List<StructField> missing(Table table, Dataset<Row> rows) {
        Set<String> there = Set.of(rows.columns());
        return Arrays.stream(table.schema().fields())
                .filter(field -> !there.contains(field.name()))
                .toList();
    }

    private static Dataset<Row> conformed(Table table, Dataset<Row> rows) {
        Column[] columns = Arrays.stream(table.schema().fields())
                .map(field -> functions.col(field.name()).cast(field.dataType()))
                .toArray(Column[]::new);
        return withAllColumns(table, rows).select(columns);
    }
}
