package io.toonlake.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a failed call on a store means: for people in a sentence, and for whether the next file may fare better. Goes by the codes in the
 * messages and by the names of classes, since S3A's and its SDK's types differ between the Hadoops of clusters.
 */
enum StoreFault {
    /** The file is gone, changed, or closed to us; the store answers. */
    FILE(List.of()),
    CREDENTIALS(List.of(
            "ExpiredToken",
            "TokenRefreshRequired",
            "InvalidToken",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "AccountProblem",
            "NoAuthWithAWSException",
            "No AWS Credentials provided",
            "Unable to load credentials",
            "Unable to load AWS credentials")),
    NO_BUCKET(List.of("NoSuchBucket", "UnknownStoreException")),
    /** It asks to be asked less. */
    BUSY(List.of("SlowDown", "Status Code: 503", "Status Code: 429", "AWSServiceThrottledException")),
    /** No answer, or half of one. */
    SILENT(List.of()),
    /** An answer that says nothing about whose fault it is, such as 500. */
    OTHER(List.of());

    /** Amazon's codes look like {@code Error Code: ExpiredToken}. */
    private static final Pattern CODE = Pattern.compile("Error Code: (\\w+)");

    private static final List<String> PACKAGES =
            List.of("org.apache.hadoop.fs.s3a.", "com.amazonaws.", "software.amazon.awssdk.");

    private final List<String> signs;

    StoreFault(List<String> signs) {
        this.signs = signs;
    }

    /** Of a problem that {@link #isOfAStore} holds for, or any other of an object store. */
    static StoreFault of(Throwable problem) {
        String said = said(problem);
        for (StoreFault fault : List.of(CREDENTIALS, NO_BUCKET, BUSY)) {
            if (fault.signs.stream().anyMatch(said::contains)) {
                return fault;
            }
        }
        if (causes(problem)
                .anyMatch(cause -> cause instanceof FileNotFoundException
                        || cause instanceof AccessDeniedException
                        || cause instanceof IncompleteReadException
                        || cause.getClass().getSimpleName().equals("RemoteFileChangedException")
                        || cause.getClass().getSimpleName().equals("ConnectionClosedException"))) {
            return FILE;
        }
        return causes(problem).anyMatch(StoreFault::isSilence) ? SILENT : OTHER;
    }

    /** Whether a network or an S3 client raised it, and not a local disk or a fault of ours. */
    static boolean isOfAStore(Throwable problem) {
        return causes(problem)
                .anyMatch(cause -> isSilence(cause)
                        || PACKAGES.stream().anyMatch(cause.getClass().getName()::startsWith));
    }

    private static boolean isSilence(Throwable cause) {
        return cause instanceof SocketTimeoutException
                || cause instanceof SocketException
                || cause instanceof UnknownHostException
                || cause.getClass().getSimpleName().equals("NoHttpResponseException")
                || String.valueOf(cause.getMessage()).contains("Timeout waiting for connection from pool");
    }

    /** What happened and the way out, in half a sentence without a stop; of a problem that is no store's, what it says itself. */
    static String sentence(Throwable problem) {
        if (!isOfAStore(problem)) {
            return firstLine(problem);
        }
        String code = code(problem);
        return switch (of(problem)) {
            case CREDENTIALS ->
                "the store does not take the credentials"
                        + (code.isEmpty() ? "" : " (" + code + ")")
                        + "; renew them and run again (docs/s3.md says where they are looked for)";
            case NO_BUCKET -> "there is no such bucket; check its name and fs.s3a.endpoint";
            case BUSY ->
                "the store goes on asking to slow down"
                        + (code.isEmpty() ? "" : " (" + code + ")")
                        + "; run again later, or set stylize.max-reads-per-second and stylize.max-writes-per-second";
            case SILENT ->
                "the store does not answer (" + innermost(problem)
                        + "); check the network and fs.s3a.endpoint, and run again";
            case FILE -> ofFile(problem);
            // To a HEAD request S3 says no more than this.
            case OTHER ->
                said(problem).contains("Status Code: 400")
                        ? "the store refuses the request (400), as it does with expired credentials and those of another region; renew them or"
                                + " check fs.s3a.endpoint, and run again"
                        : firstLine(problem);
        };
    }

    private static String ofFile(Throwable problem) {
        if (said(problem).contains("InvalidObjectState")) {
            return "it is archived (S3 Glacier); restore it, or pass it over with --exclude or --modified-since";
        }
        if (causes(problem).anyMatch(AccessDeniedException.class::isInstance)) {
            return "access denied; the credentials must allow s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there";
        }
        return causes(problem).anyMatch(FileNotFoundException.class::isInstance)
                ? "it is not there, or no longer"
                : firstLine(problem);
    }

    private static String code(Throwable problem) {
        Matcher code = CODE.matcher(said(problem));
        return code.find() && !code.group(1).equals("null") ? code.group(1) : "";
    }

    private static String innermost(Throwable problem) {
        Throwable last = causes(problem).reduce(problem, (outer, inner) -> inner);
        return firstLine(last).toLowerCase(Locale.ROOT);
    }

    private static String firstLine(Throwable problem) {
        String message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static String said(Throwable problem) {
        StringBuilder all = new StringBuilder();
        causes(problem).forEach(cause -> all.append(cause).append('\n'));
        return all.toString();
    }

    private static Stream<Throwable> causes(Throwable problem) {
        Stream<Throwable> suppressed = Arrays.stream(problem.getSuppressed()).filter(IOException.class::isInstance);
        return Stream.concat(
                Stream.iterate(problem, cause -> cause != null, Throwable::getCause)
                        .limit(30),
                suppressed);
    }
}
