package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.network.Activation;
import io.toonlake.network.GeneratorArchitecture;

/**
 * A generator on ONNX Runtime, in tiles that show no seams, since they are normalized by the statistics of the whole picture: all tiles must have
 * come to a norm before one can go on. Only maps at a quarter of the resolution are kept from pass to pass; larger ones are computed again from
 * them, once for their statistics and once to go on.
 */
final class TiledEngine implements StylizingEngine {
    /** Side of a tile. Smaller ones compute more of their neighbours' surroundings. */
    private static final int SIDE_PIXELS = 256;

    /** What a tile takes for each of the generator's channels, by measurement: several maps of it, as the allocator packs them. */
    private static final long TILE_BYTES_PER_CHANNEL = 2L << 20;

    /** What the allocator keeps, and each thread's own: 0 to 90 MiB were measured. */
    private static final long SCRATCH_BYTES = 96L << 20;

    /** How far the two convolutions of a residual block reach. */
    private static final int BLOCK_REACH_PIXELS = 2;

    private static final int CONVOLUTION_REACH_PIXELS = 1;

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final GeneratorLayers layers;
    private final int threads;
    private final long maxBytes;
    private final int sidePixels;
    private final Processor processor;

    /**
     * Takes a model over, whose weights stay where they are.
     *
     * @param threads that work on one picture, including the caller's
     * @param maxBytes that one picture may take; more only where it cannot do with that
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws GpuFailedException where the GPU cannot be computed on
     */
    TiledEngine(Model model, int threads, long maxBytes, Processor processor) {
        this(model, threads, maxBytes, SIDE_PIXELS, processor);
    }

    TiledEngine(Model model, int threads, long maxBytes, int sidePixels, Processor processor) {
        if (threads < 1) {
            throw new IllegalArgumentException("Invalid number of threads: %d (must be >= 1)".formatted(threads));
        }
        fingerprint = model.fingerprint();
        architecture = model.architecture();
        layers = new GeneratorLayers(model);
        this.threads = threads;
        this.maxBytes = maxBytes;
        this.sidePixels = sidePixels;
        this.processor = processor;
        // Says now whether ONNX Runtime loads.
        pass(layers.wide("conv01_1")).close();
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return EngineKind.ONNXRUNTIME_TILED;
    }

    @Override
    public int sizeMultiple() {
        return GeneratorArchitecture.SIZE_MULTIPLE;
    }

    @Override
    public int minSidePixels() {
        return WorkingSize.MIN_SIDE_PIXELS;
    }

    @Override
    public float[] stylize(float[] picture, int width, int height) {
        WorkingSize.check(picture, width, height);
        try (TileMap x = inner(width, height, BLOCK_REACH_PIXELS)) {
            down(new TilePicture(picture, width, height), x);
            body(x, width, height);
            return up(x, width, height);
        }
    }

    private TileMap inner(int width, int height, int margin) {
        return new TileMap(4 * architecture.width(), height / 4, width / 4, margin);
    }

    private void down(TilePicture photo, TileMap x) {
        int height = photo.height();
        int width = photo.width();
        TileLayer flat = layers.wide("conv01_1");
        flat = flat.normalized(norm("in01_1", photo, height, width, flat), Activation.RELU);
        TileLayer half = layers.halving("conv02_1");
        TileLayer halfPaired = layers.paired("conv02_2");
        halfPaired =
                halfPaired.normalized(norm("in02_1", photo, height, width, flat, half, halfPaired), Activation.RELU);
        ChannelMoments moments = new ChannelMoments(4 * architecture.width());
        try (TilePass pass = pass(flat, half, halfPaired, layers.halving("conv03_1"), layers.paired("conv03_2"))) {
            pass.run(height, width, Math.max(1, sidePixels / 4), false, photo, (tile, values) -> {
                x.write(tile, values);
                moments.add(values, tile.pixels());
            });
        }
        x.rectify(layers.norm("in03_1", moments));
    }

    private void body(TileMap x, int width, int height) {
        int last = 4 + architecture.residualBlocks();
        if (keepsBranch(width, height)) {
            try (TileMap branch = inner(width, height, CONVOLUTION_REACH_PIXELS)) {
                for (int stage = 4; stage < last; stage++) {
                    addBlock("%02d".formatted(stage), x, branch);
                }
            }
        } else {
            for (int stage = 4; stage < last; stage++) {
                addBlockAtOnce("%02d".formatted(stage), x);
            }
        }
    }

    private void addBlock(String stage, TileMap x, TileMap branch) {
        ChannelScaling first =
                layers.norm("in" + stage + "_1", overwrite(branch, x::read, layers.inner("conv" + stage + "_1")));
        ChannelScaling second = layers.norm(
                "in" + stage + "_2",
                overwrite(
                        branch,
                        (tile, into) -> branch.readRectified(tile, first, into),
                        layers.inner("conv" + stage + "_2")));
        x.add(branch, second);
    }

