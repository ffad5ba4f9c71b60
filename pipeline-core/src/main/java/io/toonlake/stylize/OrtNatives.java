package io.toonlake.stylize;

import ai.onnxruntime.OrtEnvironment;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/**
 * Unpacks ONNX Runtime's native code where JavaCPP unpacks ours, once for all JVMs of a machine. By itself it unpacks 28 MB to the folder for
 * temporary files with each start, and a JVM that is killed leaves them there.
 */
final class OrtNatives {
    private static final String PLACE = "onnxruntime.native.path";

    /** JavaCPP's names of platforms and ONNX Runtime's. */
    private static final Map<String, String> PLATFORMS = Map.of(
            "linux-x86_64", "linux-x64",
            "linux-arm64", "linux-aarch64",
            "macosx-arm64", "osx-aarch64",
            "windows-x86_64", "win-x64");

    /** Whether {@link #PLACE} is said by us. */
    private static boolean ours;

    private OrtNatives() {}

    /** Does nothing where somebody said where they are, or there are none for the platform: loading then tells. */
    static synchronized void unpack() {
        if (System.getProperty(PLACE) != null) {
            return;
        }
        File unpacked = null;
        for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
            unpacked = unpack(library);
        }
        if (unpacked != null) {
            System.setProperty(PLACE, unpacked.getParent());
            ours = true;
        }
    }

    /** Puts the provider for GPUs beside them, 0.6 GB, where this build has it: only beside them does ONNX Runtime find it. */
    static synchronized void unpackCuda() {
        unpack();
        if (ours) {
            unpack("onnxruntime_providers_shared");
            unpack("onnxruntime_providers_cuda");
        }
    }

    /** Null where there is no such library for the platform. */
    private static File unpack(String library) {
        String folder = PLATFORMS.get(Loader.getPlatform());
        if (folder == null) {
            return null;
        }
        try {
            return Loader.cacheResource(
                    OrtEnvironment.class, "/ai/onnxruntime/native/" + folder + "/" + System.mapLibraryName(library));
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("Cannot unpack ONNX Runtime: " + e.getMessage());
        }
    }
}
