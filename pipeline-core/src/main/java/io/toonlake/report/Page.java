package io.toonlake.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the sections, styles, scripts and chart data of a report into the page's template. */
final class Page {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

    private Page() {}

    static String of(ReportData data) {
        String library = "/*\n" + Resource.uplot("LICENSE").strip() + "\n*/\n"
                + Resource.uplot("dist/uPlot.iife.min.js").strip();
        String script = Resource.own("report.js");
        String style = Resource.uplot("dist/uPlot.min.css") + "\n" + Resource.own("report.css");
        String policy = "default-src 'none'; img-src data:; script-src " + hash(library) + " " + hash(script)
                + "; style-src " + hash(style) + "; base-uri 'none'; form-action 'none'";
        return fill(
                Resource.own("report.html"),
                Map.of(
                        "title", Html.escape(data.title()),
                        "policy", policy,
                        "style", style,
                        "content", content(data),
                        "charts", ReportJson.inScript(LossChart.of(data.trainings())),
                        "library", library,
                        "script", script));
    }

    private static String content(ReportData data) {
        Html html = new Html();
        Overview.write(html, data);
        Audit.write(html, data);
        Pictures.writeStylized(html, data);
        Losses.write(html, data);
        Pictures.writeEdges(html, data);
        Quarantine.write(html, data);
        Models.write(html, data);
        Runs.write(html, data);
        return html.toString();
    }

    /** One pass over the template, so that data which looks like a place is not filled in its turn. */
    private static String fill(String template, Map<String, String> parts) {
        return PLACE.matcher(template).replaceAll(place -> {
            String part = parts.get(place.group(1));
            if (part == null) {
                throw new IllegalStateException(
                        "Nothing to put at {{" + place.group(1) + "}} of the report's template");
            }
            return Matcher.quoteReplacement(part);
        });
    }

    /** How a Content-Security-Policy names an element by its text. */
    private static String hash(String text) {
        byte[] digest = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }
}
