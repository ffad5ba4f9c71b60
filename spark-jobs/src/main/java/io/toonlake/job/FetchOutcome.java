package io.toonlake.job;

import io.toonlake.fetch.Answer;
import io.toonlake.fetch.ImageUrl;
import io.toonlake.fetch.Wanted;
import io.toonlake.storage.SourceFile;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What a task tells of an image that it has asked for: a file's size and time, a reason and message, or neither where it is at another host's URL.
 *
 * @param url the last that was asked for, or that a redirect leads to
 */
record FetchOutcome(
        String path, String url, int redirects, long size, long modifiedMillis, String reason, String message) {

    static FetchOutcome of(Row row) {
        return new FetchOutcome(
                row.getString(0),
                row.getString(1),
                row.getInt(2),
                row.getLong(3),
                row.getLong(4),
                row.getString(5),
                row.getString(6));
    }

    static FetchOutcome there(Wanted wanted, SourceFile file) {
        return new FetchOutcome(
                wanted.key(),
                wanted.url().toString(),
                wanted.redirects(),
                file.sizeBytes(),
                file.modifiedMillis(),
                null,
                null);
    }

    static FetchOutcome moved(Wanted next) {
        return new FetchOutcome(next.key(), next.url().toString(), next.redirects(), 0, 0, null, null);
    }

    static FetchOutcome without(Wanted wanted, Answer.Without answer) {
        return new FetchOutcome(
                wanted.key(),
                wanted.url().toString(),
                wanted.redirects(),
                0,
                0,
                answer.reason().code(),
                answer.message());
    }

    boolean isMoved() {
        return reason == null && size == 0;
    }

    Row told() {
        return RowFactory.create(path, url, redirects, size, modifiedMillis, reason, message);
    }

    /**
     * A row of {@link ImageFetching#OUTCOME}.
     *
     * @param asked the URL of the image's row, before any redirect
     */
    Row row(ImageUrl asked) {
        if (reason == null) {
            return RowFactory.create(path, size, new Timestamp(modifiedMillis), null, null);
        }
        String via = url.equals(asked.toString()) ? "" : " (redirected to " + url + ")";
        return RowFactory.create(path, null, null, reason, "Cannot fetch " + asked + via + ": " + message);
    }
}
