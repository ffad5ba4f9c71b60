package io.toonlake.device;

import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/** ND4J's engine in this JVM. Left alone, ND4J takes the CUDA one wherever it is on the class path and there is a driver. */
public final class Engine {
    private static final String WAY_OUT =
            "one process computes on one kind of device: start another for this, or look at train.device";

    private static boolean loaded;

    private Engine() {}

    /** @throws DeviceException where ND4J computes on a GPU in this JVM already */
    public static void useCpu() {
        load(Device.CPU);
        if (!onHost()) {
            throw new DeviceException(
                    "Cannot compute on the CPU: this process computes on a GPU already (" + WAY_OUT + ")");
        }
    }

    /**
     * Puts the calling thread, and no other, on a GPU. Cheap where it is there already.
     *
     * @param gpu its number, as CUDA counts
     * @throws DeviceException where ND4J cannot compute on it
     */
    public static void useGpu(int gpu) {
        new CudaGpus().check(gpu);
        try {
            load(Device.GPU);
        } catch (LinkageError | RuntimeException e) {
            throw new DeviceException(
                    "Cannot compute on GPU " + gpu + ": ND4J's CUDA engine does not start (" + rootOf(e)
                            + "): see docs/gpu.md for what it needs",
                    e);
        }
        if (onHost()) {
            throw new DeviceException(
                    "Cannot compute on GPU " + gpu + ": this process computes on the CPU already (" + WAY_OUT + ")");
        }
        Nd4j.getAffinityManager().unsafeSetDevice(gpu);
    }

    /**
     * Looks whether ND4J could compute on a GPU, without starting it there.
     *
     * @throws DeviceException where it could not: the driver, CUDA, or code for the GPU's kind is missing
     */
    public static void checkGpu(int gpu) {
        new CudaGpus().check(gpu);
    }

    /** The CPU, unless this process computes on a GPU already: for what is small, or does the same on both. */
    public static void useCpuUnlessStarted() {
        load(Device.CPU);
    }

    /**
     * Whether arrays lie in the host's memory and nowhere else, so that a buffer's bytes are the array's values. On a GPU they are a
     * copy, which operations neither read nor refresh.
     */
    public static boolean onHost() {
        return Nd4j.getEnvironment().isCPU();
    }

    private static synchronized void load(Device device) {
        if (loaded) {
            return;
        }
        ClassLoader before = ND4JClassLoading.getNd4jClassloader();
        ND4JClassLoading.setNd4jClassloader(new EngineClassLoader(device, Nd4jBackend.class.getClassLoader()));
        try {
            Nd4j.getBackend();
            loaded = true;
        } finally {
            ND4JClassLoading.setNd4jClassloader(before);
        }
    }

    private static String rootOf(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }
}
