package io.toonlake.job;

import io.toonlake.config.Settings;
import io.toonlake.config.SettingsException;
import io.toonlake.device.DeviceException;
import io.toonlake.storage.HeldException;
import io.toonlake.storage.Patience;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Table;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.util.ShutdownHookManager;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * One run of one job: settings are checked before anything starts, {@link #execute} does the work, and whatever happens the run leaves
 * a row in table {@code runs}, a summary where one was asked for, and an exit code. Only a run that failed for what the user gave it
 * leaves no row where there were no tables: a mistyped URI must not become a lake.
 */
abstract class Job implements Callable<Integer> {
    private static final Duration RECORD = Duration.ofSeconds(30);

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    CommonOptions common() {
        return common;
    }

    /** The URI of the tables that this run is recorded in. */
    abstract String tables();

    /** Whether the run leaves a row in table {@code runs} and keeps to the budget; one that only looks does neither. */
    boolean isRecorded() {
        return true;
    }

    /** Does the work. Throws {@link UsageException} or {@link UnreachableException} for what the user can mend. */
    abstract JobResult execute(JobContext context) throws Exception;

    @Override
    public final Integer call() {
        RunRecord run = RunRecord.started(spec);
        Settings settings;
        try {
            settings = Settings.load(common.configs(), common.assignments());
        } catch (SettingsException e) {
            e.problems().forEach(problem -> spec.commandLine().getErr().println(RunRecord.redacted(problem)));
            return finished(run.ended(ExitCode.USAGE, null, e.getMessage()), null);
        }
        run = run.with(settings);
        try (JobContext context = JobContext.open(settings, run.runId(), spec.name(), tables())) {
            return finished(attempted(run, settings, context), context);
        } catch (UnreachableException e) {
            // Not recorded: the tables are out of reach.
            return finished(failed(run, ExitCode.UNREACHABLE, e), null);
        }
    }

    /** What came of it, in table {@code runs} too, unless that is another run's to write to. */
    private RunRecord attempted(RunRecord run, Settings settings, JobContext context) {
        try {
            RunRecord ended = attempt(run, settings, context);
            context.stages().begin("record");
            return recorded(ended, context);
        } catch (HeldException e) {
            return failed(run, ExitCode.UNREACHABLE, e);
        } catch (LeaseLostException e) {
            spec.commandLine().getErr().println(RunRecord.redacted(e.getMessage()));
            return run.ended(ExitCode.UNREACHABLE, e.result(), e.getMessage());
        }
    }

    private RunRecord attempt(RunRecord run, Settings settings, JobContext context) {
        try {
            JobResult result = execute(context);
            if (isRecorded()
                    && result.counts()
                            .exceeds(settings.maxQuarantinedFraction(), settings.toleratedQuarantinedImages())) {
                return run.ended(ExitCode.OVER_BUDGET, result, overBudget(result.counts(), settings));
            }
            return run.ended(ExitCode.DONE, result, result.message());
        } catch (UsageException e) {
            return failed(run, ExitCode.USAGE, e);
        } catch (StoppedException e) {
            return run.ended(ExitCode.STOPPED, e.result(), e.getMessage());
        } catch (CutShortException e) {
            spec.commandLine().getErr().println(RunRecord.redacted(e.getMessage()));
            return run.ended(e.code(), e.result(), e.getMessage());
        } catch (IncompleteException e) {
            return run.ended(ExitCode.INCOMPLETE, e.result(), e.getMessage());
        } catch (StageFailedException e) {
            return failed(run, e.code(), e);
        } catch (HeldException | LeaseLostException e) {
            throw e;
        } catch (Exception e) {
            DeviceException device = causeOf(e, DeviceException.class);
            if (device != null) {
                return failed(run, ExitCode.USAGE, device);
            }
            UnreachableException unreachable = causeOf(e, UnreachableException.class);
            if (unreachable != null) {
                return failed(run, ExitCode.UNREACHABLE, unreachable);
            }
            if (ShutdownHookManager.inShutdown()) {
                // Spark was stopped under the job's feet, and says so in many ways.
                return failed(
                        run, ExitCode.STOPPED, new IllegalStateException("Stopped by a signal; run again to go on."));
            }
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            spec.commandLine().getErr().print(RunRecord.redacted(trace.toString()));
            return failed(run, ExitCode.BUG, e);
        }
    }

    private RunRecord failed(RunRecord run, ExitCode code, Exception problem) {
        RunRecord ended = run.ended(code, null, String.valueOf(problem.getMessage()));
        spec.commandLine().getErr().println(ended.message());
        return ended;
    }

    /** The store that a run could not reach may be the tables', and has been waited for long enough. */
    private RunRecord recorded(RunRecord ended, JobContext context) {
        if (ShutdownHookManager.inShutdown() || !isRecorded()) {
            return ended;
        }
        return ended.exitCode() == ExitCode.UNREACHABLE
                ? Patience.within(RECORD, "record this run", () -> record(ended, context))
                        .orElse(ended)
                : record(ended, context);
    }

    /** A run that cannot be recorded has not succeeded, but its work stands and its own exit code matters more. */
    private RunRecord record(RunRecord ended, JobContext context) {
        try {
            if (mistaken(ended) && !context.lake().exists()) {
                return ended;
            }
            // The key is new with every run.
            context.lake()
                    .append(
                            Table.RUNS,
                            ended.row(context.spark(), context.stages().seconds()));
            return ended;
        } catch (RuntimeException e) {
            if (ended.exitCode() == ExitCode.UNREACHABLE && ended.message().equals(e.getMessage())) {
                return ended; // The tables were what could not be reached, and that was said.
            }
            Throwable cause =
                    e instanceof UnreachableException || causeOf(e, AnalysisException.class) == null ? e : e.getCause();
            spec.commandLine()
                    .getErr()
                    .println(RunRecord.redacted(
                            "Cannot record this run in " + context.lake().root() + ": " + cause.getMessage()));
            return ended.exitCode() == ExitCode.DONE
                    ? ended.ended(ExitCode.UNREACHABLE, ended.result(), "Cannot record this run")
                    : ended;
        }
    }

    private static boolean mistaken(RunRecord ended) {
        return ended.exitCode() == ExitCode.USAGE || ended.exitCode() == ExitCode.UNREACHABLE;
    }

    private int finished(RunRecord ended, JobContext context) {
        if (common.summary() != null) {
            try {
                ended.writeSummary(common.summary(), context);
            } catch (java.io.IOException | RuntimeException e) {
                spec.commandLine()
                        .getErr()
                        .println(RunRecord.redacted(
                                "Cannot write --summary " + common.summary() + ": " + e.getMessage()));
                return ended.exitCode() == ExitCode.DONE
                        ? ExitCode.UNREACHABLE.code()
                        : ended.exitCode().code();
            }
        }
        if (ended.result() != null) {
            spec.commandLine().getOut().println(ended.line());
        }
        return ended.exitCode().code();
    }

    private static String overBudget(Counts counts, Settings settings) {
        boolean someIsOld = !counts.settled().equals(Counts.Settled.NOTHING);
        return String.format(
                "Quarantined %,d of %,d %simages, more than max-quarantined-fraction %s%s. What is good is kept; look at table "
                        + "quarantine, or raise the setting%s.",
                counts.news(),
                counts.judged(),
                someIsOld ? "new " : "",
                settings.maxQuarantinedFraction(),
                settings.toleratedQuarantinedImages() == 0
                        ? " allows"
                        : " and tolerated-quarantined-images " + settings.toleratedQuarantinedImages() + " allow",
                someIsOld ? " once, to 1, to take note of them" : "");
    }

    static <T extends Throwable> T causeOf(Throwable problem, Class<T> type) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** A map with one entry, for the common case of a job that is determined by its settings alone. */
    static Map<String, String> settingsFingerprint(String fingerprint) {
        return Map.of("settings", fingerprint);
    }
}
