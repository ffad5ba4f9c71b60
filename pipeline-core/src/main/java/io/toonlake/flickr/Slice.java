package io.toonlake.flickr;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A part of the time in which photos were uploaded.
 *
 * @param from seconds since 1970
 * @param to the first second after it
 */
public record Slice(long from, long to) implements Comparable<Slice> {
    private static final Comparator<Slice> ORDER =
            Comparator.comparingLong(Slice::from).thenComparingLong(Slice::to);

    /** From the second that holds {@code since} up to the one that holds the last moment before {@code before}. */
    public static Slice of(Instant since, Instant before) {
        return new Slice(since.getEpochSecond(), ceiling(before));
    }

    static long ceiling(Instant time) {
        return time.getEpochSecond() + (time.getNano() > 0 ? 1 : 0);
    }

    public boolean isEmpty() {
        return to <= from;
    }

    public long seconds() {
        return Math.max(0, to - from);
    }

    /** The year, in UTC, in which it begins. */
    public int year() {
        return Instant.ofEpochSecond(from).atZone(ZoneOffset.UTC).getYear();
    }

    /** The years, in UTC, that have a part in it, whole. */
    List<Slice> years() {
        List<Slice> years = new ArrayList<>();
        for (int year = year(); !isEmpty() && start(year) < to; year++) {
            years.add(new Slice(start(year), start(year + 1)));
        }
        return years;
    }

    private static long start(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    }

    /** Two halves that hold it, of which the first is the shorter one where seconds are odd. */
    List<Slice> halves() {
        long middle = from + seconds() / 2;
        return List.of(new Slice(from, middle), new Slice(middle, to));
    }

    /** The smallest of its halves, halves of halves and so on that holds a part of it: to halve a larger one would leave the part as it is. */
    Slice smallestAround(Slice part) {
        for (Slice half : halves()) {
            if (half.holds(part) && half.seconds() < seconds()) {
                return half.smallestAround(part);
            }
        }
        return this;
    }

    /** What both have in common, which may be nothing. */
    Slice within(Slice other) {
        return new Slice(Math.max(from, other.from), Math.min(to, other.to));
    }

    /** Whether the other is a part of this one. */
    public boolean holds(Slice other) {
        return from <= other.from && other.to <= to;
    }

    @Override
    public int compareTo(Slice other) {
        return ORDER.compare(this, other);
    }
}
