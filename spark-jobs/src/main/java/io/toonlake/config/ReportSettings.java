package io.toonlake.config;

/** Settings of {@code report}: how much of the tables one page shows. */
public record ReportSettings(int maxPictures, int maxQuarantineRows) {

    static ReportSettings read(SettingsReader reader) {
        return new ReportSettings(
                reader.intBetween("report.max-pictures", 0, 100),
                reader.intBetween("report.max-quarantine-rows", 0, 10_000));
    }
}
