package io.toonlake.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineClassLoaderTest {
    private static final String SERVICE = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"CPU, org.nd4j.linalg.cpu.nativecpu.CpuBackend", "GPU, org.nd4j.linalg.jcublas.JCublasBackend"})
    void ofTwoEnginesOneIsSeen(Device device, String engine) throws Exception {
        try (URLClassLoader both = bothEngines()) {
            List<URL> seen = Collections.list(new EngineClassLoader(device, both).getResources(SERVICE));

            assertThat(seen).hasSize(1);
            assertThat(Path.of(seen.get(0).toURI())).content().contains(engine);
        }
    }

    @Test
    void everythingElseIsSeen() throws IOException {
        try (URLClassLoader both = bothEngines()) {
            assertThat(Collections.list(new EngineClassLoader(Device.GPU, both).getResources("other")))
                    .hasSize(2);
        }
    }

    private URLClassLoader bothEngines() throws IOException {
        return new URLClassLoader(
                new URL[] {
                    jar("cpu", "org.nd4j.linalg.cpu.nativecpu.CpuBackend"),
                    jar("cuda", "# a comment\norg.nd4j.linalg.jcublas.JCublasBackend")
                },
                null);
    }

    private URL jar(String name, String engine) throws IOException {
        Path jar = folder.resolve(name);
        Path service = jar.resolve(SERVICE);
        Files.createDirectories(service.getParent());
        Files.writeString(service, engine);
        Files.writeString(jar.resolve("other"), name);
        return jar.toUri().toURL();
    }
}
