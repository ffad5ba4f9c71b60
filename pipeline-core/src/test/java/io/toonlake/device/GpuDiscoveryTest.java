package io.toonlake.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/gpu/discover-gpus} beside an nvidia-smi that says what the test wants. */
class GpuDiscoveryTest {
    @TempDir
    private Path folder;

    private record Discovered(List<String> addresses, String said) {}

    @Test
    void gpusThatNd4jDrivesAreListed() throws Exception {
        Discovered gpus = discovered("0, GPU-aa, 7.5, [N/A]\n1, GPU-bb, 8.0, Disabled\n");

        assertThat(gpus.addresses()).containsExactly("0", "1");
        assertThat(gpus.said()).isEmpty();
    }

    @Test
    void othersAreLeftOutByName() throws Exception {
        Discovered gpus = discovered("0, GPU-aa, 9.0, Disabled\n1, GPU-bb, 7.0, [N/A]\n");

        assertThat(gpus.addresses()).containsExactly("1");
        assertThat(gpus.said().lines())
                .singleElement()
                .asString()
                .startsWith("discover-gpus: GPU 0 left out: ND4J has no code for compute capability 9.0");
    }

    @Test
    void hopperAloneIsAnEmptyListAndASentence() throws Exception {
        Discovered gpus = discovered("0, GPU-aa, 9.0, Disabled\n");

        assertThat(gpus.addresses()).isEmpty();
        assertThat(gpus.said().lines()).singleElement().asString().contains("not H100");
    }

    @Test
    void withoutADriverTheListIsEmpty() throws Exception {
        Path smi = Files.writeString(
                folder.resolve("nvidia-smi"),
                "#!/bin/sh\necho NVIDIA-SMI has failed because it could not communicate with the driver\nexit 9\n");
        assertThat(smi.toFile().setExecutable(true)).isTrue();
        Discovered failing = run(Map.of("PATH", path()));
        Files.delete(smi);
        Discovered missing = run(Map.of("PATH", path()));

        assertThat(failing.addresses()).isEmpty();
        assertThat(failing.said()).contains("could not communicate with the driver");
        assertThat(missing.addresses()).isEmpty();
        assertThat(missing.said()).contains("there is no nvidia-smi on the path");
    }

    @Test
    void whatIsNotUnderstoodIsSaidAndLeftOut() throws Exception {
        Discovered gpus = discovered("No devices were found\n0, GPU-aa, [N/A], [N/A]\n1, GPU-bb, 8.6, [N/A]\n");

        assertThat(gpus.addresses()).containsExactly("1");
        assertThat(gpus.said())
                .contains("not understood: No devices were found", "no code for compute capability [N/A]");
    }

    @Test
    void slicedGpusHaveNoAddress() throws Exception {
        String gpus = "0, GPU-aa, 8.0, Enabled\n1, GPU-bb, 8.0, Disabled\n";

        Discovered all = discovered(gpus);
        assertThat(all.addresses()).isEmpty();
        assertThat(all.said()).contains("GPU 0 left out: in MIG mode", "CUDA_VISIBLE_DEVICES");
        assertThat(discovered(gpus, "GPU-bb").addresses()).containsExactly("0");
    }

    @Test
    void addressesAreCudasNumbersAmongVisibleDevices() throws Exception {
        String gpus = "0, GPU-aa, 8.0, Disabled\n1, GPU-bb, 9.0, Disabled\n2, GPU-cc, 7.0, Disabled\n";

        assertThat(discovered(gpus, "2,1,0").addresses()).containsExactly("0", "2");
        assertThat(discovered(gpus, "GPU-c").addresses()).containsExactly("0");
        // CUDA sees nothing after a name that it does not know.
        assertThat(discovered(gpus, "2,7,0").addresses()).containsExactly("0");
        Discovered nothing = discovered(gpus, "");
        assertThat(nothing.addresses()).isEmpty();
        assertThat(nothing.said()).contains("CUDA_VISIBLE_DEVICES= leaves none");
    }

