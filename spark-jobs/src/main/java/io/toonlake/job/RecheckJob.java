package io.toonlake.job;

import static org.apache.spark.sql.functions.asc_nulls_first;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import io.toonlake.flickr.ApiKey;
import io.toonlake.flickr.FlickrException;
import io.toonlake.licence.FlickrLicence;
import io.toonlake.table.Domain;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Asks Flickr what has become of photos that were taken in: who takes a photo down, or puts it under another licence, tells nobody. It only finds out;
 * {@code purge} is what takes photos out.
 */
@Command(
        name = "recheck",
        header = "Asks Flickr which photos are gone by now, or under another licence.",
        description = {
            "",
            "Asks flickr.photos.getInfo for each photo of a collection that table provenance has Flickr's id of, those that were asked for longest ago "
                    + "first, and keeps the answers in table rechecks. Deletes nothing: purge --gone and purge --licence go by the table.",
            "",
            "Flickr allows a key 3,600 requests an hour, so that --limit photos a night are asked for, in turns. Needs a key, in environment variable "
                    + "FLICKR_API_KEY.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake recheck --tables lake --collection lakes --set ingest.fetch.contact=you@example.org",
            "  toonlake purge --tables lake --collection lakes --gone --stylized-tables ~/Cartoons/_toonlake --vacuum"
        })
final class RecheckJob extends Job {
    private static final Logger LOG = LoggerFactory.getLogger(RecheckJob.class);

    /** A minute and a half of requests, which is what a kill can cost. */
    private static final int ANSWERS_PER_COMMIT = 100;

    /** What is wrong with so many photos one after the other is wrong with Flickr, or with what it is asked. */
    private static final int MOST_FAILURES = 3;

    /** The state of photos of which Flickr has told the licence. */
    static final String AVAILABLE = "available";

    private static final String UNKNOWN_LICENCE = "unknown-licence";
    private static final String FAILED = "failed";

    /** The state of photos that nobody may see any more. */
    static final String GONE = "gone";

    @Option(names = "--tables", required = true, paramLabel = "URI", description = "The tables that ingest wrote.")
    private String tables;

    @Option(
            names = "--collection",
            required = true,
            paramLabel = "NAME",
            description = "A collection of photos from Flickr.")
    private String collection;

    @Option(
            names = "--limit",
            paramLabel = "PHOTOS",
            defaultValue = "3000",
            description = "How many to ask for, at most. Default: ${DEFAULT-VALUE}, 50 minutes.")
    private int limit;

    @Option(
            names = "--older-than-days",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "Leaves out those that were asked for since then. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) {
        Checks.collectionOf(Domain.PHOTO, "--collection", collection, context.lake());
        if (limit < 1) {
            throw new UsageException("Invalid --limit: " + limit + " (must be 1 or more)");
        }
        if (days < 0) {
            throw new UsageException("Invalid --older-than-days: " + days + " (must be 0 or more)");
        }
        FlickrCalls.checkContact(context.settings(), "recheck");
        ApiKey key = FlickrCalls.key(System.getenv(), "recheck");
        Dataset<Row> photos = photos(context);
        Column due = col("checked").isNull().or(col("checked").leq(lit(before())));
        Row counted = photos.agg(count(lit(1)), count(when(due, lit(1)))).head();
        long all = counted.getLong(0);
        if (all == 0) {
            throw new UsageException(
                    "Invalid --collection: " + collection
                            + " (table provenance has no photo of it: only those that ingest --yfcc and --flickr-search took in can be asked for)");
        }
        List<String> asked = photos
                .filter(due)
                .orderBy(asc_nulls_first("checked"), col("photo_id"))
                .limit(limit)
                .select("photo_id")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
        Map<String, Double> figures = new LinkedHashMap<>();
        long failed = ask(context, key, asked, figures);
        Map<String, Long> filtered = new TreeMap<>();
        filtered.put("limit", counted.getLong(1) - asked.size());
        filtered.put(FAILED, failed);
        filtered.values().removeIf(count -> count == 0);
        Counts counts = new Counts(
                asked.size() - failed, all - counted.getLong(1), Map.of(), Counts.sum(filtered), 0, filtered);
        return new JobResult(counts, Map.of(), found(context, figures), figures);
    }

    private Timestamp before() {
        return Timestamp.from(Instant.now().minus(Duration.ofDays(days)));
    }

    /** Rows {@code photo_id, licence_id} as taken in, {@code state, licence_now, checked} of the last answer, or null. A photo may be there in copies. */
    private Dataset<Row> photos(JobContext context) {
        return context.lake()
                .read(Table.PROVENANCE)
                .filter(col("collection")
                        .equalTo(collection)
                        .and(col("photo_id").isNotNull()))
                .groupBy("photo_id")
                .agg(min("licence_id").as("licence_id"))
                .join(
                        context.lake()
                                .read(Table.RECHECKS)
                                .select(
                                        col("photo_id"),
                                        col("state"),
                                        col("licence_id").as("licence_now"),
                                        col("checked")),
                        JoinColumns.of("photo_id"),
                        "left");
    }

