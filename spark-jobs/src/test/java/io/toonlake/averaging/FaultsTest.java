package io.toonlake.averaging;

import static io.toonlake.averaging.ForkedTraining.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.ClusterTraining.Trouble;
import io.toonlake.storage.Storage;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
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
            Moment average = whileItAverages(training, 3, 3);
            training.killExecutor(average.executor());
            say("... in round " + average.round() + ", initialization phase, while it averaged");
            letGo(training, 3, 4, 5, 6);
            training.killExecutor(stepping(training, 7, 0));
            say("... in round 7, adversarial phase, between two steps");
            Moment broadcast = whileTheStateIsBroadcast(training, 5);
            training.killExecutor(broadcast.executor());
            say("... in round " + broadcast.round() + ", adversarial phase, before it had the round's state");
            average = whileItAverages(training, 11, 6);
            training.killExecutor(average.executor());
            say("... in round " + average.round() + ", adversarial phase, while it averaged");
            letGo(training, 11, 12, 13, 14, 15, 16);

            assertThat(training.fingerprint()).isEqualTo(undisturbed);
            assertThat(training.moments().has("round", 1, "throws", 1)).isTrue();
            assertThat(training.moments().has("round", 8, "lags", 0)).isTrue();
            assertThat(training.moments().after("removed")).hasSizeGreaterThanOrEqualTo(5);
        }
    }

    /** Where a held training is, and an executor that it cannot do without and that is stopped. */
    private record Moment(int round, long executor) {}

    /** The process in which that worker takes its second step of that round. */
    private static long stepping(ForkedTraining training, int round, int worker) throws InterruptedException {
        return Long.parseLong(training.await("round", round, "step", 1, "worker", worker, "pid"));
    }

    /**
     * Stops an executor before the round's state is broadcast, and waits until it has been sent its task: it has not fetched the state,
     * which the other may be fetching.
     *
     * @param executors that there have been, those that were killed included
     */
    private static Moment whileTheStateIsBroadcast(ForkedTraining training, int executors) throws Exception {
        int round = ClusterTraining.HELD_BROADCAST;
        training.await("round", round - 1, "ends");
        training.moments().awaitNumber(executors, "added");
        long executor = stepping(training, round - 1, 0);
        training.freeze(executor);
        training.moments().mark("round", round, "broadcast", "on");
        for (int worker = 0; worker < ClusterTraining.WORKERS; worker++) {
            training.await("round", round, "sent", worker);
        }
        assertThat(training.moments().has("round", round, "ends")).isFalse();
        assertThat(training.moments().after("round", round, "step")).noneMatch(step -> step.endsWith("_" + executor));
        return new Moment(round, executor);
    }

    /**
     * Stops the executor that has delivered worker 0's steps, before worker 1's are there, and waits until the average is being
     * made, of which half lies in the stopped process.
     *
     * @param from the first round in which that may be, if both workers are not in one process
     * @param executors that there have been, those that were killed included
     */
    private static Moment whileItAverages(ForkedTraining training, int from, int executors) throws Exception {
        training.moments().awaitNumber(executors, "added");
        for (int round = from; ClusterTraining.HELD_AVERAGES.contains(round); round++) {
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
                return new Moment(round, first);
            }
        }
        throw new AssertionError("both workers were in one process in every round from " + from);
    }

    /** Holds these rounds no more. */
    private static void letGo(ForkedTraining training, int... rounds) {
        for (int round : rounds) {
            training.moments().mark("round", round, "go", "on");
        }
    }

    @Test
    void aKilledDriverGoesOnFromItsCheckpointsOnAClusterAndOnOneCore() throws Exception {
        // Where one run is on a cluster, another that goes on from it is on one core, and the other way round.
        killDriver("local[1]", Trouble.SLOW, training -> {
            training.await("round", 2, "step", 1);
            return "round 2, initialization phase, between two steps";
        });
        killDriver("local[1]", Trouble.WRITING, training -> {
            training.await("half", "written");
            Path checkpoints = folder.resolve("checkpoints");
            try (Stream<Path> files = Files.list(checkpoints)) {
                List<String> names =
                        files.map(file -> file.getFileName().toString()).toList();
                assertThat(names).anyMatch(name -> name.startsWith(Storage.UNFINISHED));
                assertThat(names).doesNotContain("round-0000004.safetensors");
            }
            return "round 4, in the middle of writing its checkpoint";
        });
        killDriver(CLUSTER, Trouble.HELD, training -> {
            letGo(training, 3, 4, 5, 6);
            training.await("round", 7, "step", 2);
            return "round 7, adversarial phase, between two steps";
        });
        killDriver(CLUSTER, Trouble.HELD, training -> {
            int round = whileTheStateIsBroadcast(training, 2).round();
            return "round " + round + ", adversarial phase, while it broadcast the state";
        });
        killDriver(CLUSTER, Trouble.HELD, training -> {
            int round = whileItAverages(training, 11, 2).round();
            return "round " + round + ", adversarial phase, while it averaged";
        });
        killDriver("local[1]", Trouble.SLOW, training -> {
            training.await("round", 16, "ends");
            return "round 16, between its end and its checkpoint or just after it";
        });
        try (ForkedTraining training = ForkedTraining.start(folder, "local[1]", Trouble.NONE, Map.of())) {
            assertThat(training.fingerprint()).isEqualTo(undisturbed);
            assertThat(training.moments().after("torn")).isEmpty();
        }
    }

    /** Waits for a training's moment and says which it is. */
    private interface Awaited {
        String in(ForkedTraining training) throws Exception;
    }

    private void killDriver(String master, Trouble trouble, Awaited moment) throws Exception {
        try (ForkedTraining training = ForkedTraining.start(folder, master, trouble, Map.of())) {
            String where = moment.in(training);
            training.kill();
            say("... on " + master + ", in " + where);
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
