package io.toonlake.stylize;

/**
 * Runs one generator on one picture at a time. Every engine gives the same picture to 1e-4.
 *
 * <p>Not safe for use by two threads; {@link EngineCache} shares one between the tasks of a JVM.
 */
public interface StylizingEngine extends AutoCloseable {
    /** The model's fingerprint. */
    String fingerprint();

    /** What computes a picture of that size. */
    EngineKind kindFor(int width, int height);

    /** Height and width must be multiples of this. */
    int sizeMultiple();

    /** The least height and width: below it the network has nothing to mirror at its borders. */
    int minSidePixels();

    /** The least width, where it is not {@link #minSidePixels}. */
    default int minWidthPixels() {
        return minSidePixels();
    }

    /** The least height, where it is not {@link #minSidePixels}. */
    default int minHeightPixels() {
        return minSidePixels();
    }

    /**
     * The generator's output for a picture.
     *
     * @param picture [3, height, width] in the order blue, green, red, values in [-1, 1]; unchanged
     * @return a new array of the same layout and range
     * @throws IllegalArgumentException where the size is no multiple, too small, or not that of the array
     */
    float[] stylize(float[] picture, int width, int height);

    /**
     * The most memory that {@link #stylize} takes for a picture of that size beyond the idle engine, input and output
     * arrays included, in bytes; to refuse what would not fit.
     */
    long estimatedBytes(int width, int height);

    /** Frees the weights. */
    @Override
    void close();
}
