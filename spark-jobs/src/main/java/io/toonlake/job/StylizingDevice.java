package io.toonlake.job;

import io.toonlake.averaging.AssignedGpu;
import io.toonlake.config.StylizeSettings;
import io.toonlake.device.DeviceException;
import io.toonlake.stylize.CudaProvider;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Precision;
import io.toonlake.stylize.Processor;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What tasks make their pictures on: the GPU that Spark assigned to the task, or in the driver's process, where Spark assigns none, GPU 0; and the CPU
 * where that cannot be. Why it cannot be is remarked where a GPU was wanted: asked for, assigned, or built for.
 */
final class StylizingDevice implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String AMOUNT = "spark.executor.resource.gpu.amount";
    private static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";

    /** Of this JVM's GPUs, looked for once: looking opens a session. */
    private static final Map<Gpu, Optional<String>> PROBLEMS = new ConcurrentHashMap<>();

    private final DeviceChoice asked;
    private final Provider provider;
    private final Remarks remarks;

    /** What computes on GPUs. */
    interface Provider extends Serializable {
        boolean isBuiltIn();

        /** Why it cannot compute on a GPU of this machine, in one line; empty where it can. */
        Optional<String> problem(int gpu);
    }

    /** ONNX Runtime's. */
    enum Cuda implements Provider {
        PROVIDER;

        @Override
        public boolean isBuiltIn() {
            return CudaProvider.isBuiltIn();
        }

        @Override
        public Optional<String> problem(int gpu) {
            return CudaProvider.problem(gpu);
        }
    }

    private record Gpu(Provider provider, int number) {}

    /** A GPU, or why there is none, and whether somebody wants to know. */
    private record Choice(Processor processor, String problem, boolean wanted) {}

    StylizingDevice(JavaSparkContext spark, DeviceChoice asked, Provider provider) {
        this.asked = asked;
        this.provider = provider;
        this.remarks = new Remarks();
        spark.sc().register(remarks);
    }

    static StylizingDevice of(JavaSparkContext spark, StylizeSettings settings) {
        // Where the settings leave the choice, what GPUs do not compute is the CPU's.
        boolean onCpu = settings.engine() == EngineKind.ND4J || settings.precision() == Precision.INT8;
        return new StylizingDevice(spark, onCpu ? DeviceChoice.CPU : settings.device(), Cuda.PROVIDER);
    }

    /** In a task: what its pictures are made on. */
    Processor processor() {
        Choice choice = choice();
        if (!choice.processor().isGpu() && choice.wanted()) {
            remarks.add(sentence(choice.problem()));
        }
        return choice.processor();
    }

    /** In a task: this JVM leaves a GPU alone from now on. */
    void failed(Processor gpu, String reason) {
        String problem = gpu + " failed: " + reason;
        PROBLEMS.put(new Gpu(provider, gpu.gpu().orElseThrow()), Optional.of(problem));
        remarks.add(sentence(problem));
    }

    /** On the driver: what the tasks have remarked so far, one sentence each. */
    Set<String> remarks() {
        return remarks.value();
    }

    /**
     * On the driver: asks a task before the others, so that people hear at the beginning of a night what it will be made on.
     *
     * @return why the first task has no GPU; empty where it has one
     */
    Optional<String> problem(JavaSparkContext spark) {
        if (asked == DeviceChoice.CPU) {
            return Optional.of("it is asked for");
        }
        boolean local = AssignedGpu.isLocal(spark.getConf());
        if (asked == DeviceChoice.AUTO && !local && !isScheduled(spark.getConf())) {
            return Optional.of(unassigned());
        }
        String problem = local
                ? remarkedProblem()
                : spark.parallelize(List.of(0), 1)
                        .map(task -> remarkedProblem())
                        .first();
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    private String remarkedProblem() {
        processor();
        return choice().problem();
    }

    private static boolean isScheduled(SparkConf conf) {
        return conf.contains(AMOUNT) && conf.contains(TASK_AMOUNT);
    }

    private static String sentence(String problem) {
        return "Pictures are made on the CPU: " + problem;
    }

    private static String unassigned() {
        return "Spark assigned no GPU to the task (set " + AMOUNT + " and " + TASK_AMOUNT + "; docs/gpu.md)";
    }

    private Choice choice() {
        if (asked == DeviceChoice.CPU) {
            return new Choice(Processor.CPU, "it is asked for", false);
        }
        TaskContext task = TaskContext.get();
        boolean local =
                SparkEnv.get() == null || AssignedGpu.isLocal(SparkEnv.get().conf());
        OptionalInt assigned;
        try {
            assigned = local ? OptionalInt.of(0) : AssignedGpu.of(task.resourcesJMap());
        } catch (DeviceException e) {
            return new Choice(Processor.CPU, e.getMessage(), true);
        }
        boolean askedFor = asked == DeviceChoice.GPU;
        if (assigned.isEmpty()) {
            return new Choice(Processor.CPU, unassigned(), askedFor);
        }
        if (!provider.isBuiltIn()) {
            return new Choice(
                    Processor.CPU,
                    "this build's ONNX Runtime has no provider for GPUs (build with ./mvnw -Pstylize-gpu or -Pstylize-gpu-cuda13; docs/gpu.md)",
                    askedFor || !local);
        }
        int gpu = assigned.getAsInt();
        return PROBLEMS.computeIfAbsent(new Gpu(provider, gpu), this::found)
                .map(problem -> new Choice(Processor.CPU, problem, true))
                .orElseGet(() -> new Choice(Processor.gpu(gpu), "", true));
    }

    private Optional<String> found(Gpu gpu) {
        return provider.problem(gpu.number())
                .map(problem ->
                        "GPU " + gpu.number() + " cannot be used: " + problem + " (docs/gpu.md says what it takes)");
    }
}
