package io.toonlake.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The JDK's own readers, by their names: other plugins on the class path may stand before them. */
enum JdkReader {
    JPEG("com.sun.imageio.plugins.jpeg.JPEGImageReader"),
    BMP("com.sun.imageio.plugins.bmp.BMPImageReader");

    private final String readerName;

    JdkReader(String readerName) {
        this.readerName = readerName;
    }

    /** A reader for one picture; the caller disposes of it. */
    ImageReader create() {
        Iterator<ImageReaderSpi> providers =
                IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
        while (providers.hasNext()) {
            ImageReaderSpi provider = providers.next();
            if (provider.getPluginClassName().equals(readerName)) {
                try {
                    return provider.createReaderInstance();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        throw new IllegalStateException(
                "Cannot find the JDK's " + this + " reader: use a JDK with module java.desktop");
    }
}
