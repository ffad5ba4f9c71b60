package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import io.toonlake.model.OnnxGraph;
import io.toonlake.model.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;

/** ONNX Runtime's provider for NVIDIA GPUs: whether it is there, and whether it can compute on one. */
public final class CudaProvider {
    private static final String INPUT = "x";
    private static final String OUTPUT = "y";
    private static final int SIDE = 3;
    private static final float SUM = 45;

    private CudaProvider() {}

    /** Whether this build's ONNX Runtime has it, whatever the machine has. */
    public static boolean isBuiltIn() {
        try {
            OrtSessions.environment();
            return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        } catch (LinkageError e) {
            return false;
        }
    }

    /**
     * Computes a convolution of a few numbers on a GPU, which takes the driver, CUDA's libraries, cuDNN and code for the GPU's kind.
     *
     * @param gpu its number, as CUDA counts in this process
     * @return what ONNX Runtime says where it cannot, in one line; empty where it can
     */
    public static Optional<String> problem(int gpu) {
        return problem(Processor.gpu(gpu));
    }

    /**
     * The same on any processor.
     *
     * @throws LinkageError where there is no ONNX Runtime for the platform
     */
    public static Optional<String> problem(Processor processor) {
        OrtEnvironment environment = OrtSessions.environment();
        FloatBuffer numbers = FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        try (OrtSession session = OrtSessions.open(graph(), 1, processor);
                OnnxTensor input = OnnxTensor.createTensor(environment, numbers, new long[] {1, 1, SIDE, SIDE});
                OrtSession.Result result = session.run(Map.of(INPUT, input))) {
            float sum = ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
            return sum == SUM ? Optional.empty() : Optional.of("it computes " + sum + " where " + SUM + " is right");
        } catch (OrtException e) {
            return Optional.of(OrtSessions.reason(e));
        }
    }

    private static byte[] graph() {
        OnnxGraph graph = new OnnxGraph("probe");
        float[] ones = new float[SIDE * SIDE];
        Arrays.fill(ones, 1);
        String weight = graph.constant("ones", Tensor.of(ones, 1, 1, SIDE, SIDE));
        graph.addInput(square(INPUT, SIDE));
        graph.add(OnnxGraph.node("Conv", OUTPUT, INPUT, weight));
        graph.addOutput(square(OUTPUT, 1));
        return graph.file().build().toByteArray();
    }

    private static ValueInfoProto square(String name, int side) {
        return OnnxGraph.value(
                name,
                TensorProto.DataType.FLOAT_VALUE,
                OnnxGraph.axis(1),
                OnnxGraph.axis(1),
                OnnxGraph.axis(side),
                OnnxGraph.axis(side));
    }
}
