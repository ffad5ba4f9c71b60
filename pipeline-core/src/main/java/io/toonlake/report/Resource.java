package io.toonlake.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Files on the class path that become part of the page. */
final class Resource {

    private static final String UPLOT = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

    private Resource() {}

    /** A file of this package. */
    static String own(String name) {
        return read("io/toonlake/report/" + name);
    }

    /** A file of the chart library, in the version that is on the class path. */
    static String uplot(String name) {
        Properties release = new Properties();
        try {
            release.load(new StringReader(read(UPLOT)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read("META-INF/resources/webjars/uplot/" + release.getProperty("version") + "/" + name);
    }

    /** Line ends as a browser sees them, for hashes are over that. */
    private static String read(String path) {
        try (InputStream in = Resource.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("Cannot find " + path + " on the class path: the build is incomplete");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path + " from the class path", e);
        }
    }
}
