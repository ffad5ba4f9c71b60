package io.toonlake.job;

import io.toonlake.config.TrainSection;
import io.toonlake.device.Device;
import io.toonlake.training.TrainingMemory;
import io.toonlake.training.TrainingSettings;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.javacpp.Pointer;

/**
 * What a training takes of a process, beside what the process may take. The formulas are above what was measured, by up to a half, so that too little is
 * worth a warning and no refusal.
 *
 * @param training what is trained
 * @param workersAtOnce how many workers step in the process side by side
 * @param nativeBytes what one of them takes beside the heap
 * @param heapBytes what all take of the heap, samples aside
 * @param allowedBytes what the process may take, heap included; 0 where nothing bounds it, or where workers are in other processes or on a GPU
 */
record MemoryNeed(TrainingSettings training, int workersAtOnce, long nativeBytes, long heapBytes, long allowedBytes) {
    private static final double GIB = 1 << 30;

    /** @param frozen parameters of the feature network */
    static MemoryNeed of(JavaSparkContext spark, TrainSection settings, long frozen) {
        int cpusPerTask = spark.getConf().getInt("spark.task.cpus", 1);
        return new MemoryNeed(
                settings.training(),
                Math.max(1, Math.min(settings.workers(), spark.sc().defaultParallelism() / cpusPerTask)),
                TrainingMemory.nativeBytes(settings.training(), frozen),
                TrainingMemory.heapBytes(settings.training()),
                spark.isLocal() && settings.device() == Device.CPU ? Pointer.maxPhysicalBytes() : 0);
    }

    Optional<String> warning() {
        long needed = workersAtOnce * nativeBytes + heapBytes;
        if (allowedBytes <= 0 || needed <= allowedBytes) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "train: memory may not suffice: %s with batches of %d crops of %d pixels may take %.1f GiB, and this process %.1f. If it ends for that: "
                        + "%sset train.batch-size lower, or TOONLAKE_MEMORY higher where the machine has more",
                workersAtOnce == 1 ? "a worker" : workersAtOnce + " workers at once",
                training.batchSize(),
                training.cropPixels(),
                needed / GIB,
                allowedBytes / GIB,
                workersAtOnce == 1 ? "" : "let workers take turns with --master local[1], "));
    }
}
