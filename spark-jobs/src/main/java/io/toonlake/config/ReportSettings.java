package io.toonlake.config;

/**
 * Settings of {@code report}: how much of the tables one page shows.
 *
 * @param maxPictures of each kind
 * @param pictureEdgePixels longest side of a photo or its cartoon on the page; 0 for full resolution
 * @param maxQuarantineRows of the refused images
 * @param auditSamples samples of each collection whose brightness is measured; 0 for no audit
 * @param sheetSamples samples of each collection that are shown
 */
public record ReportSettings(
        int maxPictures, int pictureEdgePixels, int maxQuarantineRows, int auditSamples, int sheetSamples) {

    static ReportSettings read(SettingsReader reader) {
        return new ReportSettings(
                reader.intBetween("report.max-pictures", 0, 100),
                reader.intBetween("report.picture-edge-pixels", 0, 1_000_000),
                reader.intBetween("report.max-quarantine-rows", 0, 10_000),
                reader.intBetween("report.audit-samples", 0, 5_000),
                reader.intBetween("report.sheet-samples", 0, 500));
    }
}
