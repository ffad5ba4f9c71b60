package io.toonlake.averaging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.stats.BaseEventStats;
import org.deeplearning4j.spark.stats.EventStats;
import org.deeplearning4j.spark.stats.StatsUtils;

/** The rounds' times as dl4j-spark reports them: one event a round for each of broadcast, local steps and average. */
final class RoundStats implements SparkTrainingStats {
    private static final long serialVersionUID = 1L;
    private static final String DRIVER = "driver";

    private final LinkedHashMap<String, ArrayList<EventStats>> events = new LinkedHashMap<>();

    RoundStats() {
        for (String key : List.of("BroadcastTimesMs", "FitTimesMs", "AverageTimesMs")) {
            events.put(key, new ArrayList<>());
        }
    }

    void add(RoundResult result) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("BroadcastTimesMs", result.broadcastSeconds());
        seconds.put("FitTimesMs", result.computeSeconds());
        seconds.put("AverageTimesMs", result.averageSeconds());
        double all = seconds.values().stream().mapToDouble(each -> each).sum();
        long start = result.finished().toEpochMilli() - Math.round(1e3 * all);
        for (Map.Entry<String, Double> part : seconds.entrySet()) {
            long millis = Math.round(1e3 * part.getValue());
            // With names given, Deeplearning4j asks neither the network's time servers nor the hardware for them.
            events.get(part.getKey()).add(new BaseEventStats(DRIVER, DRIVER, 0, start, millis));
            start += millis;
        }
    }

    @Override
    public Set<String> getKeySet() {
        return events.keySet();
    }

    @Override
    public List<EventStats> getValue(String key) {
        if (!events.containsKey(key)) {
            throw new NoSuchElementException("No times " + key + " (there are " + events.keySet() + ")");
        }
        return List.copyOf(events.get(key));
    }

    @Override
    public String getShortNameForKey(String key) {
        return key.replace("TimesMs", "");
    }

    @Override
    public boolean defaultIncludeInPlots(String key) {
        return events.containsKey(key);
    }

    @Override
    public void addOtherTrainingStats(SparkTrainingStats other) {
        throw new UnsupportedOperationException("a round's times are the master's own");
    }

    @Override
    public SparkTrainingStats getNestedTrainingStats() {
        return null;
    }

    @Override
    public String statsAsString() {
        StringBuilder text = new StringBuilder();
        events.forEach((key, list) -> text.append(key)
                .append(' ')
                .append(list.stream().map(EventStats::getDurationMs).toList())
                .append(System.lineSeparator()));
        return text.toString();
    }

    @Override
    public void exportStatFiles(String folder, SparkContext context) throws IOException {
        for (Map.Entry<String, ArrayList<EventStats>> part : events.entrySet()) {
            if (!part.getValue().isEmpty()) {
                StatsUtils.exportStats(part.getValue(), folder, part.getKey() + ".txt", ",", context);
            }
        }
    }
}
