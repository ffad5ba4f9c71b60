package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(S3Extension.class)
class SummaryOnS3Test {
    private final S3Server server;

    SummaryOnS3Test(S3Server server) {
        this.server = server;
    }

    /** A scheduler reads there that the same again is no help, and the store is known by Spark's settings alone. */
    @Test
    void aRunThatOpensNoSessionWritesItsSummaryByTheStoresSettings() throws IOException {
        Configuration store = new Configuration(false);
        List<String> properties = new ArrayList<>();
        try (Bucket bucket = new Bucket(server, store)) {
            store.forEach(setting -> {
                properties.add("spark.hadoop." + setting.getKey());
                System.setProperty("spark.hadoop." + setting.getKey(), setting.getValue());
            });

            int code = Main.run(
                    "report",
                    "--tables",
                    "lake",
                    "--output",
                    "report.html",
                    "--set",
                    "no-such-key=1",
                    "--summary",
                    bucket.uri("summaries/night.json"));

            assertThat(code).isEqualTo(2);
            JsonNode summary = new ObjectMapper().readTree(bucket.get("summaries/night.json"));
            assertThat(summary.get("exitCode").asInt()).isEqualTo(2);
            assertThat(summary.get("message").asText()).contains("no-such-key");
        } finally {
            properties.forEach(System::clearProperty);
        }
    }
}
