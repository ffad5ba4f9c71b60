package io.toonlake.job;

import picocli.CommandLine.Command;

@Command(name = "train", header = "Trains CartoonGAN by parameter averaging.", footer = "Example:")
final class TrainJob extends Job {
    @Override
    String tables() {
        return "";
    }

    @Override
    JobResult execute(JobContext context) {
        throw new UsageException("train comes with the averaging room");
    }
}
