package io.toonlake.job;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One thing that {@code doctor} looked at.
 *
 * @param where driver, or executor and its machine
 * @param what was looked at
 * @param said what there is or, where it is wrong, what is wrong and the way out
 */
record Finding(Kind kind, String where, String what, String said) implements Serializable, Comparable<Finding> {
    enum Kind {
        GOOD("ok"),
        /** Nothing wrong, and something to know. */
        NOTE("note"),
        /** A store's fault, which may pass. */
        STORE("WRONG"),
        WRONG("WRONG");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static Finding good(String where, String what, String said) {
        return new Finding(Kind.GOOD, where, what, said);
    }

    static Finding note(String where, String what, String said) {
        return new Finding(Kind.NOTE, where, what, said);
    }

    static Finding ofStore(String where, String what, String said) {
        return new Finding(Kind.STORE, where, what, said);
    }

    static Finding wrong(String where, String what, String said) {
        return new Finding(Kind.WRONG, where, what, said);
    }

    boolean isWrong() {
        return kind == Kind.STORE || kind == Kind.WRONG;
    }

    @Override
    public int compareTo(Finding other) {
        return Comparator.comparing(Finding::where)
                .thenComparing(Finding::what)
                .thenComparing(Finding::said)
                .compare(this, other);
    }
}
