package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** By a clock that moves only when somebody waits or a request takes its time. */
class LaneTest {
    private static final long MILLI = 1_000_000;
    private static final long REQUEST = 10 * MILLI;

    private long now;
    private final List<String> asked = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<String> settled = new ArrayList<>();

    private static Wanted wanted(String host, int number) {
        return new Wanted(
                "k" + number, ImageUrl.of("http://" + host + "/" + number).orElseThrow());
    }

    private static List<Wanted> wanted(String host, int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> wanted(host, n)).toList();
    }

    private static Answer image() {
        return new Answer.Image(new byte[] {1});
    }

    private static Answer failed() {
        return new Answer.Failed(FetchReason.FETCH_FAILED, "answered 503");
    }

    private static Answer busy(int seconds) {
        return new Answer.Failed(FetchReason.RATE_LIMITED, "answered 429", Optional.of(Duration.ofSeconds(seconds)));
    }

    private static Answer moved(String url) {
        return new Answer.Moved(ImageUrl.of(url).orElseThrow());
    }

    private Lane lane(LanePlan plan, FetchSettings settings, Function<String, Answer> answers) {
        return lane(plan, settings, new HostState(), answers);
    }

    private Lane lane(LanePlan plan, FetchSettings settings, HostState host, Function<String, Answer> answers) {
        Fetcher fetcher = url -> {
            asked.add(url.toString());
            times.add(now);
            now += REQUEST;
            return answers.apply(url.toString());
        };
        Lane.Sink sink = (image, answer) -> settled.add(image.key() + " "
                + (answer instanceof Answer.Without without
                        ? without.reason().code()
                        : answer instanceof Answer.Moved moved ? "to " + moved.to() : "image"));
        return new Lane(plan, settings, fetcher, sink, host, () -> now, new SplittableRandom(1));
    }

    private void run(Lane lane) {
        while (!lane.isDone()) {
            now += Math.max(0, lane.dueIn(now));
            lane.step();
        }
    }

    private void run(int images, FetchSettings settings, Answer... answers) {
        Deque<Answer> next = new ArrayDeque<>(Arrays.asList(answers));
        LanePlan plan = LanePlan.of(wanted("a.example", 0, images), settings).get(0);
        run(lane(plan, settings, url -> next.isEmpty() ? image() : next.pop()));
    }

    private static FetchSettings settings(int attempts, int maxFailures) {
        return settings(attempts, maxFailures, 1);
    }

    private static FetchSettings settings(int attempts, int maxFailures, int connections) {
        return FetchSettingsFixture.settings(0, connections, attempts, maxFailures);
    }

    @Test
    void theLanesOfAHostTogetherKeepItsRate() {
        FetchSettings settings = FetchSettingsFixture.settings(4, 3, 1, 100);
        List<LanePlan> plans = LanePlan.of(wanted("a.example", 0, 41), settings);
        assertThat(plans).hasSize(3);
        List<Lane> lanes =
                plans.stream().map(plan -> lane(plan, settings, url -> image())).toList();
        while (lanes.stream().anyMatch(lane -> !lane.isDone())) {
            lanes.stream()
                    .filter(lane -> !lane.isDone() && lane.dueIn(now) <= 0)
                    .forEach(Lane::step);
            now += MILLI;
        }

        assertThat(asked).hasSize(41).doesNotHaveDuplicates();
        for (int first = 0; first < times.size(); first++) {
            long second = times.get(first) + 1000 * MILLI;
            assertThat(times.stream().skip(first).filter(time -> time < second).count())
                    .as("in the second after request %d", first)
                    .isLessThanOrEqualTo(4);
        }
        assertThat(times.get(40)).as("and they use it").isLessThan(11_500 * MILLI);
        assertThat(times.get(0)).as("another run may have ended a moment ago").isGreaterThanOrEqualTo(250 * MILLI);
    }

    @Test
    void aHostHasNoMoreLanesThanConnectionsAndImages() {
        FetchSettings settings = FetchSettingsFixture.settings(0, 4, 1, 1);
        List<Wanted> wanted = new ArrayList<>(wanted("a.example", 0, 10));
        wanted.addAll(wanted("b.example", 10, 12));

        List<LanePlan> plans = LanePlan.of(wanted, settings);

        assertThat(plans)
                .extracting(LanePlan::host)
                .containsExactly("a.example", "a.example", "a.example", "a.example", "b.example", "b.example");
        assertThat(plans.stream().flatMap(plan -> plan.wanted().stream())).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(plans)
                .allMatch(plan -> plan.interval().isZero() && plan.start().isZero());
    }

    @Test
    void failuresAreTriedAgainAfterDoublingWaits() {
        run(2, settings(4, 100), failed(), failed(), failed());

        assertThat(asked)
                .containsExactly(
                        "http://a.example/0",
                        "http://a.example/0",
                        "http://a.example/0",
                        "http://a.example/0",
                        "http://a.example/1");
        assertThat(settled).containsExactly("k0 image", "k1 image");
        // First wait 100 ms, half of it chance.
        for (int i = 0; i < 3; i++) {
            assertThat(times.get(i + 1) - times.get(i) - REQUEST).isBetween((50L << i) * MILLI, (100L << i) * MILLI);
        }
        assertThat(times.get(4) - times.get(3)).isEqualTo(REQUEST);
    }

    @Test
    void afterTheLastAttemptTheNextImageIsAskedFor() {
        run(2, settings(2, 100), failed(), failed());

        assertThat(asked).containsExactly("http://a.example/0", "http://a.example/0", "http://a.example/1");
        assertThat(settled).containsExactly("k0 fetch-failed", "k1 image");
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        run(2, settings(4, 1), new Answer.Refused(FetchReason.GONE, "answered 404"));

        assertThat(asked).containsExactly("http://a.example/0", "http://a.example/1");
        assertThat(settled).containsExactly("k0 gone", "k1 image");
    }

    @Test
    void aHostThatAsksForPatienceGetsIt() {
        run(2, settings(2, 100), busy(30));

        assertThat(settled).containsExactly("k0 image", "k1 image");
        assertThat(times.get(1) - times.get(0) - REQUEST).isEqualTo(30_000 * MILLI);
    }

    @Test
    void aHostThatAsksForTooMuchPatienceIsLeftAlone() {
        run(3, settings(5, 100), image(), busy(61));

        assertThat(asked).hasSize(2);
        assertThat(settled).containsExactly("k0 image", "k1 rate-limited", "k2 host-failing");
    }

    @Test
    void aHostThatFailsAndFailsIsLeftAlone() {
        Answer[] failing = new Answer[100];
        Arrays.fill(failing, failed());
        run(20, settings(2, 5), failing);

        assertThat(asked).hasSize(5);
        assertThat(settled.subList(0, 3)).containsExactly("k0 fetch-failed", "k1 fetch-failed", "k2 host-failing");
        assertThat(settled).hasSize(20).allMatch(one -> one.endsWith("failing") || one.endsWith("failed"));
    }

    /** Lanes of a host beside each other, each by its turn. */
    private void runBeside(FetchSettings settings, int images, Function<String, Answer> answers) {
        HostState host = new HostState();
        List<Lane> lanes = LanePlan.of(wanted("a.example", 0, images), settings).stream()
                .map(plan -> lane(plan, settings, host, answers))
                .toList();
        while (lanes.stream().anyMatch(lane -> !lane.isDone())) {
            lanes.stream()
                    .filter(lane -> !lane.isDone() && lane.dueIn(now) <= 0)
                    .forEach(Lane::step);
            now += MILLI;
        }
    }

    @Test
    void aWaitThatAHostAsksForIsAllItsLanes() {
        Deque<Answer> answers = new ArrayDeque<>(List.of(busy(30)));
        runBeside(FetchSettingsFixture.settings(4, 3, 2, 100), 9, url -> answers.isEmpty() ? image() : answers.pop());

        assertThat(settled).hasSize(9).allMatch(one -> one.endsWith("image"));
        long until = times.get(0) + REQUEST + 30_000 * MILLI;
        assertThat(times.subList(1, times.size())).hasSize(9).allMatch(time -> time >= until);
        for (int first = 1; first < times.size(); first++) {
            long second = times.get(first) + 1000 * MILLI;
            assertThat(times.stream().skip(first).filter(time -> time < second).count())
                    .as("in the second after request %d", first)
                    .isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aHostThatOneLaneLeavesAloneIsAskedByNone() {
        runBeside(settings(2, 100, 3), 9, url -> busy(61));

        assertThat(asked).hasSize(1);
        assertThat(settled)
                .hasSize(9)
                .startsWith("k0 rate-limited")
                .filteredOn(one -> one.endsWith("host-failing"))
                .hasSize(8);
    }

    @Test
    void oneImageThatComesForgivesTheFailuresBefore() {
        run(6, settings(1, 2), failed(), image(), failed(), image(), failed());

        assertThat(settled)
                .containsExactly(
                        "k0 fetch-failed", "k1 image", "k2 fetch-failed", "k3 image", "k4 fetch-failed", "k5 image");
    }

    @Test
    void redirectsOnTheHostAreFollowedAtItsPace() {
        FetchSettings settings = FetchSettingsFixture.settings(10, 1, 1, 1);
        Deque<Answer> answers = new ArrayDeque<>(List.of(
                moved("http://a.example/x"), moved("https://a.example/y"), moved("https://a.example/z"), image()));
        run(lane(LanePlan.of(wanted("a.example", 0, 1), settings).get(0), settings, url -> answers.pop()));

        assertThat(settled).containsExactly("k0 image");
        assertThat(asked).endsWith("http://a.example/x", "https://a.example/y", "https://a.example/z");
        assertThat(IntStream.range(1, 4).mapToObj(i -> times.get(i) - times.get(i - 1)))
                .containsOnly(100 * MILLI);
    }

    @Test
    void redirectsToAnotherHostAreHandedOn() {
        run(2, settings(1, 1), moved("http://b.example/x"));

        assertThat(asked).containsExactly("http://a.example/0", "http://a.example/1");
        assertThat(settled).containsExactly("k0 to http://b.example/x", "k1 image");
    }

    @Test
    void aLoopOfRedirectsEndsAfterThree() {
        FetchSettings settings = settings(4, 100);
        run(lane(
                LanePlan.of(wanted("a.example", 0, 1), settings).get(0), settings, url -> moved("http://a.example/0")));
        assertThat(asked).hasSize(4);
        assertThat(settled).containsExactly("k0 too-many-redirects");

        Wanted travelled = new Wanted("far", ImageUrl.of("http://b.example/x").orElseThrow(), 3);
        run(lane(LanePlan.of(List.of(travelled), settings).get(0), settings, url -> moved("http://a.example/0")));
        assertThat(settled).as("also where hosts take turns").endsWith("far too-many-redirects");
    }
}
