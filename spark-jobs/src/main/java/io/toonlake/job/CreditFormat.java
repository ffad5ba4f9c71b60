package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_csv;
import static org.apache.spark.sql.functions.when;

import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;

/** How a file of credits is written; a line a photo or picture either way. */
enum CreditFormat {
    /** Comma-separated (RFC 4180), every value in quotes, UTF-8, with a header. */
    CSV("\"file\",\"photo_id\",\"title\",\"owner\",\"owner_id\",\"page_url\",\"licence\",\"licence_url\"") {
        @Override
        Column line() {
            return to_csv(
                    struct(
                            col("file"),
                            col("photo_id"),
                            col("title"),
                            col("owner"),
                            col("owner_id"),
                            col("page_url"),
                            col("licence"),
                            col("licence_url")),
                    Map.of(
                            "quoteAll", "true",
                            "escape", "\"",
                            "emptyValue", "",
                            "ignoreLeadingWhiteSpace", "false",
                            "ignoreTrailingWhiteSpace", "false"));
        }
    },
    /** A sentence for people. */
    TEXT("") {
        @Override
        Column line() {
            return concat(
                    col("file"),
                    lit(": "),
                    when(col("title").equalTo(""), concat(lit("photo "), col("photo_id")))
                            .otherwise(concat(lit("\""), col("title"), lit("\""))),
                    lit(" by "),
                    col("owner"),
                    lit(", "),
                    col("page_url"),
                    lit(", "),
                    col("licence"),
                    when(col("licence_url").equalTo(""), lit(""))
                            .otherwise(concat(lit(" ("), col("licence_url"), lit(")"))));
        }
    };

    private final String header;

    CreditFormat(String header) {
        this.header = header;
    }

    /** The first line, or empty. */
    String header() {
        return header;
    }

    /**
     * A line, without its end, of columns {@code file, photo_id, title, owner, owner_id, page_url, licence, licence_url}, which are not null and
     * have no line breaks.
     */
    abstract Column line();

    /** The word on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
