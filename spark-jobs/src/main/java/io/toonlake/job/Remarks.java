package io.toonlake.job;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.util.AccumulatorV2;

/** What tasks have to say to people: each sentence once, however many tasks say it. */
final class Remarks extends AccumulatorV2<String, Set<String>> {
    private static final long serialVersionUID = 1L;

    private final Set<String> sentences = Collections.synchronizedSet(new TreeSet<>());

    @Override
    public boolean isZero() {
        return sentences.isEmpty();
    }

    @Override
    public Remarks copy() {
        Remarks copy = new Remarks();
        copy.sentences.addAll(value());
        return copy;
    }

    @Override
    public void reset() {
        sentences.clear();
    }

    @Override
    public void add(String sentence) {
        sentences.add(sentence);
    }

    @Override
    public void merge(AccumulatorV2<String, Set<String>> other) {
        sentences.addAll(other.value());
    }

    @Override
    public Set<String> value() {
        synchronized (sentences) {
            return new TreeSet<>(sentences);
        }
    }
}
