package io.toonlake.fetch;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Header {@code X-Robots-Tag}: what the owner of an answer does not want done with it. {@code noindex} alone speaks to everybody,
 * {@code somebot: noindex, noai} to one robot, up to the header's end.
 */
final class RobotsTag {
    /** What others call us. */
    private static final String ROBOT = "toonlake";

    /** Directives with a colon of their own, which no robot's name is before. */
    private static final Set<String> WITH_VALUE =
            Set.of("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview");

    private RobotsTag() {}

    /**
     * The first directive that forbids our use.
     *
     * @param headers the values of all headers of that name
     * @param forbidding in lower case; {@code none} stands for {@code noindex, nofollow}
     */
    static Optional<String> optOut(List<String> headers, Collection<String> forbidding) {
        for (String header : headers) {
            String robot = ROBOT;
            for (String part : header.toLowerCase(Locale.ROOT).split(",")) {
                String directive = part.strip();
                int colon = directive.indexOf(':');
                String name = colon < 0 ? "" : directive.substring(0, colon).strip();
                if (name.matches("[a-z0-9_*-]+") && !WITH_VALUE.contains(name)) {
                    robot = name.equals("*") ? ROBOT : name;
                    directive = directive.substring(colon + 1).strip();
                }
                String meant = directive.equals("none") ? "noindex" : directive;
                if (robot.equals(ROBOT) && forbidding.contains(meant)) {
                    return Optional.of(directive);
                }
            }
        }
        return Optional.empty();
    }
}