    private ChannelMoments overwrite(TileMap map, TilePass.Source source, TileLayer layer) {
        ChannelMoments moments = new ChannelMoments(layer.outputChannels());
        try (TilePass pass = pass(layer)) {
            map.startOverwriting();
            pass.run(map.height(), map.width(), sidePixels / 2, map.lastTileFirst(), source, (tile, values) -> {
                map.write(tile, values);
                moments.add(values, tile.pixels());
            });
            map.finishOverwriting();
        }
        return moments;
    }

    /** The same without a map for the branch: its first convolution is computed three times and its second one twice. */
    private void addBlockAtOnce(String stage, TileMap x) {
        TileLayer first = layers.inner("conv" + stage + "_1");
        first = first.normalized(norm("in" + stage + "_1", x, first), Activation.RELU);
        TileLayer second = layers.inner("conv" + stage + "_2");
        second = second.normalized(norm("in" + stage + "_2", x, first, second), Activation.NONE);
        try (TilePass pass = pass(first, second)) {
            x.startOverwriting();
            pass.run(x.height(), x.width(), sidePixels / 2, x.lastTileFirst(), x::read, x::writeSum);
            x.finishOverwriting();
        }
    }

    private float[] up(TileMap x, int width, int height) {
        int stage = 4 + architecture.residualBlocks();
        TileLayer half = layers.doubling("deconv01_1");
        TileLayer halfPaired = layers.paired("deconv01_2");
        halfPaired = halfPaired.normalized(norm("in%02d_1".formatted(stage), x, half, halfPaired), Activation.RELU);
        TileLayer full = layers.doubling("deconv02_1");
        TileLayer fullPaired = layers.paired("deconv02_2");
        fullPaired = fullPaired.normalized(
                norm("in%02d_1".formatted(stage + 1), x, half, halfPaired, full, fullPaired), Activation.RELU);
        TilePicture cartoon = new TilePicture(width, height);
        TileLayer out = layers.wide("deconv03_1").activated(Activation.TANH);
        try (TilePass pass = pass(half, halfPaired, full, fullPaired, out)) {
            pass.run(x.height(), x.width(), sidePixels, false, x::read, cartoon);
        }
        return cartoon.values();
    }

    private ChannelScaling norm(String name, TileMap x, TileLayer... chain) {
        return norm(name, x::read, x.height(), x.width(), chain);
    }

    /** The norm of what a chain makes of a map of that size. */
    private ChannelScaling norm(String name, TilePass.Source source, int height, int width, TileLayer... chain) {
        int channels = chain[chain.length - 1].outputChannels();
        // A map at half the resolution has twice the channels, and so on.
        int side = channels > architecture.width() ? sidePixels / 2 : sidePixels;
        ChannelMoments moments = new ChannelMoments(channels);
        try (TilePass pass = pass(chain)) {
            pass.run(height, width, side, false, source, (tile, values) -> moments.add(values, tile.pixels()));
        }
        return layers.norm(name, moments);
    }

    private TilePass pass(TileLayer... chain) {
        return new TilePass(new TileChain(chain), threads, processor);
    }

    private boolean keepsBranch(int width, int height) {
        return fits(bytes(architecture, width, height, true), width, height, maxBytes);
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(architecture, width, height, maxBytes);
    }

    /** What it takes where it may take that much, or else the least that it takes. */
    static long estimatedBytes(GeneratorArchitecture architecture, int width, int height, long maxBytes) {
        long most = bytes(architecture, width, height, true);
        return fits(most, width, height, maxBytes) ? most : bytes(architecture, width, height, false);
    }

    private static boolean fits(long bytes, int width, int height, long maxBytes) {
        return bytes + Stylizer.cartoonBytes(width, height) <= maxBytes;
    }

    /**
     * The picture before, 12 bytes a pixel, stands beside the maps all the time; the one after when the branch is gone. Of the rest, what a
     * tile takes, most is the allocator's.
     */
    private static long bytes(GeneratorArchitecture architecture, int width, int height, boolean withBranch) {
        int channels = 4 * architecture.width();
        long picture = 3L * Float.BYTES * width * height;
        long x = TileMap.bytes(channels, height / 4, width / 4, BLOCK_REACH_PIXELS);
        long branch = withBranch ? TileMap.bytes(channels, height / 4, width / 4, CONVOLUTION_REACH_PIXELS) : 0;
        return picture + x + Math.max(picture, branch) + TILE_BYTES_PER_CHANNEL * architecture.width() + SCRATCH_BYTES;
    }

    @Override
    public void close() {
        // Between pictures it holds nothing but the model.
    }
}
