package io.toonlake.averaging;

import static io.toonlake.averaging.ForkedTraining.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.ClusterTraining.Trouble;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is killed, thrown or late: the bits are those of the undisturbed training. Moments of the kills are in the test's output. */
@ExtendWith(SparkExtension.class)
class FaultsTest {
    private static final String CLUSTER = "local-cluster[2,1,900]";

    private static String undisturbed;

    @TempDir
    private Path folder;

    @BeforeAll
    static void trainUndisturbed(JavaSparkContext context) {
        undisturbed = ClusterTraining.fingerprint(ClusterTraining.undisturbed(context));
    }

    @Test
    void killedExecutorsAFailedTaskAndALateOneChangeNoBit() throws Exception {
        try (ForkedTraining training = ForkedTraining.start(folder, CLUSTER, Trouble.STORM, Map.of())) {
            training.killExecutor(stepping(training, 2, 1));
            say("... in round 2, initialization phase, between two steps");
            training.killExecutor(stepping(training, 5, 0));
            say("... in round 5, adversarial phase, between two steps");
            int averaging = killWhileAveraging(training);
            say("... in round " + averaging + ", adversarial phase, while it averaged");

            assertThat(training.fingerprint()).isEqualTo(undisturbed);
            assertThat(training.moments().has("round", 1, "throws", 1)).isTrue();
            assertThat(training.moments().has("round", 4, "lags", 0)).isTrue();
            assertThat(training.moments().after("removed")).hasSizeGreaterThanOrEqualTo(3);
        }
    }

    /** The process in which that worker takes its second step of that round. */
    private static long stepping(ForkedTraining training, int round, int worker) throws InterruptedException {
        return Long.parseLong(training.await("round", round, "step", 1, "worker", worker, "pid"));
    }

    /**
     * Stops the executor that has delivered worker 0's steps, before worker 1's are there; when the average is being made, of which
     * half lies in the stopped process, kills it.
     */
    private static int killWhileAveraging(ForkedTraining training) throws Exception {
        // Two of the first, and one for each that was killed.
        training.moments().awaitNumber(4, "added");
        for (int round = ClusterTraining.HELD_FROM; round < ClusterTraining.PLAN.rounds(); round++) {
            long other = stepping(training, round, 1);
            long first = stepping(training, round, 0);
            boolean apart = first != other;
            if (apart) {
                training.await("round", round, "delivered", 0);
                training.freeze(first);
            }
            training.moments().mark("round", round, "go", "on");
            if (apart) {
                training.await("round", round, "averages");
                assertThat(training.moments().has("round", round, "ends")).isFalse();
                training.killExecutor(first);
                letGo(training, round + 1);
                return round;
            }
        }
        throw new AssertionError("both workers were in one process in every round");
    }

    private static void letGo(ForkedTraining training, int from) {
        for (int round = from; round <= ClusterTraining.PLAN.rounds(); round++) {
            training.moments().mark("round", round, "go", "on");
        }
    }

    @Test
    void aKilledDriverGoesOnFromItsCheckpointsOnAClusterAndOnOneCore() throws Exception {
        String[][] moments = {
            // In the initialization phase, in the adversarial one, and between a round's end and its checkpoint or just
            // after it.
            {"round", "2", "step", "1"}, {"round", "5", "step", "2"}, {"round", "8", "ends"}
        };
        for (String[] moment : moments) {
            // Where the first run is on a cluster, what goes on from it is on one core, and the other way round.
            try (ForkedTraining training = ForkedTraining.start(
                    folder, moment[1].equals("5") ? CLUSTER : "local[1]", Trouble.SLOW, Map.of())) {
                training.await((Object[]) moment);
                training.kill();
                say("... at " + String.join(" ", moment));
            }
        }
        try (ForkedTraining training = ForkedTraining.start(folder, "local[1]", Trouble.NONE, Map.of())) {
            assertThat(training.fingerprint()).isEqualTo(undisturbed);
        }
    }

    /** A real Master and Workers. On two hosts, since Spark tries a second time only on another; Linux answers to all of 127/8. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void onAStandaloneClusterTheFasterOfTwoAttemptsCounts() throws Exception {
        Map<String, String> settings = Map.of("spark.speculation", "true", "spark.speculation.quantile", "0.5");
        List<Process> daemons = new ArrayList<>();
        try {
            String port = String.valueOf(freePort());
            String master = "spark://127.0.0.1:" + port;
            daemons.add(daemon("Master", "127.0.0.1", "--port", port));
            for (String host : List.of("127.0.0.1", "127.0.0.2")) {
                String work = folder.resolve("work-" + host).toString();
                daemons.add(daemon("Worker", host, "--cores", "1", "--memory", "1g", "--work-dir", work, master));
            }
            try (ForkedTraining training = ForkedTraining.start(folder, master, Trouble.STRAGGLER, settings)) {
                assertThat(training.fingerprint()).isEqualTo(undisturbed);
                assertThat(training.moments().after("added")).hasSize(2);
                // The first attempt would have waited for the round's end: without a second one there would have been
                // none.
                assertThat(training.moments().has("round", 5, "lags", 0)).isTrue();
                assertThat(training.moments().after("speculative")).isNotEmpty();
            }
        } finally {
            for (Process daemon : daemons) {
                daemon.destroyForcibly().waitFor();
            }
        }
    }

    private Process daemon(String daemon, String host, String... options) throws IOException {
        List<String> command = ForkedTraining.java("-Xmx256m");
        command.add("org.apache.spark.deploy." + daemon.toLowerCase(Locale.ROOT) + "." + daemon);
        command.addAll(List.of("--host", host, "--webui-port", "0"));
        command.addAll(List.of(options));
        return ForkedTraining.fork(folder, command, folder.resolve(daemon + "-" + host + ".log"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
