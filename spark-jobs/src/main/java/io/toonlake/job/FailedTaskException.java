package io.toonlake.job;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Spark has given a batch up, for one of its tasks. A photo that makes a task fail is quarantined; one that ends its process, as native code or the
 * system can for want of memory, does so on every executor that the task is given to, and again the next night.
 */
final class FailedTaskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern TASK = Pattern.compile("Task (\\d+) in stage");
    private static final int MOST_NAMED = 10;

    private FailedTaskException(String message, Exception cause) {
        super(message, cause);
    }

    /**
     * Names the photos of the task that failed.
     *
     * @param photos of the batch, in the order in which Spark has cut them into so many tasks
     * @return the failure itself where it is no task's
     */
    static RuntimeException explained(Exception failure, List<Photo> photos, int tasks) {
        String said = String.valueOf(failure.getMessage());
        Matcher task = TASK.matcher(said);
        if (!task.find() || Integer.parseInt(task.group(1)) >= tasks) {
            return failure instanceof RuntimeException known ? known : new IllegalStateException(said, failure);
        }
        long number = Long.parseLong(task.group(1));
        List<Photo> its =
                photos.subList((int) (number * photos.size() / tasks), (int) ((number + 1) * photos.size() / tasks));
        return new FailedTaskException(
                "Cannot stylize the photos of one task: executors that had it failed or were lost ("
                        + said.lines().findFirst().orElse("")
                        + "). What other tasks have made is committed. If the next run ends so, too, find the photo by passing these over, one after the "
                        + "other, with --exclude and its file name: "
                        + its.stream()
                                .limit(MOST_NAMED)
                                .map(photo -> photo.file().path())
                                .collect(Collectors.joining(", ")),
                failure);
    }
}
