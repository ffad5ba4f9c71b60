/**
 * What a lake holds and how its models were trained, as one HTML page that needs nothing else, and as JSON.
 *
 * <p>{@link io.toonlake.report.ReportWriter} takes plain records, so whoever reads the tables needs to know nothing of HTML.
 * Styles, the chart library and the pictures are inside of the page. It asks no network for anything, and its
 * Content-Security-Policy forbids it to: only the scripts and styles whose hashes the page names may run. Paths and messages
 * come from files that strangers made, so all text is escaped, and what would be invisible or turn the direction of
 * writing is shown as an escape.
 */
package io.toonlake.report;
