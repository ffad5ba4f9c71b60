package io.toonlake.fetch;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images of one host that are fetched one after the other. A host has as many lanes as it may have connections, and each gets its part of the requests a
 * second: wherever lanes run, together they keep to what the host is promised, and need not know of each other.
 *
 * @param wanted all of {@code host}
 * @param interval between the beginnings of two requests, at least
 * @param start before the first request, at least: the lanes of a host take turns
 */
public record LanePlan(String host, List<Wanted> wanted, Duration interval, Duration start) implements Serializable {
    private static final double NANOS = 1e9;

    public LanePlan {
        wanted = new ArrayList<>(wanted); // Which Java serializes.
    }

    /** The lanes for some images, those of a host next to each other. */
    public static List<LanePlan> of(List<Wanted> wanted, FetchSettings settings) {
        Map<String, List<Wanted>> hosts = new LinkedHashMap<>();
        wanted.forEach(image -> hosts.computeIfAbsent(image.url().host(), host -> new ArrayList<>())
                .add(image));
        List<LanePlan> plans = new ArrayList<>();
        hosts.forEach((host, images) -> {
            int lanes = Math.min(settings.connectionsPerHost(), images.size());
            List<List<Wanted>> parts = new ArrayList<>();
            for (int lane = 0; lane < lanes; lane++) {
                parts.add(new ArrayList<>());
            }
            for (int i = 0; i < images.size(); i++) {
                parts.get(i % lanes).add(images.get(i));
            }
            double rate = settings.requestsPerSecond();
            Duration turn = rate > 0 ? Duration.ofNanos((long) (NANOS / rate)) : Duration.ZERO;
            for (int lane = 0; lane < lanes; lane++) {
                // No lane begins at once: another run's last request may have been a moment ago.
                plans.add(new LanePlan(host, parts.get(lane), turn.multipliedBy(lanes), turn.multipliedBy(lane + 1L)));
            }
        });
        return plans;
    }
}
