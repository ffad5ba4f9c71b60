package io.toonlake.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.arrays_overlap;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Which photos on Flickr are wanted. What a photo does not say (a date, a place) fits no filter that asks for it.
 *
 * @param licences Flickr's ids
 * @param anyTags in lower case; empty for no such filter
 * @param everyTag likewise
 * @param box or null
 */
record YfccSelection(
        List<Integer> licences, List<String> anyTags, List<String> everyTag, Period taken, Period uploaded, Box box) {

    /** From a time on and before another; null for an open end. */
    record Period(Instant since, Instant before) {
        private Column holds(String column) {
            Column holds = since == null ? lit(true) : col(column).geq(lit(since));
            return before == null ? holds : holds.and(col(column).lt(lit(before)));
        }
    }

    /** Degrees; where west is greater than east it goes across the 180th meridian. */
    record Box(double west, double south, double east, double north) {
        private Column holds() {
            Column fromWest = col("longitude").geq(west);
            Column toEast = col("longitude").leq(east);
            return (west <= east ? fromWest.and(toEast) : fromWest.or(toEast))
                    .and(col("latitude").between(south, north));
        }
    }

    /**
     * The filter that passes a record over, the first of them that does: {@code video}, {@code licence}, {@code tags}, {@code taken},
     * {@code uploaded} or {@code place}; null for what is wanted.
     */
    Column filteredBy() {
        Column tags = expr("transform(concat(tags, machine_tags), tag -> lower(tag))");
        Column first = when(col("video"), lit("video"));
        first = first.when(not(col("licence_id").isin(licences.toArray())), lit("licence"));
        if (!anyTags.isEmpty()) {
            first = first.when(not(arrays_overlap(tags, literals(anyTags))), lit("tags"));
        }
        if (!everyTag.isEmpty()) {
            first = first.when(size(array_except(literals(everyTag), tags)).gt(0), lit("tags"));
        }
        first = first.when(lacks(taken.holds("taken")), lit("taken"));
        first = first.when(lacks(uploaded.holds("uploaded")), lit("uploaded"));
        return box == null ? first : first.when(lacks(box.holds()), lit("place"));
    }

    private static Column lacks(Column holds) {
        return not(coalesce(holds, lit(false)));
    }

    private static Column literals(List<String> values) {
        return array(values.stream().map(value -> lit(value)).toArray(Column[]::new));
    }
}
