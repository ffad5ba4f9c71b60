package io.toonlake.device;

/** The GPUs that this process sees. */
interface Gpus {
    /** They are numbered from 0. */
    int count();

    ComputeCapability capability(int gpu);

    /** @throws DeviceException where ND4J cannot compute on that GPU */
    default void check(int gpu) {
        int count = count();
        if (gpu < 0 || gpu >= count) {
            throw new DeviceException(
                    "Cannot compute on GPU " + gpu + ": CUDA sees " + count
                            + " here, numbered from 0 (look at CUDA_VISIBLE_DEVICES, and at what deploy/gpu/discover-gpus prints)");
        }
        ComputeCapability capability = capability(gpu);
        if (!capability.driven()) {
            throw new DeviceException("Cannot compute on GPU " + gpu + ": its compute capability is " + capability
                    + ", and ND4J has no code for it (it has for " + ComputeCapability.DRIVEN
                    + "; choose another machine type, or train.device=cpu)");
        }
    }
}
