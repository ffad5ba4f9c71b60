package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.film.FilmRecipe;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Films, and which of their frames are wanted. */
final class FilmOptions {
    private static final long MOST_BYTES = 1L << 30;

    @Option(
            names = "--films",
            required = true,
            paramLabel = "URI",
            description =
                    "Folder of films (MP4, MOV, Matroska, WebM, AVI, MPEG and others, told apart by content), or one file. Takes frames of "
                            + "them, as ingest.film says, instead of pictures; what follows goes with it.")
    private String films;

    @Option(
            names = "--recipe",
            paramLabel = "URI",
            description =
                    "Takes the very frames that this recipe names, which film-recipe has written, and none of the others.")
    private String recipe;

    private byte[] read;

    List<SourceFile> listing(JobContext context) {
        return new Listing(context.storage()).files(context.storage().qualified(films), "--films");
    }

    /** What of the options decides what becomes of a film. */
    String fingerprint(JobContext context) {
        return recipe == null ? context.settings().fingerprint("ingest.film") : Fingerprint.of(bytes(context));
    }

    Optional<FilmRecipe> recipe(JobContext context) {
        if (recipe == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(FilmRecipe.parse(bytes(context)));
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid --recipe: " + recipe + " (" + e.getMessage() + ")");
        }
    }

    private byte[] bytes(JobContext context) {
        if (read == null) {
            Path file = context.storage().qualified(recipe);
            try {
                read = context.storage().read(file, MOST_BYTES);
            } catch (IOException e) {
                throw new UnreachableException(
                        "Cannot read --recipe " + Storage.shown(file) + ": " + Storage.reason(e), e);
            }
        }
        return read;
    }
}
