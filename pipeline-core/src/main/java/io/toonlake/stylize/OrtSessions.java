package io.toonlake.stylize;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Map;

/** Networks loaded into ONNX Runtime, all in the same way. Libraries of operators are never loaded. */
final class OrtSessions {
    private static final int MOST_TOLD = 300;

    /** How the provider for GPUs computes. Its own way is to try all algorithms for every new size, which is what photos have. */
    private static final Map<String, String> CUDA = Map.of(
            "cudnn_conv_algo_search", "HEURISTIC",
            // By default it takes the next power of two.
            "arena_extend_strategy", "kSameAsRequested");

    private OrtSessions() {}

    /** @throws LinkageError where there is no ONNX Runtime for the platform */
    static OrtEnvironment environment() {
        OrtNatives.unpack();
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "toonlake");
    }

    /** @param threads that work on one picture, including the caller's */
    static OrtSession open(byte[] onnx, int threads, Processor processor) throws OrtException {
        // What a GPU lacks is told once, by whom it is asked for.
        return open(onnx, threads, processor, Precision.FP32);
    }

    /** @param precision of its convolutions */
    static OrtSession open(byte[] onnx, int threads, Processor processor, Precision precision) throws OrtException {
        return open(
                onnx,
                threads,
                processor,
                precision,
                processor.isGpu() ? OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL : OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    }

    /** @param told what ONNX Runtime prints itself; what fails is thrown whatever this says */
    static OrtSession open(byte[] onnx, int threads, Processor processor, OrtLoggingLevel told) throws OrtException {
        return open(onnx, threads, processor, Precision.FP32, told);
    }

    private static OrtSession open(
            byte[] onnx, int threads, Processor processor, Precision precision, OrtLoggingLevel told)
            throws OrtException {
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
            if (processor.isGpu()) {
                OrtNatives.unpackCuda();
                try (OrtCUDAProviderOptions cuda =
                        new OrtCUDAProviderOptions(processor.gpu().getAsInt())) {
                    for (Map.Entry<String, String> option : CUDA.entrySet()) {
                        cuda.add(option.getKey(), option.getValue());
                    }
                    // Another single precision, of ten bits (TF32), would not be the same picture. For half precision
                    // the same option is about its
                    // tensor cores: without them there is no plan of a convolution, and for each size ONNX Runtime
                    // looks in vain before it takes them.
                    cuda.add("use_tf32", precision == Precision.FP16 ? "1" : "0");
                    options.addCUDA(cuda);
                }
            }
            return environment.createSession(onnx, options);
        }
    }

    /** What to throw where ONNX Runtime cannot do it. A GPU's failure is its own: elsewhere the same may go well. */
    static RuntimeException failure(String what, Processor processor, OrtException cause) {
        return processor.isGpu()
                ? new GpuFailedException(what, processor, reason(cause), cause, isForMemory(cause))
                : new IllegalStateException(what + ": " + cause.getMessage(), cause);
    }

    private static boolean isForMemory(OrtException cause) {
        return String.valueOf(cause.getMessage())
                .matches("(?s).*(out of memory|Failed to allocate memory|smaller than requested bytes|ALLOC_FAILED).*");
    }

    /** What it says, in one line, without its codes, the places in its source, and what it tells of them after the words of CUDA. */
    static String reason(OrtException e) {
        String line = String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
        String plain = line.replaceFirst("^Error code - \\w+ - message: ", "")
                .replaceFirst("^.*\\[ONNXRuntimeError] : \\d+ : \\w+ : ", "")
                .replaceAll("\\S*/onnxruntime/\\S*:\\d+ ", "")
                .replaceFirst(" ; GPU=.*", "");
        return plain.length() > MOST_TOLD ? plain.substring(0, MOST_TOLD) + "…" : plain;
    }
}
