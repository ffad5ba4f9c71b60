package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.table.Domain;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/** Takes listed files into a collection, batch by batch: what the tables know already is left alone. */
record Ingestion(JobContext context, String collection, Domain domain, String fingerprint) {
    private static final int SHA256 = PreparedRows.SCHEMA.fieldIndex("sha256");

    /**
     * @param listing rows {@code path, size_bytes, modified}, each path once
     * @param provenance of the files, where they have one
     */
    @SuppressWarnings("try") // the progress line lives as long as its block
    Counts run(Dataset<Row> listing, Optional<Provenance> provenance) {
        Optional<PurgedPhotos> purged = PurgedPhotos.of(context);
        long passedOver = purged.map(photos -> photos.among(listing, "path")).orElse(0L);
        Dataset<Row> wanted =
                purged.map(photos -> photos.without(listing, "path")).orElse(listing);
        KnownFiles known = known(wanted);
        Reingestion work = Reingestion.of(
                context.spark(),
                context.lake().read(Table.IMAGES).filter(col("collection").equalTo(collection)),
                known.pending());
        Set<String> outside = outside(work.added(), wanted);
        long unchanged = known.unchanged() - (work.added().size() - outside.size());
        provenance.ifPresent(Provenance::refresh);
        LongAccumulator decoded = context.sparkContext().sc().longAccumulator("decoded");
        ImagePreparation preparation = new ImagePreparation(context, collection, domain, fingerprint, decoded);
        IngestCommit commit = new IngestCommit(context, collection, work.replaced(), provenance);
        Map<String, Long> reasons = new TreeMap<>(known.quarantined());
        long done = 0;
        int pending = work.pending().size();
        int atATime = context.settings().ingest().imagesPerCommit();
        try (Progress progress = context.progress("ingest " + collection, "images", pending, decoded::value);
                PreparationAhead batches =
                        new PreparationAhead(context, preparation, collection, work.pending(), atATime)) {
            while (batches.hasNext()) {
                PreparationAhead.Batch batch = batches.next();
                context.describe(
                        String.format("ingest %s, images from %,d of %,d", collection, batch.number(), pending));
                List<Row> ours = new ArrayList<>();
                List<Row> others = new ArrayList<>();
                for (Row row : batch.described()) {
                    (outside.contains(row.<String>getAs("path")) ? others : ours).add(row);
                }
                // Of a copy under another name only its bytes tell.
                List<Row> kept = withoutPurged(ours, purged);
                long copies = ours.size() - kept.size();
                long read = kept.size();
                kept.addAll(withoutPurged(withoutLost(others, commit), purged));
                Map<String, Long> refused = commit.write(kept, batch.prepared());
                refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
                refused.forEach((reason, count) -> context.metrics().quarantined(reason, count));
                done += read - Counts.sum(refused);
                passedOver += copies;
            }
        }
        return new Counts(
                done,
                unchanged,
                reasons,
                passedOver,
                0,
                passedOver == 0 ? Map.of() : Map.of(PurgedPhotos.FILTER, passedOver));
    }

    /** Those that this run was not asked for: their rows are brought up to date, and they are none of its counts. */
    private Set<String> outside(Set<String> added, Dataset<Row> listing) {
        Set<String> outside = new HashSet<>(added);
        if (!outside.isEmpty()) {
            names(added)
                    .join(listing.select("path"), "path")
                    .collectAsList()
                    .forEach(row -> outside.remove(row.getString(0)));
        }
        return outside;
    }

    /** A list of its own. */
    private List<Row> withoutPurged(List<Row> described, Optional<PurgedPhotos> purged) {
        if (purged.isEmpty() || described.isEmpty()) {
            return new ArrayList<>(described);
        }
        Dataset<Row> contents = context.spark()
                .createDataset(
                        described.stream()
                                .filter(row -> !row.isNullAt(SHA256))
                                .map(row -> row.getString(SHA256))
                                .distinct()
                                .toList(),
                        Encoders.STRING())
                .toDF("sha256");
        Set<String> others = Set.copyOf(
                purged.get().without(contents, "sha256").as(Encoders.STRING()).collectAsList());
        return described.stream()
                .filter(row -> row.isNullAt(SHA256) || others.contains(row.getString(SHA256)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /**
     * What cannot be read of images that this run was not asked for may be on a disk that is not there today: it keeps its row, as of other settings, so that
     * the next run that is asked for it reads it again. Its content may be in no sample until then.
     */
    private List<Row> withoutLost(List<Row> outside, IngestCommit commit) {
        Set<String> lost = outside.stream()
                .filter(row -> row.getAs("reason") != null)
                .map(row -> row.<String>getAs("path"))
                .collect(Collectors.toSet());
        if (lost.isEmpty()) {
            return outside;
        }
        Dataset<Row> rows = context.lake()
                .read(Table.IMAGES)
                .filter(col("collection").equalTo(collection))
                .join(names(lost), "path")
                .withColumn("settings_fingerprint", lit(""));
        context.lake().upsert(Table.IMAGES, collection, commit.asOfNow(rows));
        return outside.stream()
                .filter(row -> !lost.contains(row.<String>getAs("path")))
                .toList();
    }

    private Dataset<Row> names(Set<String> paths) {
        return context.spark()
                .createDataset(List.copyOf(paths), Encoders.STRING())
                .toDF("path")
                .hint("broadcast");
    }

    private KnownFiles known(Dataset<Row> listing) {
        Dataset<Row> accepted = context.lake()
                .read(Table.IMAGES)
                .filter(col("collection")
                        .equalTo(collection)
                        .and(col("settings_fingerprint").equalTo(fingerprint)));
        Dataset<Row> refused = context.lake()
                .read(Table.QUARANTINE)
                .filter(col("job")
                        .equalTo("ingest")
                        .and(col("collection").equalTo(collection))
                        .and(col("settings_fingerprint").equalTo(fingerprint)));
        return KnownFiles.of(listing, accepted, refused);
    }
}
