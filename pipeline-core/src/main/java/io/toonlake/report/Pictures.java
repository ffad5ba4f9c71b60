package io.toonlake.report;

import java.util.Base64;
import java.util.List;

/** Pairs of pictures, side by side; the page's script can lay them over each other. */
final class Pictures {

    /** A page of more would be tens of megabytes. */
    static final int MAX_PAIRS = 24;

    private Pictures() {}

    static void writeStylized(Html html, ReportData data) {
        Sections.begin(html, "pictures", "Before and after");
        pairs(html, data.pictures(), "No picture has been stylized yet.");
        html.close();
    }

    static void writeEdges(Html html, ReportData data) {
        Sections.begin(html, "edges", "Edge-smoothed cartoons");
        html.element(
                "p",
                "The discriminator sees cartoons as real, and the same cartoons with their edges blurred as false: so the"
                        + " generator learns that edges matter.");
        pairs(html, data.edges(), "No cartoon has been edge-smoothed yet.");
        html.close();
    }

    private static void pairs(Html html, List<PicturePair> pairs, String none) {
        if (pairs.isEmpty()) {
            Sections.nothing(html, none);
            return;
        }
        html.element("button", "Compare with a slider", "type", "button", "class", "compare", "hidden", "");
        html.open("div", "class", "pairs");
        pairs.stream().limit(MAX_PAIRS).forEach(pair -> pair(html, pair));
        html.close();
        if (pairs.size() > MAX_PAIRS) {
            html.element("p", "… and " + Words.count(pairs.size() - MAX_PAIRS) + " more.", "class", "small");
        }
    }

    private static void pair(Html html, PicturePair pair) {
        html.open("figure", "class", "pair").open("div", "class", "views");
        view(html, "before", pair.beforeLabel(), pair.before(), pair.caption());
        view(html, "after", pair.afterLabel(), pair.after(), pair.caption());
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
                "Where " + pair.afterLabel() + " begins");
        html.close().element("figcaption", pair.caption()).close();
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
