package io.toonlake.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The losses of one step, before its updates.
 *
 * @param byName those that the plan has in the step's phase, in the plan's order
 */
public record StepLosses(Map<String, Double> byName) {
    public StepLosses {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /**
     * One loss.
     *
     * @throws NoSuchElementException if the step had none of that name
     */
    public double of(String name) {
        Double loss = byName.get(name);
        if (loss == null) {
            throw new NoSuchElementException("No loss %s in this step (there are %s)".formatted(name, byName.keySet()));
        }
        return loss;
    }
}
