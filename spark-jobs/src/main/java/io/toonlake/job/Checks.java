package io.toonlake.job;

import io.toonlake.table.Collections;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;

/** What jobs check of their arguments before they start. */
final class Checks {
    private Checks() {}

    /** A collection's name is a partition of tables, a folder and part of messages. */
    static void collectionName(String option, String name) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new UsageException("Invalid " + option + ": " + name
                    + " (use 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit)");
        }
    }

    /** The collection exists and is of this domain. */
    static void collectionOf(Domain domain, String option, String name, Lake lake) {
        collectionName(option, name);
        Collections collections = new Collections(lake);
        Domain found = collections
                .domain(name)
                .orElseThrow(() -> new UsageException("Invalid " + option + ": " + name + " (no such collection in "
                        + lake.root() + "; its " + domain + " collections are: " + collections.names(domain) + ")"));
        if (found != domain) {
            throw new UsageException("Invalid " + option + ": " + name + " (it holds " + found + "s, and " + domain
                    + "s are needed; the " + domain + " collections are: " + collections.names(domain) + ")");
        }
    }
}
