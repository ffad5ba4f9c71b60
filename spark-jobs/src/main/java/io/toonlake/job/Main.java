package io.toonlake.job;

import org.apache.spark.SparkUserAppException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. The only place that ends the process. */
@Command(
        name = "toonlake",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "JOB",
        header = "Photos into cartoons at the scale of an image lake.",
        description = {
            "",
            "Takes photos and cartoon frames in, trains CartoonGAN on them, and stylizes photo archives. Each job below can be run "
                    + "again at any time: it does what is missing and leaves what stands.",
            ""
        },
        subcommands = {
            DemoJob.class,
            IngestJob.class,
            EdgeSmoothJob.class,
            TrainJob.class,
            ImportModelJob.class,
            CalibrateJob.class,
            StylizeJob.class,
            AttributionJob.class,
            FilmRecipeJob.class,
            RecheckJob.class,
            PurgeJob.class,
            ReportJob.class,
            DoctorJob.class
        },
        commandListHeading = "%nJobs, in the order data flows:%n",
        optionListHeading = "Options:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a fault of Toonlake's own; a stack trace says where",
            "2:the command line or a setting is wrong",
            "3:more images were quarantined than max-quarantined-fraction and tolerated-quarantined-images allow; what is good is kept",
            "4:a store, a folder or a model cannot be reached",
            "5:purge has left something; it says what, and how that goes",
            "143:ended by SIGTERM; stylize has finished what was in work and committed it, and the next run goes on"
        },
        footer = {
            "",
            "Every job but doctor takes --config FILE, --set KEY=VALUE and --summary FILE, and explains itself: toonlake JOB --help",
            "Spark's own options (--master, --driver-memory, --conf ...) stand before the job's name."
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing job");
    }

    /** Runs a job in this process and returns its exit code. Uses the Spark session that is there, or opens and closes one. */
    public static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((exception, given) -> usageProblem(exception))
                .execute(arguments);
    }

    private static int usageProblem(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        if (exception.getMessage().equals("Missing job")) {
            command.usage(command.getErr());
        } else {
            command.getErr().println(RunRecord.redacted(exception.getMessage()));
            CommandLine.UnmatchedArgumentException.printSuggestions(exception, command.getErr());
            command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE.code();
    }

    public static void main(String[] arguments) throws SparkUserAppException {
        StopSignal.listen();
        int code = run(arguments);
        if (isYarnsOwnProcess()) {
            if (code != ExitCode.DONE.code()) {
                throw new SparkUserAppException(code);
            }
            return;
        }
        // Natives keep threads of their own, so the process is ended even where the code is 0.
        System.exit(code);
    }

    /**
     * Whether YARN runs the driver (deploy mode {@code cluster}). Its application master ends the process itself; a job that does so has failed for it, whatever the
     * exit code, and is run again.
     */
    private static boolean isYarnsOwnProcess() {
        return "yarn".equals(System.getProperty("spark.master"))
                && "cluster".equals(System.getProperty("spark.submit.deployMode"));
    }
}
