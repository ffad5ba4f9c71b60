package io.toonlake.report;

import java.util.Map;

/** What sections have in common. */
final class Sections {

    private Sections() {}

    static void begin(Html html, String id, String title) {
        html.open("section", "id", id).element("h2", title);
    }

    /** What stands in place of an empty table. */
    static void nothing(Html html, String text) {
        html.element("p", text, "class", "nothing");
    }

    /** Opens a table with its head; the caller fills the body and closes table, body and frame with {@link #endTable}. */
    static void table(Html html, String... columns) {
        table(html, "frame", columns);
    }

    /** The same in a frame of limited height. */
    static void longTable(Html html, String... columns) {
        table(html, "frame long", columns);
    }

    private static void table(Html html, String frame, String[] columns) {
        html.open("div", "class", frame, "tabindex", "0")
                .open("table")
                .open("thead")
                .open("tr");
        for (String column : columns) {
            boolean number = column.startsWith("#");
            html.element(
                    "th", number ? column.substring(1) : column, "scope", "col", "class", number ? "number" : "text");
        }
        html.close().close().open("tbody");
    }

    static void endTable(Html html) {
        html.close().close().close();
    }

    static void number(Html html, long value) {
        html.element("td", Words.count(value), "class", "number");
    }

    /** Keys and values below each other. */
    static void facts(Html html, Map<String, String> facts) {
        html.open("dl");
        facts.forEach((key, value) -> html.element("dt", key)
                .open("dd")
                .element("code", Words.cut(value))
                .close());
        html.close();
    }
}
