package io.toonlake.report;

/**
 * How many pictures a model made.
 *
 * @param model the model's name or fingerprint
 * @param pictures pictures written and still up to date
 */
public record StylizedCount(String model, long pictures) {}
