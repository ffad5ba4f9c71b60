package io.toonlake.flickr;

import io.toonlake.flickr.BrokenLine.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.regex.Pattern;

/** How what Flickr says of a photo is written, wherever it is said. Nothing, or the word {@code null}, means unknown. */
final class PhotoFields {
    static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    static final Pattern NSID = Pattern.compile("[0-9]{1,18}@N[0-9]{2,3}");
    static final Pattern URL = Pattern.compile("https?://[^\\s/]+/\\S*");

    private static final Pattern TAKEN =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?");
    /** How Flickr writes a date that nobody knows, apart from leaving it out. */
    private static final String ZERO_DATE = "0000-00-00 00:00:00";
    /** Up to the year 5138: what is longer are milliseconds. */
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

    private static final Pattern DEGREES = Pattern.compile("-?[0-9]{1,3}(\\.[0-9]{1,20})?");
    private static final Pattern ACCURACY = Pattern.compile("[0-9]|1[0-6]");

    /** A message is for people; the whole line is kept beside it. */
    private static final int SHOWN = 60;

    private PhotoFields() {}

    static boolean unknown(String field) {
        return field == null || field.isEmpty() || field.equals("null");
    }

    static String matching(Pattern pattern, String field, Reason reason, String what) throws Broken {
        if (!pattern.matcher(field).matches()) {
            throw broken(reason, what, field);
        }
        return field;
    }

    static LocalDateTime taken(String date) throws Broken {
        if (unknown(date) || date.startsWith(ZERO_DATE)) {
            return null;
        }
        try {
            return LocalDateTime.parse(
                    matching(TAKEN, date, Reason.BAD_DATE, "date taken").replace(' ', 'T'));
        } catch (DateTimeException e) {
            throw broken(Reason.BAD_DATE, "date taken", date);
        }
    }

    static Instant uploaded(String field) throws Broken {
        return unknown(field)
                ? null
                : Instant.ofEpochSecond(Long.parseLong(matching(SECONDS, field, Reason.BAD_DATE, "date uploaded")));
    }

    static Double degrees(String field, int most, String what) throws Broken {
        if (unknown(field)) {
            return null;
        }
        double degrees = Double.parseDouble(matching(DEGREES, field, Reason.BAD_PLACE, what));
        if (Math.abs(degrees) > most) {
            throw broken(Reason.BAD_PLACE, what, field);
        }
        return degrees;
    }

    static Integer accuracy(String field) throws Broken {
        return unknown(field) ? null : Integer.valueOf(matching(ACCURACY, field, Reason.BAD_PLACE, "accuracy"));
    }

    static Broken broken(Reason reason, String what, String field) {
        return new Broken(new BrokenLine(reason, "Invalid " + what + ": " + shown(field)));
    }

    static String shown(String field) {
        return field.length() <= SHOWN ? field : field.substring(0, SHOWN) + "…";
    }

    /** Leads out of the middle of a record; among millions of lines a stack trace of each would be dear. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient BrokenLine line;

        Broken(BrokenLine line) {
            super(line.message(), null, false, false);
            this.line = line;
        }

        BrokenLine line() {
            return line;
        }
    }
}
