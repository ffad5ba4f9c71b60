package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.storage.SourceFile;
import io.toonlake.table.Domain;
import io.toonlake.table.Table;
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
        try (Progress progress = context.progress("ingest " + collection, "images", pending, decoded::value)) {
            for (int from = 0; from < pending; from += atATime) {
                context.describe(String.format("ingest %s, images from %,d of %,d", collection, from + 1, pending));
                List<SourceFile> batch = work.pending().subList(from, Math.min(pending, from + atATime));
                Dataset<Row> prepared = preparation.prepare(batch);
                Set<String> elsewhere = batch.stream()
                        .map(SourceFile::path)
                        .filter(outside::contains)
                        .collect(Collectors.toSet());
                try {
                    Dataset<Row> ours = elsewhere.isEmpty()
                            ? prepared
                            : prepared.join(names(elsewhere), JoinColumns.of("path"), "left_anti");
                    // Of a copy under another name only its bytes tell.
                    long copies =
                            purged.map(photos -> photos.among(ours, "sha256")).orElse(0L);
                    Dataset<Row> kept = elsewhere.isEmpty() ? prepared : withoutLost(prepared, elsewhere, commit);
                    Map<String, Long> refused = commit.write(
                            purged.isEmpty() || (copies == 0 && elsewhere.isEmpty())
                                    ? kept
                                    : purged.get().without(kept, "sha256"));
                    refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
                    refused.forEach((reason, count) -> context.metrics().quarantined(reason, count));
                    done += batch.size() - elsewhere.size() - Counts.sum(refused) - copies;
                    passedOver += copies;
                } finally {
                    prepared.unpersist();
                }
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

    /**
     * What cannot be read of them may be on a disk that is not there today: it keeps its row, as of other settings, so that the next run that is asked for it
     * reads it again. Its content may be in no sample until then.
     */
    private Dataset<Row> withoutLost(Dataset<Row> prepared, Set<String> elsewhere, IngestCommit commit) {
        List<String> lost = prepared.filter(col("reason").isNotNull())
                .join(names(elsewhere), "path")
                .select("path")
                .as(Encoders.STRING())
                .collectAsList();
        if (lost.isEmpty()) {
            return prepared;
        }
        Dataset<Row> rows = context.lake()
                .read(Table.IMAGES)
                .filter(col("collection").equalTo(collection))
                .join(names(Set.copyOf(lost)), "path")
                .withColumn("settings_fingerprint", lit(""));
        context.lake().upsert(Table.IMAGES, collection, commit.asOfNow(rows));
        return prepared.join(names(Set.copyOf(lost)), JoinColumns.of("path"), "left_anti");
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
