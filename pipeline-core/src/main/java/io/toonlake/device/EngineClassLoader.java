package io.toonlake.device;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Shows ND4J one of the engines on the class path. ND4J's own way to choose is an environment variable, which the JVM that reads the
 * settings cannot set for itself; and trying CUDA where there is no driver prints a stack trace.
 */
final class EngineClassLoader extends ClassLoader {
    private static final String SERVICE = "META-INF/services/" + Nd4jBackend.class.getName();

    private final String engine;

    EngineClassLoader(Device device, ClassLoader both) {
        super(both);
        this.engine = device == Device.CPU
                ? "org.nd4j.linalg.cpu.nativecpu.CpuBackend"
                : "org.nd4j.linalg.jcublas.JCublasBackend";
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> all = super.getResources(name);
        if (!name.equals(SERVICE)) {
            return all;
        }
        List<URL> ours = new ArrayList<>();
        for (URL file : Collections.list(all)) {
            try (InputStream in = file.openStream()) {
                if (new String(in.readAllBytes(), StandardCharsets.UTF_8).contains(engine)) {
                    ours.add(file);
                }
            }
        }
        return Collections.enumeration(ours);
    }
}
