package io.toonlake.table;

import io.delta.tables.DeltaTable;
import io.delta.tables.DeltaTableBuilder;
import io.toonlake.storage.UnreachableException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The tables below one URI. A table is made on first use; one that a newer Toonlake made is refused. Every write is one atomic commit
 * and, being keyed, may be repeated.
 */
public final class Lake {
    private static final String VERSION_PROPERTY = "toonlake.format-version";

    private final SparkSession spark;
    private final Path root;
    /** Tables whose version was checked: once an opened lake is enough. */
    private final Set<Table> checked = EnumSet.noneOf(Table.class);

    public Lake(SparkSession spark, Path root) {
        this.spark = spark;
        this.root = root;
    }

    public Path root() {
        return root;
    }

    /** All rows; none where the table does not exist yet. */
    public Dataset<Row> read(Table table) {
        String location = location(table);
        if (!DeltaTable.isDeltaTable(spark, location)) {
            return spark.createDataFrame(List.of(), table.schema());
        }
        return existing(table).toDF();
    }

    /** Whether any table of ours lies here: a report on nothing is a wrong URI. */
    public boolean exists() {
        return Arrays.stream(Table.values()).anyMatch(table -> DeltaTable.isDeltaTable(spark, location(table)));
    }

    /** Adds rows, replacing those of equal key. {@code rows} hold each key once. */
    public void upsert(Table table, Dataset<Row> rows) {
        String match = table.key().stream()
                .map(column -> "kept." + column + " <=> new." + column)
                .collect(Collectors.joining(" AND "));
        created(table)
                .as("kept")
                .merge(conformed(table, rows).as("new"), match)
                .whenMatched()
                .updateAll()
                .whenNotMatched()
                .insertAll()
                .execute();
    }

    /** Adds rows without looking for equal keys. */
    public void append(Table table, Dataset<Row> rows) {
        created(table);
        conformed(table, rows).write().format("delta").mode("append").save(location(table));
    }

    /** Deletes the rows whose key columns are in {@code keys}, which may hold some of the key's columns only. */
    public void delete(Table table, Dataset<Row> keys) {
        if (!DeltaTable.isDeltaTable(spark, location(table))) {
            return;
        }
        String match = List.of(keys.columns()).stream()
                .map(column -> "kept." + column + " <=> gone." + column)
                .collect(Collectors.joining(" AND "));
        existing(table)
                .as("kept")
                .merge(keys.distinct().as("gone"), match)
                .whenMatched()
                .delete()
                .execute();
    }

    private DeltaTable existing(Table table) {
        DeltaTable delta = DeltaTable.forPath(spark, location(table));
        if (checked.contains(table)) {
            return delta;
        }
        Map<String, String> properties =
                delta.detail().select("properties").head().getJavaMap(0);
        String version = properties.getOrDefault(VERSION_PROPERTY, "none");
        if (!version.matches("\\d{1,4}") || Integer.parseInt(version) > Table.FORMAT_VERSION) {
            throw new UnreachableException("Cannot read table " + location(table) + ": its format version is " + version
                    + ", this Toonlake reads up to " + Table.FORMAT_VERSION
                    + (version.equals("none") ? "; it was not made by Toonlake" : "; use a newer release"));
        }
        checked.add(table);
        return delta;
    }

    private DeltaTable created(Table table) {
        if (DeltaTable.isDeltaTable(spark, location(table))) {
            return existing(table);
        }
        DeltaTableBuilder builder = DeltaTable.createIfNotExists(spark)
                .location(location(table))
                .addColumns(table.schema())
                .property(VERSION_PROPERTY, String.valueOf(Table.FORMAT_VERSION));
        if (!table.partitionColumns().isEmpty()) {
            builder = builder.partitionedBy(table.partitionColumns().toArray(String[]::new));
        }
        return builder.execute();
    }

    private static Dataset<Row> conformed(Table table, Dataset<Row> rows) {
        Column[] columns = Arrays.stream(table.schema().fields())
                .map(field -> functions.col(field.name()).cast(field.dataType()))
                .toArray(Column[]::new);
        return rows.select(columns);
    }

    private String location(Table table) {
        return new Path(root, table.folder()).toString();
    }
}
