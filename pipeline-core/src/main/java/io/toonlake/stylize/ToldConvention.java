package io.toonlake.stylize;

import io.toonlake.model.ChannelOrder;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.PictureSizes;
import io.toonlake.model.ValueRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What somebody knows of a network's pictures that its ONNX file does not say, or may leave open.
 *
 * @param layout of the input; empty where the file says it
 * @param channelOrder of the input
 * @param inputRange before mean and deviation
 * @param mean of the input's channels, in their order
 * @param std of the input's channels
 * @param outputName the picture's, of a network that gives more than that
 * @param sizeMultiple of both sides; empty for the least that works
 * @param fixedSize the only one, of a network whose file does not say so
 * @param bytesPerPixel of working memory; empty to measure it
 */
public record ToldConvention(
        Optional<PictureLayout> layout,
        ChannelOrder channelOrder,
        ValueRange inputRange,
        List<Double> mean,
        List<Double> std,
        Optional<String> outputName,
        ChannelOrder outputChannelOrder,
        ValueRange outputRange,
        OptionalInt sizeMultiple,
        Optional<PictureSizes> fixedSize,
        OptionalLong bytesPerPixel) {}
