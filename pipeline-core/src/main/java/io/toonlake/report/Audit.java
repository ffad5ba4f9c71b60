package io.toonlake.report;

import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The collections, to be looked at before anything is trained on them. */
final class Audit {
    private static final int BAR_UNITS = 1000;

    private Audit() {}

    static void write(Html html, ReportData data) {
        Sections.begin(html, "collections", "Collections");
        if (data.audits().isEmpty()) {
            Sections.nothing(html, "No collection has been ingested yet.");
        } else {
            balance(html, data.collections());
            data.audits().forEach(audit -> collection(html, audit));
        }
        html.close();
    }

    /** Training takes as many cartoons a step as photos, whatever there is of each: the fewer are seen more often. */
    private static void balance(Html html, List<CollectionCounts> collections) {
        long photos = samples(collections, "photo");
        long cartoons = samples(collections, "cartoon");
        if (photos == 0 || cartoons == 0) {
            return;
        }
        boolean morePhotos = photos >= cartoons;
        html.element(
                "p",
                Words.count(photos, "photo sample") + " and " + Words.count(cartoons, "cartoon sample")
                        + ". A step of training takes as many of each, so that a "
                        + (morePhotos ? "cartoon" : "photo") + " is seen "
                        + String.format(
                                Locale.ROOT, "%.1f", (double) Math.max(photos, cartoons) / Math.min(photos, cartoons))
                        + " times while every " + (morePhotos ? "photo" : "cartoon") + " is seen once.");
    }

    private static long samples(List<CollectionCounts> collections, String domain) {
        return collections.stream()
                .filter(counts -> counts.domain().equals(domain))
                .mapToLong(CollectionCounts::samples)
                .sum();
    }

    private static void collection(Html html, CollectionAudit audit) {
        html.open("section", "class", "audit").element("h3", audit.name() + " (" + audit.domain() + "s)");
        if (!audit.sheet().isEmpty()) {
            html.open("div", "class", "sheet");
            for (Picture picture : audit.sheet()) {
                html.empty(
                        "img",
                        "src",
                        "data:" + picture.mediaType() + ";base64,"
                                + Base64.getEncoder().encodeToString(picture.bytes()),
                        "width",
                        "" + picture.width(),
                        "height",
                        "" + picture.height(),
                        "alt",
                        "sample of " + audit.name());
            }
            html.close();
        }
        if (audit.measured() > 0) {
            html.element(
                    "p",
                    String.format(
                            Locale.ROOT,
                            "Of %s: mean brightness %.0f of 255, mean contrast %.0f.",
                            Words.count(audit.measured(), "sample"),
                            audit.brightness(),
                            audit.contrast()),
                    "class",
                    "small");
        }
        html.open("div", "class", "histograms");
        audit.histograms().forEach(histogram -> histogram(html, histogram));
        html.close();
        repeated(html, audit.repeated());
        html.close();
    }

    private static void histogram(Html html, Histogram histogram) {
        html.open("div", "class", "histogram")
                .element("h4", histogram.title())
                .open("table")
                .open("tbody");
        long most =
                histogram.bars().stream().mapToLong(Histogram.Bar::count).max().orElse(0);
        for (Histogram.Bar bar : histogram.bars()) {
            html.open("tr").element("th", bar.label(), "scope", "row");
            html.open("td", "class", "bar");
            html.open(
                    "svg", "viewBox", "0 0 " + BAR_UNITS + " 10", "preserveAspectRatio", "none", "aria-hidden", "true");
            long width = bar.count() == 0 ? 0 : Math.max(1, Math.round((double) BAR_UNITS * bar.count() / most));
            html.open("rect", "width", "" + width, "height", "10")
                    .close()
                    .close()
                    .close();
            Sections.number(html, bar.count());
            html.element("td", Words.percent(bar.count(), histogram.all()), "class", "number")
                    .close();
        }
        html.close().close().close();
    }

    private static void repeated(Html html, List<Histogram.Bar> repeated) {
        if (repeated.isEmpty()) {
            return;
        }
        Sections.table(html, "Repeated most", "#Near-duplicates of it");
        for (Histogram.Bar original : repeated) {
            html.open("tr")
                    .open("th", "scope", "row", "class", "path")
                    .element("code", Words.cut(original.label()))
                    .close();
            Sections.number(html, original.count());
            html.close();
        }
        Sections.endTable(html);
    }
}
