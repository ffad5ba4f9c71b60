package io.toonlake.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class TarShardTest {
    private static final Sample.Origin ORIGIN = new Sample.Origin("f1", "Hayao", "unknown");

    private static Sample sample(String key, int bytes) {
        byte[] picture = new byte[bytes];
        Arrays.fill(picture, (byte) bytes);
        return new Sample(key, "file:/p/" + key + ".png", "ab", 1_700_000_000_999L, 4, 3, "jpg", ORIGIN, picture);
    }

    @Test
    void aPictureAndWhatIsSaidOfItFollowEachOther() throws IOException {
        List<Sample> samples = List.of(
                sample("a", 1),
                sample("trip/" + "long".repeat(60), 513),
                sample("ünï ☂/12:30", 0),
                sample("emoji 🎨", 512));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Long> offsets = new ArrayList<>();
        try (TarShard shard = new TarShard(out)) {
            for (Sample sample : samples) {
                offsets.add(shard.add(sample));
            }
        }
        byte[] shard = out.toByteArray();

        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(shard), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextTarEntry(); entry != null; entry = in.getNextTarEntry()) {
                names.add(entry.getName());
                assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
                assertThat(entry.getUserName() + entry.getGroupName()).isEmpty();
                assertThat(entry.getModTime().getTime()).isEqualTo(1_700_000_000_000L);
                if (names.size() == 2) {
                    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                            .isEqualTo(
                                    "{\"path\":\"file:/p/a.png\",\"sha256\":\"ab\",\"width\":4,\"height\":3,\"format\":\"jpg\","
                                            + "\"model\":\"f1\",\"model_title\":\"Hayao\",\"model_licence\":\"unknown\"}");
                }
            }
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            expected.addAll(List.of(sample.key() + ".jpg", sample.key() + ".json"));
            int from = offsets.get(i).intValue();
            assertThat(Arrays.copyOfRange(shard, from, from + sample.picture().length))
                    .as(sample.key())
                    .isEqualTo(sample.picture());
        }
        assertThat(names).isEqualTo(expected);
    }
}
