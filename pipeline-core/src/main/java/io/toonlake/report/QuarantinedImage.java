package io.toonlake.report;

/**
 * An image that was refused.
 *
 * @param job the job that refused it
 * @param collection the collection, or empty where the job has none
 * @param path where the image is
 * @param reason the reason's code, e.g. {@code truncated}
 * @param message what exactly is wrong
 */
public record QuarantinedImage(String job, String collection, String path, String reason, String message) {}
