package io.toonlake.report;

import java.util.Base64;
import java.util.List;

/** Pictures to be compared, side by side; the page's script can lay pairs of them over each other. */
final class Pictures {

    /** A page of more would be tens of megabytes, even of small pictures. */
    static final int MAX_COMPARISONS = 24;

    private Pictures() {}

    static void writeStylized(Html html, ReportData data) {
        Sections.begin(html, "pictures", "Before and after");
        comparisons(html, data.pictures(), "No picture has been stylized yet.");
        html.close();
    }

    static void writeEdges(Html html, ReportData data) {
        Sections.begin(html, "edges", "Edge-smoothed cartoons");
        html.element(
                "p",
                "The discriminator sees cartoons as real, and the same cartoons with their edges blurred as false: so the"
                        + " generator learns that edges matter.");
        comparisons(html, data.edges(), "No cartoon has been edge-smoothed yet.");
        html.close();
    }

    private static void comparisons(Html html, List<Comparison> comparisons, String none) {
        if (comparisons.isEmpty()) {
            Sections.nothing(html, none);
            return;
        }
        if (comparisons.stream().anyMatch(Pictures::isPair)) {
            html.element("button", "Compare with a slider", "type", "button", "class", "compare", "hidden", "");
        }
        html.open("div", "class", "pairs");
        comparisons.stream().limit(MAX_COMPARISONS).forEach(each -> comparison(html, each));
        html.close();
        if (comparisons.size() > MAX_COMPARISONS) {
            html.element(
                    "p", "… and " + Words.count(comparisons.size() - MAX_COMPARISONS) + " more.", "class", "small");
        }
    }

    private static boolean isPair(Comparison comparison) {
        return comparison.views().size() == 2;
    }

    private static void comparison(Html html, Comparison comparison) {
        List<Comparison.View> views = comparison.views();
        html.open("figure", "class", isPair(comparison) ? "pair" : "row").open("div", "class", "views");
        for (Comparison.View view : views) {
            view(html, view == views.get(0) ? "before" : "after", view.label(), view.picture(), comparison.caption());
        }
        if (isPair(comparison)) {
            html.empty(
                    "input",
                    "type",
                    "range",
                    "min",
                    "0",
                    "max",
                    "100",
                    "value",
                    "50",
                    "hidden",
                    "",
                    "aria-label",
                    "Where " + views.get(1).label() + " begins");
        }
        html.close().element("figcaption", comparison.caption()).close();
    }

    static void view(Html html, String side, String label, Picture picture, String caption) {
        String data =
                "data:" + picture.mediaType() + ";base64," + Base64.getEncoder().encodeToString(picture.bytes());
        html.open("div", "class", "view " + side);
        html.empty(
                "img",
                "src",
                data,
                "width",
                "" + picture.width(),
                "height",
                "" + picture.height(),
                "alt",
                label + ": " + caption);
        html.element("span", label, "class", "label").close();
    }
}