    /**
     * Asks for photos, and keeps the answers as they come.
     *
     * @return how many there was no answer of, though of others there was: they wait for their next turn, and keep nobody from having his
     */
    @SuppressWarnings("try") // the progress line lives as long as its block
    private long ask(JobContext context, ApiKey key, List<String> photos, Map<String, Double> figures) {
        figures.put("flickrRequests", 0.0);
        if (photos.isEmpty()) {
            return 0;
        }
        AtomicLong done = new AtomicLong();
        long failed = 0;
        List<Row> answers = new ArrayList<>();
        List<Row> failures = new ArrayList<>();
        try (FlickrCalls calls = new FlickrCalls(context.settings(), key);
                Progress progress = context.progress("recheck", "photos", photos.size(), done::get)) {
            try {
                Set<FlickrLicence> known = calls.api().licences();
                for (String photo : photos) {
                    try {
                        answers.add(answer(context, photo, calls.api().licenceOf(photo), known));
                        failed += failures.size();
                        answers.addAll(failures);
                        failures.clear();
                    } catch (FlickrException e) {
                        failures.add(row(context, photo, FAILED, null));
                        boolean first = done.get() == failures.size() - 1 && photos.size() == failures.size();
                        if (e.kind() == FlickrException.Kind.KEY || first || failures.size() == MOST_FAILURES) {
                            throw e;
                        }
                        LOG.warn("Flickr does not say what has become of photo {}: {}", photo, e.getMessage());
                    }
                    done.incrementAndGet();
                    if (answers.size() >= ANSWERS_PER_COMMIT) {
                        write(context, answers);
                    }
                }
                failed += failures.size();
                answers.addAll(failures);
            } catch (FlickrException e) {
                long kept = done.get() - Math.max(0, failures.size() - 1);
                write(context, answers);
                throw calls.told(
                        e,
                        "recheck",
                        "see https://www.flickr.com/services/api/flickr.photos.getInfo.html",
                        String.format("%,d of %,d answers are kept; run again to go on", kept, photos.size()));
            } catch (InterruptedException e) {
                throw calls.interrupted(e);
            }
            write(context, answers);
            figures.put("flickrRequests", (double) calls.api().requests());
            return failed;
        }
    }

    private static Row answer(JobContext context, String photo, Optional<Integer> licence, Set<FlickrLicence> known) {
        if (licence.isEmpty()) {
            return row(context, photo, GONE, null);
        }
        boolean isKnown =
                FlickrLicence.of(licence.get()).filter(known::contains).isPresent();
        return row(context, photo, isKnown ? AVAILABLE : UNKNOWN_LICENCE, licence.get());
    }

    private static Row row(JobContext context, String photo, String state, Integer licence) {
        return RowFactory.create(photo, state, licence, Timestamp.from(Instant.now()), context.runId());
    }

    private static void write(JobContext context, List<Row> answers) {
        if (!answers.isEmpty()) {
            List<Row> rows = withWhatWasKnown(context, answers);
            context.lake().upsert(Table.RECHECKS, context.spark().createDataFrame(rows, Table.RECHECKS.schema()));
            answers.clear();
        }
    }

    /** Of a photo that there is no answer of now, what Flickr said before still is what it said last; its turn is over all the same. */
    private static List<Row> withWhatWasKnown(JobContext context, List<Row> answers) {
        Object[] unanswered = answers.stream()
                .filter(row -> row.getString(1).equals(FAILED))
                .map(row -> row.getString(0))
                .toArray();
        if (unanswered.length == 0) {
            return List.copyOf(answers);
        }
        Map<String, Row> known = context
                .lake()
                .read(Table.RECHECKS)
                .filter(col("photo_id").isin(unanswered).and(col("state").notEqual(FAILED)))
                .select("photo_id", "state", "licence_id")
                .collectAsList()
                .stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row));
        return answers.stream()
                .map(row -> {
                    Row before = row.getString(1).equals(FAILED) ? known.get(row.getString(0)) : null;
                    return before == null
                            ? row
                            : RowFactory.create(row.getString(0), before.get(1), before.get(2), row.get(3), row.get(4));
                })
                .toList();
    }

    /** Of the whole collection, whichever run has found it out: {@code purge} goes by all of it. */
    private String found(JobContext context, Map<String, Double> figures) {
        Column relicensed =
                col("state").equalTo(AVAILABLE).and(col("licence_now").notEqual(col("licence_id")));
        Object[] closed = Arrays.stream(FlickrLicence.values())
                .filter(licence -> !licence.allowsDerivatives())
                .map(FlickrLicence::id)
                .toArray();
        Row found = photos(context)
                .agg(
                        count(lit(1)),
                        count(col("checked")),
                        count(when(col("state").equalTo(GONE), lit(1))),
                        count(when(relicensed, lit(1))),
                        count(when(relicensed.and(col("licence_now").isin(closed)), lit(1))),
                        count(when(col("state").equalTo(UNKNOWN_LICENCE), lit(1))))
                .head();
        figures.put("gone", (double) found.getLong(2));
        figures.put("relicensed", (double) found.getLong(3));
        figures.put("derivativesForbidden", (double) found.getLong(4));
        figures.put("licenceUnknown", (double) found.getLong(5));
        String message = String.format(
                "of %,d photos of collection %s %,d were asked for in all: %,d are gone, %,d are under another licence than table provenance has, %,d of "
                        + "which allow no pictures made from them",
                found.getLong(0), collection, found.getLong(1), found.getLong(2), found.getLong(3), found.getLong(4));
        return found.getLong(5) == 0
                ? message
                : message
                        + String.format(
                                "; %,d are under one that Toonlake does not know (state %s of table rechecks; purge --photos takes a list of ids)",
                                found.getLong(5), UNKNOWN_LICENCE);
    }
}
