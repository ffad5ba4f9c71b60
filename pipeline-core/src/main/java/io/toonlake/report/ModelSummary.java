package io.toonlake.report;

import java.util.List;
import java.util.Map;

/**
 * A model.
 *
 * @param name e.g. its folder
 * @param fingerprint of its parameters and architecture
 * @param architecture in words, e.g. {@code width 16, 4 residual blocks, zero padding}
 * @param details anything else worth a row: source, licence, what it was trained on
 * @param notes what its user has to know, e.g. {@code random-feature content loss}
 */
public record ModelSummary(
        String name, String fingerprint, String architecture, Map<String, String> details, List<String> notes) {

    public ModelSummary {
        notes = List.copyOf(notes);
    }
}
