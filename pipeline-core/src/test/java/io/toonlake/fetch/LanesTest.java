package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {
    private static final byte[] PHOTO = {1, 2, 3};

    private static List<Wanted> wanted(PhotoServer server, int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Wanted("k" + i, ImageUrl.of(server.url("/" + i)).orElseThrow()))
                .toList();
    }

    @Test
    void everyImageIsAskedForOnceByNoMoreConnectionsThanAllowed() throws InterruptedException {
        FetchSettings settings = FetchSettingsFixture.settings(0, 3, 1, 100);
        try (PhotoServer server = new PhotoServer(request -> out -> {
            Thread.sleep(5);
            return PhotoServer.ok(PHOTO).send(out);
        })) {
            List<String> settled = Collections.synchronizedList(new ArrayList<>());
            List<Wanted> wanted = wanted(server, 60);

            new Lanes(settings).run(LanePlan.of(wanted, settings), (image, answer) -> {
                assertThat(answer).isInstanceOf(Answer.Image.class);
                settled.add(image.key());
            });

            assertThat(settled).hasSize(60).doesNotHaveDuplicates();
            assertThat(server.targets()).hasSize(60).doesNotHaveDuplicates();
            assertThat(server.mostAtATime()).isBetween(1, 3);
        }
    }

    @Test
    void whatPassesIsMended() throws InterruptedException {
        FetchSettings settings = FetchSettingsFixture.settings(0, 2, 3, 100);
        List<String> failedOnce = Collections.synchronizedList(new ArrayList<>());
        try (PhotoServer server = new PhotoServer(request -> {
            if (failedOnce.contains(request.target())) {
                return PhotoServer.ok(PHOTO);
            }
            failedOnce.add(request.target());
            return PhotoServer.status(503, "Retry-After: 0");
        })) {
            List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
            new Lanes(settings).run(LanePlan.of(wanted(server, 6), settings), (image, answer) -> answers.add(answer));
            assertThat(answers).hasSize(6).allMatch(answer -> answer instanceof Answer.Image);
            assertThat(server.targets()).hasSize(12);
        }
    }

    @Test
    void aSinkThatFailsEndsTheRun() {
        FetchSettings settings = FetchSettingsFixture.settings(0, 2, 1, 100);
        try (PhotoServer server = new PhotoServer(request -> PhotoServer.ok(PHOTO))) {
            assertThatThrownBy(() -> new Lanes(settings)
                            .run(LanePlan.of(wanted(server, 50), settings), (image, answer) -> {
                                throw new IllegalStateException("disk full");
                            }))
                    .hasMessage("disk full");
            assertThat(server.targets()).hasSizeLessThan(50);
        }
    }

    @Test
    void nothingIsNoWork() throws InterruptedException {
        new Lanes(FetchSettingsFixture.settings()).run(List.of(), (image, answer) -> {
            throw new AssertionError();
        });
    }
}
