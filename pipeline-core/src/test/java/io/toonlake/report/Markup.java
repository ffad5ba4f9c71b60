package io.toonlake.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a page strictly: stricter than a browser, which would repair what is wrong. */
final class Markup {

    private static final Set<String> WITHOUT_CONTENT = Set.of("meta", "img", "input");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+([a-zA-Z-]+)=\"([^\"<]*)\"");
    private static final Pattern TAG = Pattern.compile("<(/?)([a-z][a-z0-9]*)((?:" + ATTRIBUTE + ")*)>");
    /** Their content is no markup: it ends where their end tag begins. */
    private static final Set<String> RAW = Set.of("script", "style");

    private Markup() {}

    /** The elements in the order of their start tags; fails where a tag is malformed or closes what is not open. */
    static List<String> elements(String page) {
        List<String> elements = new ArrayList<>();
        walk(page, (tag, attributes) -> elements.add(tag));
        return elements;
    }

    /** The values of an attribute on all elements. */
    static List<String> attributes(String page, String name) {
        List<String> values = new ArrayList<>();
        walk(page, (tag, attributes) -> {
            Matcher attribute = ATTRIBUTE.matcher(attributes);
            while (attribute.find()) {
                if (attribute.group(1).equals(name)) {
                    values.add(attribute.group(2));
                }
            }
        });
        return values;
    }

    /** What a policy calls the elements that {@code start} begins. */
    static List<String> hashes(String page, String start, String end) {
        List<String> hashes = new ArrayList<>();
        for (int at = page.indexOf(start); at >= 0; at = page.indexOf(start, at + 1)) {
            String text = page.substring(at + start.length(), page.indexOf(end, at));
            hashes.add("'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text.getBytes(StandardCharsets.UTF_8)))
                    + "'");
        }
        return hashes;
    }

    private static void walk(String page, Visitor visitor) {
        Deque<String> open = new ArrayDeque<>();
        Matcher tag = TAG.matcher(page);
        int at = page.indexOf('<', page.indexOf("<!DOCTYPE html>") + 1);
        while (at >= 0) {
            tag.region(at, page.length());
            assertThat(tag.lookingAt())
                    .as("a tag at " + page.substring(at, Math.min(page.length(), at + 60)))
                    .isTrue();
            String name = tag.group(2);
            at = tag.end();
            if (!tag.group(1).isEmpty()) {
                assertThat(open.pop()).isEqualTo(name);
            } else {
                visitor.visit(name, tag.group(3));
                if (!WITHOUT_CONTENT.contains(name)) {
                    open.push(name);
                }
            }
            boolean raw = tag.group(1).isEmpty() && RAW.contains(name);
            at = raw ? page.indexOf("</" + name, at) : page.indexOf('<', at);
        }
        assertThat(open).isEmpty();
    }

    private interface Visitor {
        void visit(String tag, String attributes);
    }
}
