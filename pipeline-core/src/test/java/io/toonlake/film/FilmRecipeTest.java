package io.toonlake.film;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilmRecipeTest {
    private static final String FINGERPRINT = "ab".repeat(32);

    private static FilmRecipe recipe(long... timestamps) {
        List<FilmRecipe.Frame> frames = java.util.Arrays.stream(timestamps)
                .mapToObj(timestamp -> new FilmRecipe.Frame(timestamp, 1, "00"))
                .toList();
        return FilmRecipe.of(
                List.of(new FilmRecipe.Film(FINGERPRINT, "a \"film\".mkv", new Crop(0, 8, 64, 48), frames)));
    }

    @Test
    void whatIsWrittenIsRead() {
        FilmRecipe recipe = recipe(-5, 0, 90_000);

        assertThat(FilmRecipe.parse(recipe.toJson())).isEqualTo(recipe);
        assertThat(recipe.film(FINGERPRINT)).isPresent();
        assertThat(recipe.film("cd".repeat(32))).isEmpty();
        assertThat(new String(recipe.toJson(), StandardCharsets.UTF_8))
                .startsWith("{\n  \"format\" : \"toonlake-film-recipe\",\n  \"version\" : 1,")
                .endsWith("}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|no recipe (",
                "null|no recipe (its \"format\" is not \"toonlake-film-recipe\")",
                "[]|no recipe (",
                "{\"format\":\"another\",\"version\":1,\"films\":[]}|no recipe (its",
                "{\"format\":\"toonlake-film-recipe\",\"version\":2,\"films\":[]}|a recipe of version 2 (this",
                "{\"format\":\"toonlake-film-recipe\",\"version\":1}|a recipe without films",
                "{\"format\":\"toonlake-film-recipe\",\"version\":1,\"films\":[{\"fingerprint\":\"x\"}]}|film null lacks its",
                "{\"format\":\"toonlake-film-recipe\",\"version\":1,\"films\":[null]}|a recipe with a film that is empty",
                "{\"format\":\"toonlake-film-recipe\",\"version\":1,\"films\":[],\"more\":1}|no recipe (Unrecognized field",
            })
    void whatIsNoRecipeIsRefused(String json, String why) {
        assertThatThrownBy(() -> FilmRecipe.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }

    @Test
    void framesInAnotherOrderAreRefused() {
        assertThatThrownBy(() -> FilmRecipe.parse(recipe(5, 5).toJson()))
                .hasMessage("frame 5 of film a \"film\".mkv is not after the one before");
    }
}
