import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** A YARN of one node, for .ci/launch-check. Writes yarn-site.xml into a folder and runs until it is ended. */
final class OneNodeYarn {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        YarnConfiguration settings = new YarnConfiguration();
        settings.set("fs.defaultFS", "file:///");
        // The capacity scheduler wants a file of queues.
        settings.set(
                "yarn.resourcemanager.scheduler.class",
                "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler");
        settings.setInt("yarn.scheduler.minimum-allocation-mb", 256);
        settings.setInt("yarn.scheduler.maximum-allocation-mb", 4096);
        settings.setInt("yarn.nodemanager.resource.memory-mb", 4096);
        settings.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
        settings.setFloat("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 100);
        MiniYARNCluster cluster = new MiniYARNCluster("yarn", 1, 1, 1);
        cluster.init(settings);
        cluster.start();
        // With its node go the processes of jobs that have not ended.
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop));
        while (cluster.getResourceManager().getResourceScheduler().getNumClusterNodes() < 1) {
            Thread.sleep(100);
        }
        try (OutputStream out = Files.newOutputStream(folder.resolve("yarn-site.xml"))) {
            cluster.getConfig().writeXml(out);
        }
        System.out.println("YARN is ready");
        Thread.sleep(Long.MAX_VALUE);
    }
}