    @Test
    void scriptAndLibraryAgreeOnEveryCapability() throws Exception {
        StringBuilder gpus = new StringBuilder();
        List<String> driven = new ArrayList<>();
        for (int number = 0; number < 150; number++) {
            ComputeCapability capability = new ComputeCapability(number / 10, number % 10);
            gpus.append(number).append(", GPU-").append(number).append(", ").append(capability);
            gpus.append(", [N/A]\n");
            if (capability.driven()) {
                driven.add(String.valueOf(number));
            }
        }
        assertThat(discovered(gpus.toString()).addresses()).isEqualTo(driven).isNotEmpty();
    }

    @Test
    void stylizingHasGpusThatTrainingHasNotAndTheOtherWayRound() throws Exception {
        nvidiaSmi(
                "0, GPU-aa, 5.2, [N/A]\n1, GPU-bb, 6.1, [N/A]\n2, GPU-cc, 9.0, Disabled\n3, GPU-dd, 10.0, Disabled\n4, GPU-ee, 12.1, [N/A]\n");
        Map<String, String> environment = Map.of("PATH", path());

        Discovered training = run("discover-gpus", environment);
        Discovered stylizing = run("discover-stylizing-gpus", environment);

        assertThat(training.addresses()).containsExactly("0", "1");
        assertThat(stylizing.addresses()).containsExactly("1", "2", "4");
        assertThat(stylizing.said()).contains("GPU 3 left out: ONNX Runtime has no code for compute capability 10.0");
    }

    @Test
    void stylizingWithCuda13HasGpusThatItHasNotWithCuda12AndTheOtherWayRound() throws Exception {
        nvidiaSmi(
                "0, GPU-aa, 7.0, [N/A]\n1, GPU-bb, 7.5, [N/A]\n2, GPU-cc, 8.9, [N/A]\n3, GPU-dd, 9.0, Disabled\n"
                        + "4, GPU-ee, 10.0, Disabled\n5, GPU-ff, 10.3, Disabled\n6, GPU-11, 12.0, [N/A]\n7, GPU-22, 12.1, [N/A]\n");

        Discovered stylizing = run("discover-stylizing-gpus-cuda13", Map.of("PATH", path()));

        assertThat(stylizing.addresses()).containsExactly("1", "2", "3", "4", "6");
        assertThat(stylizing.said())
                .contains("GPU 0 left out: ONNX Runtime for CUDA 13 has no code for compute capability 7.0")
                .contains("GPU 5 left out")
                .contains("GPU 7 left out");
    }

    private Discovered discovered(String gpus) throws Exception {
        nvidiaSmi(gpus);
        return run(Map.of("PATH", path()));
    }

    private Discovered discovered(String gpus, String visible) throws Exception {
        nvidiaSmi(gpus);
        return run(Map.of("PATH", path(), "CUDA_VISIBLE_DEVICES", visible));
    }

    private void nvidiaSmi(String gpus) throws IOException {
        Path smi = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\ncat <<'GPUS'\n" + gpus + "GPUS\n");
        assertThat(smi.toFile().setExecutable(true)).isTrue();
    }

    /** The fake, if it is there, and nothing of the system's but what the script needs: it may have an nvidia-smi. */
    private String path() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        for (String program : List.of("awk", "cat", "dirname", "head")) {
            Path exact = Files.isExecutable(Path.of("/usr/bin", program))
                    ? Path.of("/usr/bin", program)
                    : Path.of("/bin", program);
            Path caller = Files.writeString(programs.resolve(program), "#!/bin/sh\nexec " + exact + " \"$@\"\n");
            assertThat(caller.toFile().setExecutable(true)).isTrue();
        }
        return folder + ":" + programs;
    }

    private Discovered run(Map<String, String> environment) throws Exception {
        return run("discover-gpus", environment);
    }

    private Discovered run(String script, Map<String, String> environment) throws Exception {
        Path said = folder.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh",
                        Path.of(System.getProperty("project.root"), "deploy/gpu", script)
                                .toString())
                .redirectError(said.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        JsonNode json = new ObjectMapper().readTree(process.getInputStream());
        assertThat(process.waitFor()).isZero();
        assertThat(json.get("name").asText()).isEqualTo("gpu");
        List<String> addresses = new ArrayList<>();
        json.get("addresses").forEach(address -> addresses.add(address.asText()));
        return new Discovered(addresses, Files.readString(said));
    }
}
