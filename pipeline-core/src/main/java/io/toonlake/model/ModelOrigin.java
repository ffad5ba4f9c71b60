package io.toonlake.model;

/**
 * Where a model comes from, for people and for the table of runs. No part of the fingerprint: a model with a corrected
 * title makes the same pictures.
 *
 * @param making how it was made
 * @param title what people call it, e.g. {@code hayao}
 * @param source where its weights or its training data come from: an address, a path, a citation
 * @param licence under which its weights may be used, an SPDX identifier where there is one; {@code unknown} if unstated
 * @param runId the training run, empty for an import
 * @param settingsFingerprint of that run's settings, empty for an import
 */
public record ModelOrigin(
        Making making, String title, String source, String licence, String runId, String settingsFingerprint) {
    /** How a model was made. */
    public enum Making {
        IMPORTED("imported"),
        TRAINED("trained");

        private final String code;

        Making(String code) {
            this.code = code;
        }

        /** The word in {@code model.json}. */
        public String code() {
            return code;
        }
    }

    /** Weights that somebody else published. */
    public static ModelOrigin imported(String title, String source, String licence) {
        return new ModelOrigin(Making.IMPORTED, title, source, licence, "", "");
    }

    /** Weights of a training run of ours. */
    public static ModelOrigin trained(
            String title, String source, String licence, String runId, String settingsFingerprint) {
        return new ModelOrigin(Making.TRAINED, title, source, licence, runId, settingsFingerprint);
    }
}
