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

    private OrtNatives() {}

    /** Does nothing where somebody said where they are, or there are none for the platform: loading then tells. */
    static synchronized void unpack() {
        String folder = PLATFORMS.get(Loader.getPlatform());
        if (System.getProperty(PLACE) != null || folder == null) {
            return;
        }
        try {
            File unpacked = null;
            for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
                unpacked = Loader.cacheResource(
                        OrtEnvironment.class,
                        "/ai/onnxruntime/native/" + folder + "/" + System.mapLibraryName(library));
            }
            if (unpacked != null) {
                System.setProperty(PLACE, unpacked.getParent());
            }
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("Cannot unpack ONNX Runtime: " + e.getMessage());
        }
    }
}
