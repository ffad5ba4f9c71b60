package io.toonlake.model;

/** In what order a network's picture has its axes. */
public enum PictureLayout {
    /** [1, 3, height, width]: PyTorch's. */
    NCHW(1, 2, 3),
    /** [1, height, width, 3]: TensorFlow's. */
    NHWC(3, 1, 2);

    private final int channelAxis;
    private final int heightAxis;
    private final int widthAxis;

    PictureLayout(int channelAxis, int heightAxis, int widthAxis) {
        this.channelAxis = channelAxis;
        this.heightAxis = heightAxis;
        this.widthAxis = widthAxis;
    }

    public int channelAxis() {
        return channelAxis;
    }

    public int heightAxis() {
        return heightAxis;
    }

    public int widthAxis() {
        return widthAxis;
    }

    /** The shape of a picture of that size. */
    public long[] shape(int width, int height) {
        return this == NCHW ? new long[] {1, 3, height, width} : new long[] {1, height, width, 3};
    }
}
