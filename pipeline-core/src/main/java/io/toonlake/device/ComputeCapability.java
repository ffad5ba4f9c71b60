package io.toonlake.device;

/** NVIDIA's number for what machine code a GPU runs. */
record ComputeCapability(int major, int minor) {
    static final String DRIVEN = "3.7, 5.x, 6.x, 7.x and 8.x: V100, T4, A100, A10, L4; not H100 and newer";

    /**
     * Whether nd4j-cuda-11.6 1.0.0-M2.1 has code for such a GPU. Its library holds code for 3.7, 5.0, 5.2, 6.0, 6.1, 7.0, 7.5, 8.0 and
     * 8.6, and no PTX. Code runs on its own major revision from its own minor one on (NVIDIA's CUDA programming guide, binary
     * compatibility). {@code deploy/gpu/discover-gpus} states the same.
     */
    boolean driven() {
        return major == 3 ? minor >= 7 : major >= 5 && major <= 8;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
