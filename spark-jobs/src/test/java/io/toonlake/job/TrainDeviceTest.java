package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.device.Engine;
import io.toonlake.testing.SparkExtension;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@ExtendWith(SparkExtension.class)
class TrainDeviceTest {
    @TempDir
    private Path folder;

    private final SparkSession spark;

    TrainDeviceTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void aGpuThatCannotBeUsedIsOneSentenceAndExitCodeTwo() {
        Engine.useCpu();
        Path lake = folder.resolve("lake");
        new TrainingLake(spark, lake).with("flickr", "photo", 3);
        StringWriter errors = new StringWriter();

        int code = new CommandLine(new Main())
                .setErr(new PrintWriter(errors, true))
                .execute(
                        "train",
                        "--tables=" + lake,
                        "--photos=flickr",
                        "--cartoons=hayao",
                        "--output=" + folder.resolve("model"),
                        "--set=train.device=gpu");

        assertThat(code).isEqualTo(ExitCode.USAGE.code());
        assertThat(errors.toString().lines())
                .singleElement()
                .asString()
                .startsWith("Cannot compute on")
                .contains("train.device");
    }
}
