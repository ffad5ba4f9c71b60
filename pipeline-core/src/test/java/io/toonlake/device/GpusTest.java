package io.toonlake.device;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpusTest {
    @ParameterizedTest
    @CsvSource({"3,7", "5,0", "5,2", "6,0", "6,1", "7,0", "7,5", "8,0", "8,6", "8,9"})
    void whatNd4jHasCodeForMayBeUsed(int major, int minor) {
        assertThatCode(() -> machine(new ComputeCapability(major, minor)).check(0))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"3,0", "3,5", "9,0", "10,0", "12,0"})
    void anotherGpuIsRefusedInASentenceWithTheWayOut(int major, int minor) {
        assertThatThrownBy(() -> machine(new ComputeCapability(7, 0), new ComputeCapability(major, minor))
                        .check(1))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("Cannot compute on GPU 1: its compute capability is " + major + "." + minor
                        + ", and ND4J has no code for it")
                .hasMessageContaining("train.device=cpu");
    }

    @ParameterizedTest
    @CsvSource({"-1", "1"})
    void aGpuThatIsNotThereIsRefused(int gpu) {
        assertThatThrownBy(() -> machine(new ComputeCapability(8, 0)).check(gpu))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("Cannot compute on GPU " + gpu + ": CUDA sees 1 here");
    }

    /** With a build of profile cuda or without, with a driver or without. */
    @Test
    void aProcessThatComputesOnTheCpuStaysThere() {
        Engine.useCpu();

        assertThatThrownBy(() -> Engine.useGpu(0))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("Cannot compute on");
        assertThatCode(Engine::useCpu).doesNotThrowAnyException();
    }

    private static Gpus machine(ComputeCapability... gpus) {
        List<ComputeCapability> capabilities = List.of(gpus);
        return new Gpus() {
            @Override
            public int count() {
                return capabilities.size();
            }

            @Override
            public ComputeCapability capability(int gpu) {
                return capabilities.get(gpu);
            }
        };
    }
}
