package io.toonlake.averaging;

import java.io.Serializable;
import java.nio.FloatBuffer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The state of a round on its way to every executor. A class for {@link Shard}'s reason.
 *
 * <p>Where differences are sent, an executor that has the state of the round before fetches them, and one that is new fetches the whole
 * state. Both end with the same bits.
 */
final class StateBroadcast implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The last state of this JVM, where differences are added to it. */
    private static Kept kept;

    private record Kept(String run, int round, float[] state) {}

    private final String run;
    private final int round;
    private final Broadcast<PackedFloats> whole;
    // Null in the first round of a run, and where whole states are sent.
    private final Broadcast<PackedFloats> differences;
    private final boolean keeps;
    private final long millis;

    private StateBroadcast(
            String run,
            int round,
            Broadcast<PackedFloats> whole,
            Broadcast<PackedFloats> differences,
            boolean keeps,
            long millis) {
        this.run = run;
        this.round = round;
        this.whole = whole;
        this.differences = differences;
        this.keeps = keeps;
        this.millis = millis;
    }

    static StateBroadcast whole(JavaSparkContext context, float[] state) {
        long start = System.currentTimeMillis();
        return new StateBroadcast(
                "", 0, context.broadcast(packed(state)), null, false, System.currentTimeMillis() - start);
    }

    /**
     * @param round whose state it is
     * @param last what was added to the state of the round before; null if that is not known
     */
    static StateBroadcast differences(
            JavaSparkContext context, String run, int round, float[] state, PackedFloats last) {
        long start = System.currentTimeMillis();
        Broadcast<PackedFloats> whole = context.broadcast(packed(state));
        Broadcast<PackedFloats> differences = last == null ? null : context.broadcast(last);
        return new StateBroadcast(run, round, whole, differences, true, System.currentTimeMillis() - start);
    }

    private static PackedFloats packed(float[] state) {
        return PackedFloats.of(state, 0, state.length);
    }

    /** On an executor: fetched with the first call. Shared by all its workers, and not to be written to. */
    FloatBuffer values() {
        return keeps
                ? FloatBuffer.wrap(values(this)).asReadOnlyBuffer()
                : whole.value().view();
    }

    private static synchronized float[] values(StateBroadcast broadcast) {
        boolean ours = kept != null && kept.run().equals(broadcast.run);
        if (ours && kept.round() == broadcast.round) {
            return kept.state();
        }
        boolean follows = ours && kept.round() == broadcast.round - 1 && broadcast.differences != null;
        float[] state = follows
                ? kept.state().clone()
                : new float[broadcast.whole.value().length()];
        if (follows) {
            broadcast.differences.value().addTo(state, 0);
        } else {
            broadcast.whole.value().view().get(0, state);
        }
        if (!ours || broadcast.round > kept.round()) {
            kept = new Kept(broadcast.run, broadcast.round, state);
        }
        return state;
    }

    /** Forgets a run's last state in this JVM. */
    static synchronized void forget(String run) {
        if (kept != null && kept.run().equals(run)) {
            kept = null;
        }
    }

    /** What it took the driver to make it ready to be fetched. */
    long millis() {
        return millis;
    }

    /** On the driver, when the round is over. */
    void destroy() {
        whole.destroy();
        if (differences != null) {
            differences.destroy();
        }
    }
}
