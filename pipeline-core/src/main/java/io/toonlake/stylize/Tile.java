package io.toonlake.stylize;

/** A rectangle of a map. */
record Tile(Span rows, Span columns) {
    int height() {
        return rows.length();
    }

    int width() {
        return columns.length();
    }

    int pixels() {
        return height() * width();
    }
}
