package io.toonlake.report;

/** Writes a report as a page and as JSON. */
public final class ReportWriter {

    /** One HTML page, to be saved as UTF-8, that needs no other file and no network. */
    public String html(ReportData data) {
        return Page.of(data);
    }

    /**
     * The same data for programs. Pictures are named by media type, size and SHA-256 in place of their bytes; numbers that
     * are none (NaN) are null; times are ISO-8601 in UTC.
     */
    public String json(ReportData data) {
        return ReportJson.of(data);
    }
}
