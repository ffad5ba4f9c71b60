package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class S3aDefaultsTest {
    @Test
    void theUsersOwnSettingsWin() {
        Configuration configuration = new Configuration();
        configuration.set("fs.s3a.retry.limit", "11");

        S3aDefaults.apply(configuration);
        S3aDefaults.apply(configuration);

        assertThat(configuration.get("fs.s3a.retry.limit")).isEqualTo("11");
        assertThat(configuration.get("fs.s3a.attempts.maximum")).isEqualTo("1");
        assertThat(configuration.get("fs.s3a.connection.timeout")).isEqualTo("15000");
    }
}
