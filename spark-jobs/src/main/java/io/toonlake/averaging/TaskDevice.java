package io.toonlake.averaging;

import io.toonlake.device.Device;
import io.toonlake.device.DeviceException;
import io.toonlake.device.Engine;
import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * Puts the threads of tasks on the device that a training computes on: the CPU, or the GPU that Spark assigned to the task. Spark tells a
 * task the GPU's address and leaves the rest to the task.
 *
 * <p>An executor has one GPU ({@link #problem}), so a worker that stays on it between rounds finds its arrays where they were.
 */
public record TaskDevice(Device device, Chooser chooser) implements Serializable {
    public static final TaskDevice CPU = new TaskDevice(Device.CPU);

    private static final String AMOUNT = "spark.executor.resource.gpu.amount";
    private static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";

    /** What sets a thread's GPU. */
    @FunctionalInterface
    interface Chooser extends Serializable {
        void useGpu(int gpu);
    }

    public TaskDevice(Device device) {
        this(device, Engine::useGpu);
    }

    /** What is wrong with Spark's settings for this device; empty if nothing is. */
    public String problem(SparkConf conf) {
        if (device == Device.CPU || AssignedGpu.isLocal(conf)) {
            return "";
        }
        String way = " (must be 1, one GPU an executor; conf/README.md has the settings of a GPU cluster)";
        if (!conf.get(AMOUNT, "0").equals("1")) {
            return "Invalid " + AMOUNT + ": " + conf.get(AMOUNT, "none") + way;
        }
        if (!conf.get(TASK_AMOUNT, "0").equals("1")) {
            return "Invalid " + TASK_AMOUNT + ": " + conf.get(TASK_AMOUNT, "none") + way;
        }
        return "";
    }

    /**
     * Takes the device for the calling thread. Spark runs a worker's rounds in any of its threads, so this is called in each of them,
     * before ND4J is used.
     *
     * <p>The driver computes nothing that depends on the device: it takes the CPU, unless the tasks run in it too.
     *
     * @throws DeviceException where the device is not there, or ND4J cannot compute on it
     */
    public void take() {
        if (device == Device.CPU) {
            Engine.useCpu();
            return;
        }
        TaskContext task = TaskContext.get();
        boolean local =
                SparkEnv.get() == null || AssignedGpu.isLocal(SparkEnv.get().conf());
        if (task != null && !local) {
            chooser.useGpu(assigned(task.resourcesJMap()));
        } else if (local) {
            chooser.useGpu(0);
        } else {
            Engine.useCpu();
        }
    }

    private static int assigned(Map<String, ResourceInformation> resources) {
        return AssignedGpu.of(resources)
                .orElseThrow(() -> new DeviceException("Cannot compute on a GPU: Spark assigned none to this task (set "
                        + AMOUNT + " and " + TASK_AMOUNT + " to 1, or use train.device=cpu)"));
    }
}
