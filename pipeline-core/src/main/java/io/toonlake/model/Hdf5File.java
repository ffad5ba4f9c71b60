package io.toonlake.model;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An HDF5 file, in which Keras keeps weights. A dataset is a tensor, named by its groups and itself:
 * {@code block1_conv1/block1_conv1/kernel:0}. Links are passed over, as they may lead to other files.
 */
final class Hdf5File implements StoredTensors {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    /** Deeper than any network nests, and an end where groups hold each other. */
    private static final int MAX_DEPTH = 32;

    private final String place;
    private final Map<String, Dataset> datasets = new LinkedHashMap<>();

    /** @throws ModelFormatException where the bytes are no readable HDF5 file */
    Hdf5File(byte[] bytes, String place) throws ModelFormatException {
        this.place = place;
        try {
            // It lives on the heap, as the bytes do, and needs no closing.
            collect(HdfFile.fromBytes(bytes), "", 0);
        } catch (RuntimeException e) {
            throw damaged("", e);
        }
    }

    static boolean isHdf5(byte[] bytes) {
        return bytes.length >= SIGNATURE.length
                && Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    private void collect(Group group, String path, int depth) {
        for (Node node : group.getChildren().values()) {
            if (node.isLink()) {
                continue;
            }
            if (node instanceof Dataset dataset) {
                datasets.put(path + node.getName(), dataset);
            } else if (node instanceof Group inner && depth < MAX_DEPTH) {
                collect(inner, path + node.getName() + "/", depth + 1);
            }
        }
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Set<String> names() {
        return datasets.keySet();
    }

    @Override
    public Tensor read(String name) throws ModelFormatException {
        Dataset dataset = datasets.get(name);
        if (dataset == null) {
            throw new ModelFormatException("Cannot read %s: no dataset %s".formatted(place, name));
        }
        try {
            int[] shape = dataset.getDimensions();
            Object flat = dataset.getDataFlat();
            if (flat instanceof float[] values) {
                return Tensor.of(values, shape);
            }
            if (flat instanceof double[] values) {
                return Tensor.of(narrowed(values), shape);
            }
            throw new ModelFormatException("Cannot read %s: dataset %s of shape %s holds %s (floating point is read)"
                    .formatted(place, name, Arrays.toString(shape), dataset.getJavaType()));
        } catch (RuntimeException e) {
            throw damaged(" at dataset " + name, e);
        }
    }

    private ModelFormatException damaged(String where, RuntimeException e) {
        return new ModelFormatException(
                "Cannot read %s: a damaged HDF5 file, or of an unknown kind%s (%s)".formatted(place, where, e), e);
    }

    private static float[] narrowed(double[] values) {
        float[] narrowed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrowed[i] = (float) values[i];
        }
        return narrowed;
    }
}
