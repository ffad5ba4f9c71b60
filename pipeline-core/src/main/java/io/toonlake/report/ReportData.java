package io.toonlake.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything a report shows. Lists come in the order in which they are shown; any of them may be empty.
 *
 * @param title the page's title
 * @param tables where the tables are
 * @param made when the data was read
 * @param notes what a reader has to know first, such as how little a demo's model was trained; one paragraph each
 * @param collections one row a collection
 * @param audits what collections look like, as far as that was asked for
 * @param stylized how many pictures each model made
 * @param pictures photos beside what models made of them
 * @param edges cartoons beside their edge-smoothed versions
 * @param trainings one a training run
 * @param quarantineReasons how many images were refused, by reason: all of them, however few of them are listed
 * @param quarantine refused images, at least as many as shall be listed
 * @param models the models there are
 * @param runs the latest first
 */
public record ReportData(
        String title,
        String tables,
        Instant made,
        List<String> notes,
        List<CollectionCounts> collections,
        List<CollectionAudit> audits,
        List<StylizedCount> stylized,
        List<Comparison> pictures,
        List<Comparison> edges,
        List<TrainingCurve> trainings,
        Map<String, Long> quarantineReasons,
        List<QuarantinedImage> quarantine,
        List<ModelSummary> models,
        List<RunSummary> runs) {

    public ReportData {
        notes = List.copyOf(notes);
        collections = List.copyOf(collections);
        audits = List.copyOf(audits);
        stylized = List.copyOf(stylized);
        pictures = List.copyOf(pictures);
        edges = List.copyOf(edges);
        trainings = List.copyOf(trainings);
        quarantineReasons = Map.copyOf(quarantineReasons);
        quarantine = List.copyOf(quarantine);
        models = List.copyOf(models);
        runs = List.copyOf(runs);
    }

    /** All collections together; its name is {@code all}. */
    public CollectionCounts total() {
        CollectionCounts total = new CollectionCounts("", "all", 0, 0, 0, 0, 0, 0, 0);
        for (CollectionCounts collection : collections) {
            total = total.plus(collection);
        }
        return total;
    }

    /** All refused images. */
    public long quarantined() {
        return quarantineReasons.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Counts that contradict each other, one sentence each: shown, because a report that hides them is worth nothing. */
    public List<String> contradictions() {
        List<String> found = new ArrayList<>();
        for (CollectionCounts counts : collections) {
            if (counts.train() + counts.test() != counts.accepted()) {
                found.add("Collection " + counts.name() + ": " + counts.train() + " train + " + counts.test()
                        + " test pictures are not its " + counts.accepted() + " accepted ones");
            }
        }
        if (quarantined() < total().quarantined()) {
            found.add("The collections count " + total().quarantined() + " quarantined images, the reasons only "
                    + quarantined());
        }
        if (quarantine.size() > quarantined()) {
            found.add("The quarantine lists " + quarantine.size() + " images, the reasons count only " + quarantined());
        }
        return found;
    }
}
