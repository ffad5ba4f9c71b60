package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.device.Device;
import io.toonlake.device.DeviceException;
import io.toonlake.device.Engine;
import io.toonlake.testing.SparkExtension;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SparkExtension.class)
class TaskDeviceTest {
    private static final TaskDevice GPU = new TaskDevice(Device.GPU);

    private final JavaSparkContext context;

    TaskDeviceTest(JavaSparkContext context) {
        this.context = context;
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "spark://host:7077, -, -, Invalid spark.executor.resource.gpu.amount: none (must be 1",
                "spark://host:7077, 2, 1, Invalid spark.executor.resource.gpu.amount: 2 (must be 1",
                "yarn, 1, -, Invalid spark.task.resource.gpu.amount: none (must be 1",
                "'local-cluster[2,1,1024]', 1, 0.5, Invalid spark.task.resource.gpu.amount: 0.5 (must be 1"
            },
            nullValues = "-")
    void aClusterHasToScheduleOneGpuAnExecutor(String master, String executor, String task, String problem) {
        assertThat(GPU.problem(conf(master, executor, task))).startsWith(problem);
        assertThat(TaskDevice.CPU.problem(conf(master, executor, task))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            value = {"spark://host:7077, 1, 1", "local, -, -", "'local[*]', -, -"},
            nullValues = "-")
    void whatIsScheduledRightHasNoProblem(String master, String executor, String task) {
        assertThat(GPU.problem(conf(master, executor, task))).isEmpty();
    }

    @Test
    void aTaskWhoseGpuCannotBeUsedFailsWithTheSentence() {
        Engine.useCpu();

        assertThatThrownBy(() -> context.parallelize(List.of(1), 1).foreach(element -> GPU.take()))
                .isInstanceOf(SparkException.class)
                .cause()
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("Cannot compute on");
    }

    private static SparkConf conf(String master, String executor, String task) {
        SparkConf conf = new SparkConf(false).set("spark.master", master);
        if (executor != null) {
            conf.set("spark.executor.resource.gpu.amount", executor);
        }
        if (task != null) {
            conf.set("spark.task.resource.gpu.amount", task);
        }
        return conf;
    }
}
