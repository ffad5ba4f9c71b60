package io.toonlake.packing;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitterFactory;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.TaskContext;
import org.apache.spark.mapred.SparkHadoopMapRedUtil;

/**
 * How files that many tasks write become visible: by Hadoop's committers, which Spark's own writers use too. Of each task one attempt counts, the one that
 * Spark's driver allows to commit, and no file is there before the driver commits all of them. On S3A it is the magic committer: a file is an upload that is
 * completed by then, and nothing is copied or renamed. Elsewhere a file is renamed into its place.
 */
public final class ShardCommit implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String folder;
    private final String id;
    private final Map<String, String> settings;

    /**
     * @param folder that the files come to; nothing else is written below it meanwhile
     * @param id unlike that of any other commit: letters, digits and hyphens
     * @param more settings of Hadoop for tasks
     */
    public ShardCommit(Path folder, String id, Map<String, String> more) {
        this.folder = folder.toString();
        this.id = id;
        this.settings = new HashMap<>(more);
        settings.put("fs.s3a.committer.name", "magic");
        settings.put("fs.s3a.committer.uuid", id);
        // The other version has files appear as tasks end.
        settings.put("mapreduce.fileoutputcommitter.algorithm.version", "1");
        settings.put("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
        // Executors of a killed driver may go on for a moment: what they leave must not lie where this commit looks.
        settings.put("mapreduce.job.application.attempt.id", String.valueOf(id.hashCode() & Integer.MAX_VALUE));
        // The other one litters a user's folder with files of checksums.
        settings.put("fs.file.impl", RawLocalFileSystem.class.getName());
        settings.put("fs.file.impl.disable.cache", "true");
    }

    /**
     * Deletes what commits that were killed have left below a folder: unfinished files, and uploads, which a store would keep and charge for.
     * No commit may be under way there.
     */
    public static void clear(Path folder, Configuration hadoop) throws IOException {
        ShardCommit none = new ShardCommit(folder, "none", Map.of());
        TaskAttemptContext driver = none.context(hadoop, 0, 0);
        none.committer(driver).abortJob(driver, JobStatus.State.KILLED);
    }

    /** On the driver, before tasks begin. */
    public Whole begin(Configuration hadoop) throws IOException {
        TaskAttemptContext context = context(hadoop, 0, 0);
        PathOutputCommitter committer = committer(context);
        committer.setupJob(context);
        return new Whole(committer, context);
    }

    /** What the driver has of a commit. */
    public static final class Whole {
        private final PathOutputCommitter committer;
        private final TaskAttemptContext context;

        private Whole(PathOutputCommitter committer, TaskAttemptContext context) {
            this.committer = committer;
            this.context = context;
        }

        /** Makes the files of all committed attempts visible, one after the other: of a kill meanwhile some may be left, each whole. */
        public void commit() throws IOException {
            committer.commitJob(context);
        }

        /** Drops them. */
        public void abort() throws IOException {
            committer.abortJob(context, JobStatus.State.FAILED);
        }
    }

    /** In a task. */
    public Attempt attempt(Configuration hadoop, TaskContext task) throws IOException {
        // Unlike the number of the attempt, this one is not used again where a whole stage is.
        int attempt = (int) (task.taskAttemptId() & Integer.MAX_VALUE);
        TaskAttemptContext context = context(hadoop, task.partitionId(), attempt);
        PathOutputCommitter committer = committer(context);
        committer.setupTask(context);
        return new Attempt(committer, context, task.partitionId());
    }

    /** What one attempt of a task has of a commit. Closed without a commit, it leaves nothing. */
    public static final class Attempt implements AutoCloseable {
        private final PathOutputCommitter committer;
        private final TaskAttemptContext context;
        private final int partition;
        private boolean committed;

        private Attempt(PathOutputCommitter committer, TaskAttemptContext context, int partition) {
            this.committer = committer;
            this.context = context;
            this.partition = partition;
        }

        /** Where this attempt writes the file of that name. */
        public Path file(String name) throws IOException {
            return new Path(committer.getWorkPath(), name);
        }

        public TaskAttemptContext context() {
            return context;
        }

        /**
         * Has this attempt's files, which are closed, count. Throws Spark's {@code CommitDeniedException} where another attempt was first.
         */
        public void commit() throws IOException {
            SparkHadoopMapRedUtil.commitTask(committer, context, 0, partition);
            committed = true;
        }

        @Override
        public void close() throws IOException {
            if (!committed) {
                committer.abortTask(context);
            }
        }
    }

    private TaskAttemptContext context(Configuration hadoop, int task, int attempt) {
        Configuration own = new Configuration(hadoop);
        settings.forEach(own::set);
        JobID job = new JobID(id, 0);
        TaskAttemptID attemptId = new TaskAttemptID(new TaskID(job, TaskType.MAP, task), attempt);
        own.set("mapreduce.job.id", job.toString());
        own.set("mapreduce.task.id", attemptId.getTaskID().toString());
        own.set("mapreduce.task.attempt.id", attemptId.toString());
        own.setBoolean("mapreduce.task.ismap", true);
        own.setInt("mapreduce.task.partition", task);
        return new TaskAttemptContextImpl(own, attemptId);
    }

    private PathOutputCommitter committer(TaskAttemptContext context) throws IOException {
        return PathOutputCommitterFactory.createCommitter(new Path(folder), context);
    }
}
