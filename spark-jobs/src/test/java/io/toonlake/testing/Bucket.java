package io.toonlake.testing;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.ListMultipartUploadsRequest;
import com.amazonaws.services.s3.model.MultipartUpload;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.amazonaws.services.s3.model.S3Object;
import com.amazonaws.services.s3.model.S3ObjectSummary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A bucket of a test's own, which jobs reach through a {@link FaultProxy} and the test itself directly. */
public final class Bucket implements AutoCloseable {
    private final String name = "toonlake-" + UUID.randomUUID();
    private final AmazonS3 s3;
    private final FaultProxy proxy;
    private final Configuration hadoop;

    public Bucket(S3Server server, Configuration hadoop) throws IOException {
        this.hadoop = hadoop;
        this.proxy = new FaultProxy(server.endpoint());
        this.s3 = AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(
                        new EndpointConfiguration(server.endpoint().toString(), "us-east-1"))
                .withCredentials(
                        new AWSStaticCredentialsProvider(new BasicAWSCredentials(S3Server.ACCESS_KEY, S3Server.SECRET)))
                .withPathStyleAccessEnabled(true)
                .build();
        s3.createBucket(name);
        reach(name);
        // Faults of seconds, in milliseconds.
        set(name, "connection.timeout", "1000");
        set(name, "retry.interval", "50ms");
        set(name, "retry.throttle.interval", "20ms");
    }

    /** Has S3A look for a bucket behind the proxy, one that there is or not. */
    public void reach(String bucket) {
        set(bucket, "endpoint", proxy.endpoint().toString());
        set(bucket, "path.style.access", "true");
        set(bucket, "access.key", S3Server.ACCESS_KEY);
        set(bucket, "secret.key", S3Server.SECRET);
    }

    /** A setting of {@code fs.s3a} for one bucket, which must not have been used yet. */
    public void set(String bucket, String key, String value) {
        hadoop.set("fs.s3a.bucket." + bucket + "." + key, value);
    }

    public FaultProxy proxy() {
        return proxy;
    }

    public String name() {
        return name;
    }

    public String uri(String key) {
        return "s3a://" + name + "/" + key;
    }

    public void put(String key, byte[] bytes) {
        ObjectMetadata length = new ObjectMetadata();
        length.setContentLength(bytes.length);
        s3.putObject(name, key, new ByteArrayInputStream(bytes), length);
    }

    public boolean has(String key) {
        return s3.doesObjectExist(name, key);
    }

    public byte[] get(String key) throws IOException {
        try (S3Object object = s3.getObject(name, key)) {
            return object.getObjectContent().readAllBytes();
        }
    }

    public void delete(String key) {
        s3.deleteObject(name, key);
    }

    /** The keys below a prefix, without markers of folders. */
    public List<String> keys(String prefix) {
        return s3.listObjectsV2(name, prefix).getObjectSummaries().stream()
                .map(S3ObjectSummary::getKey)
                .filter(key -> !key.endsWith("/"))
                .toList();
    }

    /** Keys of uploads that were begun and neither completed nor aborted, below a prefix. */
    public List<String> uploads(String prefix) {
        return s3
                .listMultipartUploads(new ListMultipartUploadsRequest(name).withPrefix(prefix))
                .getMultipartUploads()
                .stream()
                .map(MultipartUpload::getKey)
                .toList();
    }

    @Override
    public void close() throws IOException {
        FileSystem.get(new Path("s3a://" + name + "/").toUri(), hadoop).close();
        proxy.close();
        s3.shutdown();
    }
}
