package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class StoreFaultTest {
    private static IOException s3(String code, int status) {
        return new org.apache.hadoop.fs.s3a.AWSClientIOException(
                "open on s3a://b/k",
                new com.amazonaws.SdkClientException("it failed (Service: Amazon S3; Status Code: " + status
                        + "; Error Code: " + code + "; Request ID: 1)"));
    }

    @Test
    void codesSayWhoseFaultItIs() {
        assertThat(StoreFault.of(s3("ExpiredToken", 400))).isEqualTo(StoreFault.CREDENTIALS);
        assertThat(StoreFault.of(s3("InvalidAccessKeyId", 403))).isEqualTo(StoreFault.CREDENTIALS);
        assertThat(StoreFault.of(s3("NoSuchBucket", 404))).isEqualTo(StoreFault.NO_BUCKET);
        assertThat(StoreFault.of(s3("SlowDown", 503))).isEqualTo(StoreFault.BUSY);
        assertThat(StoreFault.of(s3("InternalError", 500))).isEqualTo(StoreFault.OTHER);
        assertThat(StoreFault.of(new SocketTimeoutException("Read timed out"))).isEqualTo(StoreFault.SILENT);
        assertThat(StoreFault.of(new AccessDeniedException("s3a://b/k"))).isEqualTo(StoreFault.FILE);
        assertThat(StoreFault.of(new FileNotFoundException("s3a://b/k"))).isEqualTo(StoreFault.FILE);
        assertThat(StoreFault.of(new IncompleteReadException(1, 2))).isEqualTo(StoreFault.FILE);
    }

    @Test
    void anArchivedObjectIsNotAMatterOfPermissions() {
        AccessDeniedException archived = new AccessDeniedException("s3a://b/k", null, "open: InvalidObjectState");
        archived.initCause(s3("InvalidObjectState", 403));

        assertThat(StoreFault.of(archived)).isEqualTo(StoreFault.FILE);
        assertThat(Storage.reason(archived)).startsWith("it is archived (S3 Glacier); restore it");
    }

    @Test
    void sentencesNameTheWayOut() {
        assertThat(Storage.reason(s3("ExpiredToken", 400))).contains("(ExpiredToken)", "renew them");
        assertThat(Storage.reason(s3("SlowDown", 503))).contains("slow down", "stylize.max-reads-per-second");
        assertThat(Storage.reason(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }

    @Test
    void aLocalDisksFaultsAreItsFiles() {
        Storage storage = new Storage(new org.apache.hadoop.conf.Configuration());
        assertThat(storage.isMatterOfTheFile(new Path("file:/a"), new IOException("Input/output error")))
                .isTrue();
    }
}
