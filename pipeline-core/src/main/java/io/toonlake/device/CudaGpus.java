package io.toonlake.device;

import org.bytedeco.cuda.global.cudart;

/** As CUDA's runtime counts them. Asked directly, since ND4J can answer only after it has started on them. */
final class CudaGpus implements Gpus {
    @Override
    public int count() {
        int[] count = new int[1];
        ask("the number of GPUs", () -> cudart.cudaGetDeviceCount(count));
        return count[0];
    }

    @Override
    public ComputeCapability capability(int gpu) {
        return new ComputeCapability(
                attribute(gpu, cudart.cudaDevAttrComputeCapabilityMajor),
                attribute(gpu, cudart.cudaDevAttrComputeCapabilityMinor));
    }

    private static int attribute(int gpu, int which) {
        int[] value = new int[1];
        ask("the capability of GPU " + gpu, () -> cudart.cudaDeviceGetAttribute(value, which, gpu));
        return value[0];
    }

    private static void ask(String what, java.util.function.IntSupplier call) {
        int status;
        try {
            status = call.getAsInt();
        } catch (LinkageError e) {
            throw new DeviceException(
                    "Cannot compute on a GPU: CUDA's natives do not load (" + rootOf(e)
                            + "): build with ./mvnw -Pcuda, install the driver and CUDA 11 (docs/gpu.md), or use train.device=cpu",
                    e);
        }
        if (status != cudart.cudaSuccess) {
            throw new DeviceException("Cannot compute on a GPU: CUDA cannot tell " + what + ": "
                    + cudart.cudaGetErrorString(status).getString()
                    + " (look whether nvidia-smi runs on this machine, or use train.device=cpu)");
        }
    }

    /** JavaCPP wraps what the linker says into the list of all places it looked in. */
    private static String rootOf(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
