package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.model.Tensors;
import io.toonlake.network.Activation;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.stylize.TileLayer.Step;

/** A model's convolutions and norms, by the names that {@link GeneratorArchitecture} gives them. */
record GeneratorLayers(GeneratorArchitecture architecture, Tensors tensors) {
    GeneratorLayers(Model model) {
        this(model.architecture(), model.tensors());
    }

    /** The first and the last one, 7×7. */
    TileLayer wide(String name) {
        return layer(name, Step.SAME, Padding.REFLECT);
    }

    TileLayer halving(String name) {
        return layer(name, Step.HALVING, architecture.padding());
    }

    TileLayer paired(String name) {
        return layer(name, Step.SAME, architecture.padding());
    }

    /** Of a residual block. */
    TileLayer inner(String name) {
        return layer(name, Step.SAME, Padding.REFLECT);
    }

    TileLayer doubling(String name) {
        Step step = architecture.upsampling() == Upsampling.RESIZE ? Step.RESIZE : Step.TRANSPOSED;
        return layer(name, step, architecture.padding());
    }

    private TileLayer layer(String name, Step step, Padding padding) {
        return new TileLayer(
                step, tensors.tensor(name + ".weight"), tensors.tensor(name + ".bias"), padding, Activation.NONE);
    }

    /** A norm whose statistics are known. */
    ChannelScaling norm(String name, ChannelMoments moments) {
        return moments.scaling(
                tensors.tensor(name + ".scale").values(),
                tensors.tensor(name + ".shift").values(),
                architecture.normEpsilon());
    }
}
