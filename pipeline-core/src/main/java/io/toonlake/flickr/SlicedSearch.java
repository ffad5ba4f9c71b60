package io.toonlake.flickr;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A search that finds more than Flickr gives for one, which is 4,000 photos: past them it repeats what it gave. It is split by the time of upload, year by
 * year and then half by half, until each slice has few enough. Where slices are split does not depend on when a run begins or what it was asked for, so that
 * the next run comes to the same slices, and finds them kept.
 */
public final class SlicedSearch {
    /** Times that the pages of a slice are begun with again: in a slice that shrinks and shrinks a photo may be missed. */
    private static final int MOST_BEGINNINGS = 3;

    private final FlickrApi api;
    private final FlickrQuery query;
    private final int perPage;
    private final int mostResults;
    private final KeptSlices kept;
    private final LongConsumer progress;
    private long alreadyKept;
    private long outOfReach;

    /**
     * @param perPage photos that are asked for at a time, at most
     * @param mostResults photos that Flickr gives for one search
     * @param progress gets the seconds of each slice that is kept
     */
    public SlicedSearch(
            FlickrApi api, FlickrQuery query, int perPage, int mostResults, KeptSlices kept, LongConsumer progress) {
        this.api = api;
        this.query = query;
        this.perPage = query.perPage(Math.min(perPage, mostResults));
        this.mostResults = mostResults;
        this.kept = kept;
        this.progress = progress;
    }

    /** Slices that were kept before this run. */
    public long alreadyKept() {
        return alreadyKept;
    }

    /** Photos that Flickr tells of and does not give, of slices that cannot be split. */
    public long outOfReach() {
        return outOfReach;
    }

    /**
     * Searches for what was uploaded in a time, and returns its slices, all of which are kept then.
     *
     * @throws FlickrException where Flickr does not answer; what was kept until then stays
     */
    public List<Slice> run(Slice period) throws InterruptedException {
        List<Slice> slices = new ArrayList<>();
        for (Slice year : period.years()) {
            search(year, period, slices);
        }
        return slices;
    }

    private void search(Slice whole, Slice period, List<Slice> slices) throws InterruptedException {
        Slice slice = whole.within(period);
        if (slice.isEmpty()) {
            return;
        }
        if (kept.isDone(slice)) {
            alreadyKept++;
        } else {
            Optional<List<String>> lines = kept.holdsPartOf(slice) ? Optional.empty() : photos(slice);
            if (lines.isEmpty()) {
                for (Slice half : whole.smallestAround(slice).halves()) {
                    search(half, period, slices);
                }
                return;
            }
            kept.keep(slice, lines.get());
        }
        slices.add(slice);
        progress.accept(slice.seconds());
    }

    /** A line a photo; nothing where there are more than a search gives and the slice can be split. */
    private Optional<List<String>> photos(Slice slice) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        long toldBefore = 0;
        int shrunk = 0;
        for (long page = 1; ; page++) {
            JsonNode photos = api.call("flickr.photos.search", parameters(slice, page), "photos", "photo");
            long told = photos.path("total").asLong();
            if (told > mostResults && slice.seconds() > 1) {
                return Optional.empty();
            }
            long reach = Math.min(told, mostResults);
            boolean isShort = photos.get("photo").isEmpty() && lines.size() < reach;
            if ((told < toldBefore || isShort) && shrunk < MOST_BEGINNINGS) {
                // A photo is gone meanwhile, and another has moved up to a page that was asked for; or a page came
                // empty that was told to hold some.
                shrunk++;
                lines.clear();
                toldBefore = 0;
                page = 0;
                continue;
            }
            toldBefore = told;
            for (JsonNode photo : photos.get("photo")) {
                // What comes then was there before.
                if (lines.size() < mostResults) {
                    lines.add(photo.toString());
                }
            }
            // Flickr may give less a page than it was asked for.
            long seen = page * Math.max(1, photos.path("perpage").asLong(perPage));
            if (photos.get("photo").isEmpty() || seen >= reach) {
                if (isShort && slice.seconds() > 1) {
                    // Kept, it would pass for the whole slice for good.
                    return Optional.empty();
                }
                if (told > mostResults || isShort) {
                    outOfReach += told - lines.size();
                    lines.add(new DenseSecond(slice.from(), told, lines.size()).line());
                }
                return Optional.of(lines);
            }
        }
    }

    private Map<String, String> parameters(Slice slice, long page) {
        Map<String, String> parameters = new TreeMap<>(query.parameters());
        parameters.put("min_upload_date", String.valueOf(slice.from()));
        // Flickr's end is inclusive.
        parameters.put("max_upload_date", String.valueOf(slice.to() - 1));
        parameters.put("per_page", String.valueOf(perPage));
        parameters.put("page", String.valueOf(page));
        return parameters;
    }
}
