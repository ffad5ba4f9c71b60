package io.toonlake.flickr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlicedSearchTest {
    private static final int MOST = 40;
    private static final int PER_PAGE = 15;
    private static final long BEGINNING = Instant.parse("2010-03-01T00:00:00Z").getEpochSecond();
    private static final long END = Instant.parse("2012-05-01T00:00:00Z").getEpochSecond();
    private static final Slice PERIOD = new Slice(BEGINNING, END);

    private final PlayedFlickr flickr = new PlayedFlickr(MOST);
    private final TreeMap<Slice, List<String>> kept = new TreeMap<>();
    private long nextId = 1000;

    private final KeptSlices files = new KeptSlices() {
        @Override
        public boolean isDone(Slice slice) {
            return kept.containsKey(slice);
        }

        @Override
        public boolean holdsPartOf(Slice slice) {
            return kept.keySet().stream().anyMatch(part -> slice.holds(part) && !part.equals(slice));
        }

        @Override
        public void keep(Slice slice, List<String> lines) {
            assertThat(kept).doesNotContainKey(slice);
            kept.put(slice, List.copyOf(lines));
        }
    };

    /** Busy and empty times. */
    @BeforeEach
    void upload() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 300; i++) {
            photo(random.nextLong(BEGINNING, END));
        }
        for (int i = 0; i < 300; i++) {
            photo(BEGINNING + 40_000_000 + random.nextLong(20_000));
        }
    }

    private long photo(long uploaded) {
        flickr.photo(nextId, uploaded, 4, "https://live.example");
        return nextId++;
    }

    private SlicedSearch search() {
        FlickrQuery query = new FlickrQuery("", List.of(), false, List.of(4), List.of(), null, null);
        FlickrApi api = FlickrApiTest.api(flickr::answer, new StoppedTime(), 0);
        return new SlicedSearch(api, query, PER_PAGE, MOST, files, seconds -> {});
    }

    private static long id(String line) {
        try {
            return new ObjectMapper().readTree(line).path("id").asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Long> ids() {
        return kept.values().stream()
                .flatMap(Collection::stream)
                .map(SlicedSearchTest::id)
                .sorted()
                .toList();
    }

    private List<Long> all() {
        return LongStream.range(1000, nextId).boxed().toList();
    }

    @Test
    void everyPhotoIsInOneSliceAndNoSliceHasMoreThanASearchGives() throws InterruptedException {
        List<Slice> slices = search().run(PERIOD);

        assertThat(ids()).isEqualTo(all());
        assertThat(slices).containsExactlyElementsOf(kept.keySet());
        assertThat(kept.values()).allMatch(lines -> lines.size() <= MOST);
        for (int i = 1; i < slices.size(); i++) {
            assertThat(slices.get(i).from()).isEqualTo(slices.get(i - 1).to());
        }
        assertThat(slices.get(0).from()).isEqualTo(BEGINNING);
        assertThat(slices.get(slices.size() - 1).to()).isEqualTo(END);
        assertThat(flickr.searches()).as("no page twice").doesNotHaveDuplicates();
        assertThat(flickr.requests())
                .allMatch(request -> Integer.parseInt(request.get("page")) * PER_PAGE < MOST + PER_PAGE);
    }

    @Test
    void whatIsKeptIsNotAskedForAgain() throws InterruptedException {
        List<Slice> slices = search().run(PERIOD);
        flickr.forgetRequests();

        SlicedSearch again = search();

        assertThat(again.run(PERIOD)).isEqualTo(slices);
        assertThat(again.alreadyKept()).isEqualTo(slices.size());
        assertThat(flickr.searches()).isEmpty();
    }

    @Test
    void aSearchThatIsCutOffAnywhereGoesOnWithWhatIsMissing() throws InterruptedException {
        search().run(PERIOD);
        List<Long> whole = ids();
        int requests = flickr.requests().size();
        for (int most = 1; most < requests; most += 7) {
            int allowed = most;
            kept.clear();
            flickr.forgetRequests();
            flickr.before(parameters -> {
                if (flickr.requests().size() > allowed) {
                    throw new IllegalStateException("killed");
                }
            });
            assertThatThrownBy(() -> search().run(PERIOD)).hasMessage("killed");
            List<Slice> before = List.copyOf(kept.keySet());
            flickr.before(parameters -> {});
            flickr.forgetRequests();

            search().run(PERIOD);

            assertThat(ids()).isEqualTo(whole);
            for (Slice slice : before) {
                assertThat(flickr.searches()).noneMatch(search -> search.startsWith(slice.from() + "-" + slice.to()));
            }
            assertThat(flickr.requests().size())
                    .as("asked for again after %d: the slice that was on, and those above it", allowed)
                    .isLessThanOrEqualTo(requests - allowed + 30);
        }
    }

    @Test
    void laterRunsComeToTheSameSlices() throws InterruptedException {
        List<Slice> first = search().run(PERIOD);
        // The newest is not kept for good.
        kept.remove(first.get(first.size() - 1));
        photo(END + 10);
        flickr.forgetRequests();

        List<Slice> second = search().run(new Slice(BEGINNING, END + 86_400));

        assertThat(ids()).isEqualTo(all());
        assertThat(second.subList(0, first.size() - 1)).isEqualTo(first.subList(0, first.size() - 1));
        assertThat(flickr.searches().size()).isLessThan(12);
    }

    @Test
    void aSecondThatHasMoreThanASearchGivesIsTold() throws InterruptedException {
        long second = BEGINNING + 12_345;
        for (int i = 0; i < MOST + 7; i++) {
            photo(second);
        }

        SlicedSearch search = search();
        search.run(PERIOD);

        Slice dense = new Slice(second, second + 1);
        assertThat(search.outOfReach()).isEqualTo(7);
        List<String> lines = kept.get(dense);
        assertThat(lines).hasSize(MOST + 1);
        assertThat(new ApiPhotoParser(List.of("l"), List.of(4)).parse(lines.get(MOST)))
                .isEqualTo(new BrokenLine(
                        BrokenLine.Reason.TOO_DENSE,
                        "Flickr tells of 47 photos uploaded at 2010-03-01T03:25:45Z, and gives 40 of them "
                                + "(ask for less at a time: fewer licences, or other tags)"));
        assertThat(ids().stream().filter(id -> id > 0).distinct().count())
                .as("all but those seven")
                .isEqualTo(all().size() - 7);
    }

    @Test
    void aSliceThatGrowsPastTheLimitWhileItIsReadIsSplit() throws InterruptedException {
        Slice quiet = new Slice(BEGINNING - 1_000_000, BEGINNING - 900_000);
        for (int i = 0; i < 30; i++) {
            photo(quiet.from() + i * 100);
        }
        flickr.before(parameters -> {
            if (parameters.get("page").equals("2") && nextId < 1660) {
                for (int i = 0; i < 30; i++) {
                    photo(quiet.from() + i * 100 + 50);
                }
            }
        });

        List<Slice> slices = search().run(quiet);

        assertThat(slices.size()).isGreaterThan(1);
        assertThat(ids()).isEqualTo(LongStream.range(1600, 1660).boxed().toList());
    }

    @Test
    void photosThatMoveUpAreNotMissed() throws InterruptedException {
        Slice quiet = new Slice(BEGINNING - 1_000_000, BEGINNING - 900_000);
        for (int i = 0; i < 30; i++) {
            photo(quiet.from() + i * 100);
        }
        flickr.before(parameters -> {
            if (parameters.get("page").equals("2")) {
                flickr.remove(1603); // Which was on the first page, so that 1615 is there now.
            }
        });

        search().run(quiet);

        assertThat(ids()).doesNotContain(1603L).contains(1615L).hasSize(29).doesNotHaveDuplicates();
    }

    /** Kept as it came, such a slice would lack photos for good. */
    @Test
    void aPageThatComesEmptyIsAskedForAgain() throws InterruptedException {
        Slice quiet = new Slice(BEGINNING - 1_000_000, BEGINNING - 900_000);
        for (int i = 0; i < 30; i++) {
            photo(quiet.from() + i * 100);
        }
        AtomicInteger empty = new AtomicInteger(2);
        flickr.before(parameters -> {
            // The answer to the next page.
            if (parameters.get("page").equals("1") && empty.getAndDecrement() > 0) {
                flickr.trouble(
                        PlayedFlickr.json("{\"stat\":\"ok\",\"photos\":{\"total\":30,\"perpage\":15,\"photo\":[]}}"));
            }
        });

        search().run(quiet);

        assertThat(ids()).hasSize(30).doesNotHaveDuplicates();

        Slice next = new Slice(BEGINNING - 800_000, BEGINNING - 700_000);
        for (int i = 0; i < 30; i++) {
            photo(next.from() + i * 100);
        }
        empty.set(100);
        search().run(next);

        assertThat(ids()).as("its halves are asked for").hasSize(60).doesNotHaveDuplicates();
    }

    /** Flickr counts photos that it does not show. */
    @Test
    void aPhotoThatIsOnlyToldOfCostsNoOther() throws InterruptedException {
        Slice quiet = new Slice(BEGINNING - 1_000_000, BEGINNING - 999_000);
        flickr.photo(nextId++, quiet.from() + 700, 4, "https://live.example").put("hidden", true);

        SlicedSearch search = search();
        search.run(quiet);

        assertThat(search.outOfReach()).isEqualTo(1);
        assertThat(ids()).as("a line that tells of it").hasSize(1);
        assertThat(flickr.searches())
                .as("its slices are begun again, and split")
                .hasSizeBetween(20, 100);
        photo(quiet.from() + 10_000);
        search().run(new Slice(quiet.to(), quiet.to() + 20_000));
        assertThat(ids()).as("and the search goes on").hasSize(2);
    }

    @Test
    void yearsAreWholeAndInUtc() {
        assertThat(new Slice(BEGINNING, END).years())
                .extracting(slice -> Instant.ofEpochSecond(slice.from()) + " " + slice.year())
                .containsExactly("2010-01-01T00:00:00Z 2010", "2011-01-01T00:00:00Z 2011", "2012-01-01T00:00:00Z 2012");
        assertThat(new Slice(5, 5).years()).isEmpty();
        assertThat(new Slice(0, 64).smallestAround(new Slice(33, 35))).isEqualTo(new Slice(32, 36));
        assertThat(new Slice(0, 64).smallestAround(new Slice(31, 33))).isEqualTo(new Slice(0, 64));
        assertThat(new Slice(0, 7).smallestAround(new Slice(6, 7))).isEqualTo(new Slice(6, 7));
        assertThat(Slice.of(Instant.parse("2010-01-01T00:00:00.5Z"), Instant.parse("2010-01-01T00:00:01.5Z")))
                .isEqualTo(new Slice(1_262_304_000, 1_262_304_002));
    }

    @Test
    void aQuerySaysWhatIsSearchedFor() {
        FlickrQuery query = new FlickrQuery(
                "alpine lake",
                List.of("lake", "black and white"),
                true,
                List.of(4, 5),
                List.of(5.9, 45.8, 10.5, 1e-5),
                Instant.parse("2010-01-01T00:00:00Z"),
                Instant.parse("2011-01-01T00:00:00Z"));

        assertThat(query.parameters())
                .containsAllEntriesOf(Map.of(
                        "text", "alpine lake",
                        "tags", "lake,black and white",
                        "tag_mode", "all",
                        "license", "4,5",
                        "bbox", "5.9,45.8,10.5,0.000010",
                        "min_taken_date", "2010-01-01 00:00:00",
                        "max_taken_date", "2010-12-31 23:59:59",
                        "safe_search", "1",
                        "sort", "date-posted-asc"));
        assertThat(query.parameters().get("extras")).contains("owner_name", "license", "url_o", "url_l", "url_c");
        assertThat(query.perPage(500)).isEqualTo(250);
        List<String> none = new ArrayList<>(new FlickrQuery("", List.of(), false, List.of(4), List.of(), null, null)
                .parameters()
                .keySet());
        assertThat(none).doesNotContain("text", "tags", "tag_mode", "bbox", "min_taken_date", "max_taken_date");
    }
}
