package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;

/** Takes a map of the whole picture through a {@link TileChain} on ONNX Runtime, a tile at a time. */
final class TilePass implements AutoCloseable {
    /** Gives a part of the chain's input. */
    @FunctionalInterface
    interface Source {
        /** @param into [C, h, w], filled from its start */
        void read(Tile tile, FloatBuffer into);
    }

    /** Takes a part of the chain's output. */
    @FunctionalInterface
    interface Sink {
        /** @param values [C, h, w], from the start; changed after the call */
        void accept(Tile tile, FloatBuffer values);
    }

    private static final int AXES = 4;

    private final TileChain chain;
    private final Processor processor;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private FloatPointer part = new FloatPointer(0L);
    private FloatPointer tile = new FloatPointer(0L);

    /**
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws GpuFailedException where the GPU cannot be computed on
     */
    TilePass(TileChain chain, int threads, Processor processor) {
        this.chain = chain;
        this.processor = processor;
        environment = OrtSessions.environment();
        try {
            session = OrtSessions.open(TileGraph.of(chain), threads, processor);
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot load a part of the generator", processor, e);
        }
    }

    /**
     * Makes every tile of the output.
     *
     * @param height of the chain's input
     * @param width of the chain's input
     * @param sidePixels of a tile of the output, at most
     * @param lastTileFirst rather than the first one first
     */
    void run(int height, int width, int sidePixels, boolean lastTileFirst, Source source, Sink sink) {
        List<Tile> tiles = new ArrayList<>();
        for (Span rows : Span.cut(chain.outputLength(height), sidePixels)) {
            for (Span columns : Span.cut(chain.outputLength(width), sidePixels)) {
                tiles.add(new Tile(rows, columns));
            }
        }
        if (lastTileFirst) {
            Collections.reverse(tiles);
        }
        for (Tile output : tiles) {
            run(chain.plan(height, width, output), source, output, sink);
        }
    }

    private void run(TileChain.Plan plan, Source source, Tile output, Sink sink) {
        part = atLeast((long) chain.inputChannels() * plan.source().pixels(), part);
        tile = atLeast((long) chain.outputChannels() * output.pixels(), tile);
        FloatBuffer values = tile.asBuffer();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (LongPointer widths = new LongPointer(2L * AXES * chain.layers().size());
                OnnxTensor made = tensor(values, chain.outputChannels(), output)) {
            FloatBuffer read = part.asBuffer();
            source.read(plan.source(), read);
            inputs.put(TileGraph.INPUT, tensor(read, chain.inputChannels(), plan.source()));
            addPadding(plan, widths.asBuffer(), inputs);
            session.run(inputs, Map.of(TileGraph.OUTPUT, made)).close();
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot stylize " + output, processor, e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
        sink.accept(output, values.clear());
    }

    private OnnxTensor tensor(FloatBuffer values, int channels, Tile shape) throws OrtException {
        long[] axes = {1, channels, shape.height(), shape.width()};
        return OnnxTensor.createTensor(environment, values.clear().limit(channels * shape.pixels()), axes);
    }

    private void addPadding(TileChain.Plan plan, LongBuffer widths, Map<String, OnnxTensor> inputs)
            throws OrtException {
        for (int i = 0; i < chain.layers().size(); i++) {
            if (chain.layers().get(i).step() == TileLayer.Step.TRANSPOSED) {
                continue;
            }
            int[] padding = plan.padding().get(i);
            int at = 2 * AXES * i;
            widths.limit(at + 2 * AXES).position(at);
            widths.put(new long[] {0, 0, padding[0], padding[1], 0, 0, padding[2], padding[3]})
                    .position(at);
            inputs.put(
                    TileGraph.padding(i), OnnxTensor.createTensor(environment, widths.slice(), new long[] {2L * AXES}));
        }
    }

    private static FloatPointer atLeast(long values, FloatPointer memory) {
        if (memory.capacity() >= values) {
            return memory;
        }
        memory.close();
        return new FloatPointer(values);
    }

    @Override
    public void close() {
        part.close();
        tile.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("Cannot close the session: " + e.getMessage(), e);
        }
    }
}
