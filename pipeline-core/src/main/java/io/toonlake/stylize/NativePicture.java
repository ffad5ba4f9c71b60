package io.toonlake.stylize;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.toonlake.model.NumberType;
import io.toonlake.model.PictureTensor;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * A picture as somebody's network has it, outside of the heap, where ONNX Runtime reads and writes it. The memory is used again for the next one
 * and grows with the largest.
 */
final class NativePicture implements AutoCloseable {
    private final PictureTensor form;
    private final boolean half;
    private FloatPointer floats = new FloatPointer(0L);
    private ShortPointer halves = new ShortPointer(0L);

    NativePicture(PictureTensor form) {
        this.form = form;
        half = form.type() == NumberType.FLOAT16;
    }

    /** Makes room for a picture of that size, whose values are anything, as ONNX Runtime takes it. */
    OnnxTensor tensor(OrtEnvironment environment, int width, int height) throws OrtException {
        int values = Math.multiplyExact(PictureTensor.CHANNELS, Math.multiplyExact(width, height));
        long[] shape = form.layout().shape(width, height);
        if (half) {
            if (halves.capacity() < values) {
                halves.close();
                halves = new ShortPointer((long) values);
            }
            return OnnxTensor.createTensor(environment, halves(values), shape, OnnxJavaType.FLOAT16);
        }
        if (floats.capacity() < values) {
            floats.close();
            floats = new FloatPointer((long) values);
        }
        return OnnxTensor.createTensor(environment, floats(values), shape);
    }

    private ShortBuffer halves(int values) {
        return halves.asBuffer().clear().limit(values);
    }

    private FloatBuffer floats(int values) {
        return floats.asBuffer().clear().limit(values);
    }

    /** @param picture [3, height, width], blue, green, red, values in [-1, 1] */
    void write(float[] picture) {
        int pixels = picture.length / PictureTensor.CHANNELS;
        FloatBuffer toFloats = half ? null : floats(picture.length);
        ShortBuffer toHalves = half ? halves(picture.length) : null;
        for (int c = 0; c < PictureTensor.CHANNELS; c++) {
            double scale = form.scale(c);
            double offset = form.offset(c);
            for (int pixel = 0; pixel < pixels; pixel++) {
                float value = (float) (picture[c * pixels + pixel] * scale + offset);
                int at = form.at(c, pixel, pixels);
                if (half) {
                    toHalves.put(at, Fp16Conversions.floatToFp16(value));
                } else {
                    toFloats.put(at, value);
                }
            }
        }
    }

    /** A new array as {@link #write} takes it; what is not in the network's range is not in [-1, 1]. */
    float[] read(int pixels) {
        float[] picture = new float[PictureTensor.CHANNELS * pixels];
        FloatBuffer fromFloats = half ? null : floats(picture.length);
        ShortBuffer fromHalves = half ? halves(picture.length) : null;
        for (int c = 0; c < PictureTensor.CHANNELS; c++) {
            double scale = form.scale(c);
            double offset = form.offset(c);
            for (int pixel = 0; pixel < pixels; pixel++) {
                int at = form.at(c, pixel, pixels);
                float value = half ? Fp16Conversions.fp16ToFloat(fromHalves.get(at)) : fromFloats.get(at);
                picture[c * pixels + pixel] = (float) ((value - offset) / scale);
            }
        }
        return picture;
    }

    @Override
    public void close() {
        floats.close();
        halves.close();
    }
}
