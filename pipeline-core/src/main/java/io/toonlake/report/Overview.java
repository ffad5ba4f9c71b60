package io.toonlake.report;

import java.util.List;

/** What the lake holds: counts that add up, and what has to be known first. */
final class Overview {

    private Overview() {}

    static void write(Html html, ReportData data) {
        html.open("header");
        html.element("h1", data.title());
        html.open("p", "class", "where").text("Tables at ").element("code", data.tables());
        html.text(" as of " + Words.time(data.made())).close().close();
        for (String note : data.notes()) {
            html.element("p", note, "class", "note");
        }
        for (String contradiction : data.contradictions()) {
            html.element("p", "These counts do not add up. " + contradiction + ".", "class", "note warning");
        }
        Sections.begin(html, "holds", "What this lake holds");
        CollectionCounts total = data.total();
        long stylized =
                data.stylized().stream().mapToLong(StylizedCount::pictures).sum();
        html.open("div", "class", "cards");
        card(html, total.read(), "images read", equation(total));
        card(html, total.samples(), "training samples", "crops of accepted pictures");
        card(html, total.edgeSmoothed(), "edge-smoothed", "cartoon samples without clean edges");
        card(
                html,
                stylized,
                "pictures stylized",
                "by " + Words.count(data.stylized().size(), "model"));
        html.close();
        collections(html, data.collections(), total);
        stylized(html, data.stylized());
        html.close();
    }

    private static void card(Html html, long number, String what, String detail) {
        html.open("div", "class", "card");
        html.element("strong", Words.count(number)).element("span", what, "class", "what");
        html.element("span", detail, "class", "detail").close();
    }

    private static String equation(CollectionCounts total) {
        return "= " + Words.count(total.accepted()) + " accepted + " + Words.count(total.duplicates())
                + " duplicates + " + Words.count(total.quarantined()) + " quarantined";
    }

    private static void collections(Html html, List<CollectionCounts> collections, CollectionCounts total) {
        if (collections.isEmpty()) {
            Sections.nothing(html, "No collection has been ingested yet.");
            return;
        }
        Sections.table(
                html,
                "Collection",
                "Domain",
                "#Read",
                "#Accepted",
                "#Duplicates",
                "#Quarantined",
                "#Train",
                "#Test",
                "#Samples",
                "#Edge-smoothed");
        collections.forEach(counts -> row(html, counts, "row"));
        if (collections.size() > 1) {
            row(html, total, "total");
        }
        Sections.endTable(html);
        html.element("p", "Read = accepted + duplicates + quarantined. Accepted = train + test.", "class", "small");
    }

    private static void row(Html html, CollectionCounts counts, String kind) {
        html.open("tr", "class", kind);
        html.element("th", counts.name(), "scope", "row").element("td", counts.domain());
        Sections.number(html, counts.read());
        Sections.number(html, counts.accepted());
        Sections.number(html, counts.duplicates());
        Sections.number(html, counts.quarantined());
        Sections.number(html, counts.train());
        Sections.number(html, counts.test());
        Sections.number(html, counts.samples());
        Sections.number(html, counts.edgeSmoothed());
        html.close();
    }

    private static void stylized(Html html, List<StylizedCount> stylized) {
        if (stylized.isEmpty()) {
            return;
        }
        Sections.table(html, "Model", "#Pictures stylized");
        for (StylizedCount count : stylized) {
            html.open("tr").element("th", count.model(), "scope", "row");
            Sections.number(html, count.pictures());
            html.close();
        }
        Sections.endTable(html);
    }
}
