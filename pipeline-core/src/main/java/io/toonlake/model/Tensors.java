package io.toonlake.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;

/** Named tensors in a fixed order. Immutable, but for the values that {@link Tensor} shares. */
public final class Tensors {
    private final Map<String, Tensor> byName;

    public Tensors(Map<String, Tensor> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /**
     * Reads a folder or a file of the local file system whole, as {@link StoredTensors#in(Path)} finds it.
     *
     * @throws ModelFormatException where the place holds no tensors, or damaged files
     * @throws IOException where the place cannot be read
     */
    public static Tensors load(Path folderOrFile) throws IOException {
        return StoredTensors.in(folderOrFile).readAll();
    }

    public Set<String> names() {
        return byName.keySet();
    }

    public boolean contains(String name) {
        return byName.containsKey(name);
    }

    /** @throws NoSuchElementException where there is no such tensor */
    public Tensor tensor(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new NoSuchElementException("No tensor " + name + " among " + byName.keySet());
        }
        return tensor;
    }

    public Map<String, Tensor> asMap() {
        return byName;
    }

    public int size() {
        return byName.size();
    }

    /** Number of values in all tensors. */
    public long parameters() {
        return byName.values().stream().mapToLong(t -> t.values().length).sum();
    }

    /** The same tensors in the order of their names. */
    public Tensors sorted() {
        return new Tensors(new TreeMap<>(byName));
    }

    /** Equal where names, shapes and values are, whatever the order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensors t && byName.equals(t.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    @Override
    public String toString() {
        return byName.toString();
    }
}
