package io.toonlake.averaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.training.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Which checkpoint is the best, as {@code best.json} says it: the lowest mean content loss, those of the adversarial phase before all others.
 *
 * @param file its name
 * @param content mean over the rounds since the checkpoint before it; of an adversarial one, over the adversarial rounds
 */
record BestCheckpoint(String file, Phase phase, double content) {
    static final String NAME = "best.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    boolean isBetterThan(BestCheckpoint other) {
        return phase == other.phase ? content < other.content : phase.usesDiscriminator();
    }

    byte[] toBytes() {
        ObjectNode json = JSON.createObjectNode();
        json.put("file", file).put("phase", phase.code()).put("content", content);
        return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static BestCheckpoint of(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        Phase phase =
                json.path("phase").asText().equals(Phase.ADVERSARIAL.code()) ? Phase.ADVERSARIAL : Phase.INITIALIZATION;
        return new BestCheckpoint(
                json.path("file").asText(), phase, json.path("content").asDouble(Double.POSITIVE_INFINITY));
    }
}
