package io.toonlake.film;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which frames of which films, without a picture: whoever owns the films can take the same frames. A JSON file; docs/formats/film-recipe.md
 * describes it.
 *
 * @param films each fingerprint once
 */
@JsonPropertyOrder({"format", "version", "films"})
public record FilmRecipe(String format, int version, List<Film> films) implements Serializable {
    private static final String FORMAT = "toonlake-film-recipe";
    private static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Frames of one film.
     *
     * @param fingerprint as {@link FilmIndex} has it
     * @param name the file's, for people
     * @param crop what is taken of each frame
     * @param chosen in the order in which they are shown
     */
    @JsonPropertyOrder({"fingerprint", "name", "crop", "chosen"})
    public record Film(String fingerprint, String name, Crop crop, List<Frame> chosen) implements Serializable {}

    /**
     * One frame.
     *
     * @param timestamp when it is shown, in the film's time base
     * @param number counted from 0, for people
     * @param sha256 of the picture, as {@link FrameHash} takes it: whoever replays the recipe sees whether it is the same
     */
    @JsonPropertyOrder({"timestamp", "number", "sha256"})
    public record Frame(
            long timestamp,
            int number,
            @JsonProperty("sha256") String sha256) implements Serializable {}

    /** A recipe in the version that is written today. */
    public static FilmRecipe of(List<Film> films) {
        return new FilmRecipe(FORMAT, VERSION, films);
    }

    /** The film with that fingerprint. */
    public Optional<Film> film(String fingerprint) {
        return films.stream()
                .filter(film -> film.fingerprint().equals(fingerprint))
                .findFirst();
    }

    /** As JSON, with a line break at its end. */
    public byte[] toJson() {
        try {
            return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #toJson} writes.
     *
     * @throws IllegalArgumentException with what is wrong, to be read on after {@code Cannot read <path>: }
     */
    public static FilmRecipe parse(byte[] json) {
        FilmRecipe recipe;
        try {
            recipe = JSON.readValue(json, FilmRecipe.class);
        } catch (IOException e) {
            String why = e instanceof JsonProcessingException problem ? problem.getOriginalMessage() : e.getMessage();
            throw new IllegalArgumentException("no recipe (" + why + ")", e);
        }
        if (recipe == null || !FORMAT.equals(recipe.format)) {
            throw new IllegalArgumentException("no recipe (its \"format\" is not \"" + FORMAT + "\")");
        }
        if (recipe.version != VERSION) {
            throw new IllegalArgumentException(
                    "a recipe of version " + recipe.version + " (this Toonlake reads version " + VERSION + ")");
        }
        recipe.check();
        return recipe;
    }

    private void check() {
        if (films == null) {
            throw new IllegalArgumentException("a recipe without films");
        }
        Set<String> fingerprints = new HashSet<>();
        for (Film film : films) {
            if (film == null || !fingerprints.add(film.fingerprint())) {
                throw new IllegalArgumentException("a recipe with a film that is empty or there twice");
            }
            boolean whole = film.fingerprint() != null
                    && film.fingerprint().matches("[0-9a-f]{64}")
                    && film.crop() != null
                    && film.chosen() != null
                    && film.chosen().stream().allMatch(Objects::nonNull);
            if (!whole) {
                throw new IllegalArgumentException(
                        "film " + film.name() + " lacks its fingerprint, its crop or its frames");
            }
            long last = Long.MIN_VALUE;
            for (Frame frame : film.chosen()) {
                if (frame.timestamp() <= last) {
                    throw new IllegalArgumentException(
                            "frame " + frame.timestamp() + " of film " + film.name() + " is not after the one before");
                }
                last = frame.timestamp();
            }
        }
    }
}
