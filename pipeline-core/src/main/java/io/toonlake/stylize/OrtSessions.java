package io.toonlake.stylize;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;

/** Networks loaded into ONNX Runtime, all in the same way. Libraries of operators are never loaded. */
final class OrtSessions {
    private OrtSessions() {}

    /** @throws LinkageError where there is no ONNX Runtime for the platform */
    static OrtEnvironment environment() {
        OrtNatives.unpack();
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "toonlake");
    }

    /** @param threads that work on one picture, including the caller's */
    static OrtSession open(byte[] onnx, int threads) throws OrtException {
        return open(onnx, threads, OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    }

    /** @param told what ONNX Runtime prints itself; what fails is thrown whatever this says */
    static OrtSession open(byte[] onnx, int threads, OrtLoggingLevel told) throws OrtException {
        if (threads < 1) {
            throw new IllegalArgumentException("Invalid number of threads: %d (must be >= 1)".formatted(threads));
        }
        OrtEnvironment environment = environment();
        try (SessionOptions options = new SessionOptions()) {
            options.setSessionLogLevel(told);
            options.setIntraOpNumThreads(threads);
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            // Threads that spin while they wait take the cores from the tasks that decode and encode.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // It would plan the memory of every size of picture and keep the plan.
            options.setMemoryPatternOptimization(false);
            // The arena keeps what the largest picture so far took: without it the system clears that much anew for
            // each picture, a fifth of the time.
            options.setCPUArenaAllocator(true);
            return environment.createSession(onnx, options);
        }
    }
}
