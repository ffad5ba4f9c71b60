package io.toonlake.stylize;

import java.util.List;

/**
 * Convolutions one after another, none of which needs to know more of a map than the surroundings of what it makes: all that stands between two
 * of the generator's norms. A tile of the last one's output, computed from the right part of the first one's input, is the very part of the whole
 * output; only at the borders of the whole maps is there padding.
 */
record TileChain(List<TileLayer> layers) {
    TileChain(TileLayer... layers) {
        this(List.of(layers));
    }

    /**
     * What a tile is made of.
     *
     * @param source of the first layer's input
     * @param padding of every layer's input, as rows above, columns at the left, rows below, columns at the right; negative to cut off what was
     *     computed in excess
     */
    record Plan(Tile source, List<int[]> padding) {}

    int inputChannels() {
        return layers.get(0).inputChannels();
    }

    int outputChannels() {
        return layers.get(layers.size() - 1).outputChannels();
    }

    /** Height or width of the output, given that of the input. */
    int outputLength(int length) {
        int output = length;
        for (TileLayer layer : layers) {
            output = layer.outputLength(output);
        }
        return output;
    }

    /** How to make a tile of the output of a map of that size. */
    Plan plan(int height, int width, Tile output) {
        int[][] padding = new int[layers.size()][4];
        Span rows = source(height, output.rows(), padding, 0);
        Span columns = source(width, output.columns(), padding, 1);
        return new Plan(new Tile(rows, columns), List.of(padding));
    }

    /** @param axis where the padding before and, two further, after goes */
    private Span source(int length, Span output, int[][] padding, int axis) {
        int[] lengths = new int[layers.size()];
        lengths[0] = length;
        for (int i = 1; i < lengths.length; i++) {
            lengths[i] = layers.get(i - 1).outputLength(lengths[i - 1]);
        }
        Span wanted = output;
        for (int i = layers.size() - 1; i >= 0; i--) {
            TileLayer layer = layers.get(i);
            Span reach = layer.reach(wanted);
            Span input = layer.input(wanted, lengths[i]);
            Span given = i == 0 ? input : layers.get(i - 1).computed(input, lengths[i - 1]);
            if (layer.step() == TileLayer.Step.RESIZE) {
                given = given.doubled();
            }
            padding[i][axis] = given.from() - reach.from();
            padding[i][axis + 2] = reach.to() - given.to();
            wanted = input;
        }
        return wanted;
    }
}
