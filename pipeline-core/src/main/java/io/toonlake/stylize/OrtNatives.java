package io.toonlake.stylize;

import ai.onnxruntime.OrtEnvironment;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/**
 * Unpacks ONNX Runtime's native code where JavaCPP unpacks ours, once for all JVMs of a machine. By itself it unpacks 28 MB to the folder for
 * temporary files with each start, and a JVM that is killed leaves them there.
 */
final class OrtNatives {
    private static final String PLACE = "onnxruntime.native.path";

    private static final String RUNTIME = "onnxruntime";
    private static final String BINDING = "onnxruntime4j_jni";

    /** JavaCPP's names of platforms and ONNX Runtime's. */
    private static final Map<String, String> PLATFORMS = Map.of(
            "linux-x86_64", "linux-x64",
            "linux-arm64", "linux-aarch64",
            "macosx-arm64", "osx-aarch64",
            "windows-x86_64", "win-x64");

    /** Of the jar of natives for CUDA 13, which lacks a binding to Java with the calls for GPUs: profile stylize-gpu-cuda13. */
    private static final String CUDA_13 = "/org/bytedeco/onnxruntime/linux-x86_64-gpu/";

    /** The folder of a jar that {@link #PLACE} was unpacked from; null where somebody else said the place, or nobody. */
    private static String source;

    private OrtNatives() {}

    /** Does nothing where somebody said where they are, or there are none for the platform: loading then tells. */
    static synchronized void unpack() {
        String platform = Loader.getPlatform();
        if (System.getProperty(PLACE) != null || !PLATFORMS.containsKey(platform)) {
            return;
        }
        String own = "/ai/onnxruntime/native/" + PLATFORMS.get(platform) + "/";
        File binding = unpack(own, System.mapLibraryName(BINDING));
        File runtime =
                platform.equals("linux-x86_64") ? unpack(CUDA_13, "libonnxruntime.so.1", "libonnxruntime.so") : null;
        if (runtime != null && binding != null) {
            source = CUDA_13;
            link(runtime.toPath().resolveSibling(binding.getName()), binding.toPath());
        } else {
            source = own;
            runtime = unpack(own, System.mapLibraryName(RUNTIME));
        }
        if (runtime != null) {
            System.setProperty(PLACE, runtime.getParent());
        }
    }

    /** Puts the provider for GPUs beside them, 0.2 to 0.6 GB, where this build has it: only beside them does ONNX Runtime find it. */
    static synchronized void unpackCuda() {
        unpack();
        if (source != null) {
            unpack(source, System.mapLibraryName("onnxruntime_providers_shared"));
            unpack(source, System.mapLibraryName("onnxruntime_providers_cuda"));
        }
    }

    private static File unpack(String folder, String library) {
        return unpack(folder, library, library);
    }

    /** Null where there is no such library. */
    private static File unpack(String folder, String library, String name) {
        URL resource = OrtEnvironment.class.getResource(folder + library);
        if (resource == null) {
            return null;
        }
        try {
            return Loader.cacheResource(name.equals(library) ? resource : new URL(resource + "#" + name));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** ONNX Runtime looks for all of its libraries in one folder. */
    private static void link(Path link, Path target) {
        try {
            // The cache outlives builds, and an earlier one may have had another binding.
            if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(target)) {
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, target);
            }
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            // Another JVM is doing the same.
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static UnsatisfiedLinkError failure(IOException cause) {
        return new UnsatisfiedLinkError("Cannot unpack ONNX Runtime: " + cause.getMessage());
    }
}
