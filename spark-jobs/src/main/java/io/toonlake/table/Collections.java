package io.toonlake.table;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The collections of a lake, as table {@code images} knows them. */
public final class Collections {
    private final Dataset<Row> images;

    public Collections(Lake lake) {
        this.images = lake.read(Table.IMAGES).select("collection", "domain");
    }

    /** The domain of a collection, or nothing where no image of it was accepted yet. */
    public Optional<Domain> domain(String collection) {
        List<Row> rows = images.filter(functions.col("collection").equalTo(collection))
                .limit(1)
                .collectAsList();
        return rows.stream()
                .map(row -> Domain.valueOf(row.getString(1).toUpperCase(java.util.Locale.ROOT)))
                .findFirst();
    }

    /** The names of all collections of a domain, for messages, or {@code none}. */
    public String names(Domain domain) {
        String names = images
                .filter(functions.col("domain").equalTo(domain.toString()))
                .select("collection")
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }
}
