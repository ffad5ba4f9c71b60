package io.toonlake.model;

import io.toonlake.network.InputConvention;
import io.toonlake.network.Vgg19Features;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What programs call the layers of VGG19, and how they lay their kernels out. */
enum Vgg19Naming {
    /** The authors' names: {@code conv1_1.weight}. */
    AUTHORS("conv1_1.weight, conv1_1.bias", true, InputConvention.CAFFE, "conv(\\d_\\d)\\.(weight|bias)") {
        @Override
        String layer(Matcher name) {
            return "conv" + name.group(1);
        }
    },
    /** torchvision's and timm's: places in a list that counts ReLUs and poolings too. */
    TORCHVISION(
            "features.0.weight, features.0.bias",
            true,
            InputConvention.TORCHVISION,
            "(?:features\\.)?(\\d{1,3})\\.(weight|bias)") {
        private final List<Integer> places = List.of(0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25);

        @Override
        String layer(Matcher name) {
            return nth(places.indexOf(Integer.parseInt(name.group(1))));
        }

        @Override
        boolean isOther(Set<String> names) {
            return names.stream().anyMatch(name -> name.endsWith(".running_mean"));
        }
    },
    /**
     * Keras's, by layer: {@code block1_conv1/block1_conv1_W_1:0} in the published files, {@code …/block1_conv1/kernel:0} since
     * Keras 2, below {@code model_weights} in whole models.
     */
    KERAS(
            "block1_conv1/block1_conv1/kernel:0, block1_conv1/block1_conv1/bias:0",
            false,
            InputConvention.CAFFE,
            "(?!optimizer)(?:[^/]+/)*?block(\\d)_conv(\\d)/(?:block\\1_conv\\2[/_])?(kernel|W|bias|b)(?:_\\d+)?(?::0)?") {
        @Override
        String layer(Matcher name) {
            return "conv" + name.group(1) + "_" + name.group(2);
        }
    },
    /** Keras 3's {@code .weights.h5}: convolutions counted from 0, which are 16 in VGG19 and 12 in one cut off at conv4_4. */
    KERAS_COUNTED(
            "layers/conv2d/vars/0, layers/conv2d/vars/1",
            false,
            InputConvention.CAFFE,
            "(?:.+/)?layers/conv2d(?:_(\\d{1,3}))?/vars/([01])") {
        @Override
        String layer(Matcher name) {
            return nth(name.group(1) == null ? 0 : Integer.parseInt(name.group(1)));
        }

        @Override
        boolean isOther(Set<String> names) {
            long convolutions = names.stream()
                    .filter(name ->
                            matched(name).filter(m -> m.group(2).equals("0")).isPresent())
                    .count();
            return convolutions != 12 && convolutions != 16;
        }
    };

    private final String example;
    private final boolean outputsFirst;
    private final InputConvention input;
    private final Pattern pattern;

    /**
     * @param outputsFirst whether kernels are [out, in, 3, 3] and not [3, 3, in, out]
     * @param pattern whose last group tells kernel from bias
     */
    Vgg19Naming(String example, boolean outputsFirst, InputConvention input, String pattern) {
        this.example = example;
        this.outputsFirst = outputsFirst;
        this.input = input;
        this.pattern = Pattern.compile(pattern);
    }

    /** The layer that a name of this kind means; one that VGG19 lacks, or null, for others. */
    abstract String layer(Matcher name);

    /** Whether names that may well be of this kind are those of another network, whose layers would fit by chance. */
    boolean isOther(Set<String> names) {
        return false;
    }

    /** First names, to show what is looked for. */
    String example() {
        return example;
    }

    boolean outputsFirst() {
        return outputsFirst;
    }

    InputConvention input() {
        return input;
    }

    /** What we call the tensor of that name ({@code conv1_1.weight}); empty if it is none of this kind. */
    Optional<String> ours(String name) {
        return matched(name).flatMap(matcher -> {
            String layer = layer(matcher);
            String part = matcher.group(matcher.groupCount());
            boolean bias = part.equals("bias") || part.equals("b") || part.equals("1");
            return Vgg19Features.layers().contains(layer)
                    ? Optional.of(layer + (bias ? ".bias" : ".weight"))
                    : Optional.empty();
        });
    }

    Optional<Matcher> matched(String name) {
        return Optional.of(pattern.matcher(name)).filter(Matcher::matches);
    }

    private static String nth(int convolution) {
        List<String> layers = Vgg19Features.layers();
        return convolution >= 0 && convolution < layers.size() ? layers.get(convolution) : "";
    }
}
