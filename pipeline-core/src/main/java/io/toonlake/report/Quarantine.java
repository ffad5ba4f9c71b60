package io.toonlake.report;

import java.util.Comparator;
import java.util.Map;

/** Refused images: how many for which reason, and the first of them with what is wrong. */
final class Quarantine {

    static final int MAX_ROWS = 200;

    private static final int BAR_UNITS = 1000;

    private Quarantine() {}

    static void write(Html html, ReportData data) {
        Sections.begin(html, "quarantine", "Quarantine");
        long all = data.quarantined();
        if (all == 0 && data.quarantine().isEmpty()) {
            Sections.nothing(html, "Nothing was refused.");
            html.close();
            return;
        }
        html.element("p", Words.count(all, "image") + " refused, kept where " + (all == 1 ? "it was." : "they were."));
        reasons(html, data, all);
        rows(html, data, all);
        html.close();
    }

    private static void reasons(Html html, ReportData data, long all) {
        Sections.table(html, "Reason", "#Images", "#Share", "");
        data.quarantineReasons().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(reason -> {
                    html.open("tr")
                            .open("th", "scope", "row")
                            .element("code", reason.getKey())
                            .close();
                    Sections.number(html, reason.getValue());
                    html.element("td", Words.percent(reason.getValue(), all), "class", "number");
                    bar(html, reason.getValue(), all);
                    html.close();
                });
        Sections.endTable(html);
    }

    private static void bar(Html html, long part, long all) {
        html.open("td", "class", "bar");
        html.open("svg", "viewBox", "0 0 " + BAR_UNITS + " 10", "preserveAspectRatio", "none", "aria-hidden", "true");
        html.open(
                "rect",
                "width",
                "" + Math.max(1, Math.round((double) BAR_UNITS * part / Math.max(1, all))),
                "height",
                "10");
        html.close().close().close();
    }

    private static void rows(Html html, ReportData data, long all) {
        if (data.quarantine().isEmpty()) {
            return;
        }
        Sections.longTable(html, "Image", "Reason", "What is wrong", "Refused by");
        data.quarantine().stream().limit(MAX_ROWS).forEach(image -> {
            html.open("tr")
                    .open("td", "class", "path")
                    .element("code", Words.cut(image.path()))
                    .close();
            html.open("td").element("code", image.reason()).close();
            html.element("td", Words.cut(image.message()), "class", "message");
            html.element("td", image.collection().isEmpty() ? image.job() : image.job() + " of " + image.collection());
            html.close();
        });
        Sections.endTable(html);
        long more = all - Math.min(MAX_ROWS, data.quarantine().size());
        if (more > 0) {
            html.element(
                    "p", "… and " + Words.count(more) + " more: table quarantine lists them all.", "class", "small");
        }
    }
}
