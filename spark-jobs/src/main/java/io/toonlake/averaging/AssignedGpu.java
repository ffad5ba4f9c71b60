package io.toonlake.averaging;

import io.toonlake.device.DeviceException;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark assigned to a task, by the number that {@code deploy/gpu/discover-gpus} gave it. */
public final class AssignedGpu {
    private AssignedGpu() {}

    /**
     * The first one, where there are several; empty where there is none.
     *
     * @param resources of the task
     * @throws DeviceException where its address is no number
     */
    public static OptionalInt of(Map<String, ResourceInformation> resources) {
        ResourceInformation gpus = resources.get("gpu");
        if (gpus == null || gpus.addresses().length == 0) {
            return OptionalInt.empty();
        }
        String address = gpus.addresses()[0];
        try {
            return OptionalInt.of(Integer.parseInt(address));
        } catch (NumberFormatException e) {
            throw new DeviceException(
                    "Invalid GPU address: " + address
                            + " (must be a number; spark.executor.resource.gpu.discoveryScript=deploy/gpu/discover-gpus prints them so)");
        }
    }

    /** Whether tasks run in the driver's process, where Spark schedules no GPUs. */
    public static boolean isLocal(SparkConf conf) {
        String master = conf.get("spark.master", "local");
        return master.equals("local") || master.startsWith("local[");
    }
}
