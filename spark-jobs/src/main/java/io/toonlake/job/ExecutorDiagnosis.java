package io.toonlake.job;

import io.toonlake.storage.Storage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.util.SerializableConfiguration;

/** What {@code doctor} finds in an executor; the first of its tasks looks, the others have the same. */
final class ExecutorDiagnosis {
    private static long foundFor = -1;
    private static List<Finding> found;

    private ExecutorDiagnosis() {}

    static synchronized List<Finding> findings(
            Broadcast<SerializableConfiguration> hadoop,
            List<String> reads,
            List<String> writes,
            List<String> marks,
            boolean training) {
        if (foundFor != hadoop.id()) {
            String where = "executor " + SparkEnv.get().executorId() + " on " + host();
            List<Finding> findings = new ArrayList<>(Diagnosis.ofProcess(where, gpu(), training));
            StoreCheck stores = new StoreCheck(new Storage(hadoop.value().value()), where);
            reads.forEach(input -> findings.add(stores.reads(input)));
            writes.forEach(output -> findings.add(stores.writes(output)));
            marks.forEach(mark -> stores.unseen(mark).ifPresent(findings::add));
            found = findings;
            foundFor = hadoop.id();
        }
        return found;
    }

    /** The first that Spark assigned to this task. */
    private static int gpu() {
        ResourceInformation assigned = TaskContext.get().resourcesJMap().get("gpu");
        return assigned == null || assigned.addresses().length == 0 ? 0 : Integer.parseInt(assigned.addresses()[0]);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a machine without a name";
        }
    }
}
