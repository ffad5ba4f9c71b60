"""Makes one narrow VGG19 in the forms in which its weights are published, and what PyTorch computes with it.

    python3 -m venv /tmp/vgg && /tmp/vgg/bin/pip install torch==2.15.0 numpy==2.4.6 safetensors==0.8.0 h5py==3.16.0 keras==3.15.1
    /tmp/vgg/bin/python make_vgg19_fixtures.py ../resources/io/toonlake/model

The network has 2, 3, 4, 5 channels in its four groups of layers and seeded random weights.

vgg19-caffe.safetensors        the authors' names, for Caffe's input
vgg19-torchvision.safetensors  other weights, for torchvision's input, with a layer of conv5 and of the classifier
vgg19-keras1.h5                the Caffe ones as in the files that Keras publishes (written by Keras 1)
vgg19-keras2.h5                the same as Keras 2 saves a whole model; in the layout of HDF5 1.10, one kernel compressed
vgg19-keras3.weights.h5        the same as Keras 3 saves weights, which names layers by their number
vgg19-input.npy                1x3x21x26, BGR, [-1, 1]
vgg19-{caffe,torchvision}-{zero,reflect}.npy    conv4_4 before its ReLU, with that padding, in double precision
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"

import h5py
import keras
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

WIDTHS, LAYERS = (2, 3, 4, 5), (2, 2, 4, 4)
NAMES = [(group + 1, k + 1) for group, count in enumerate(LAYERS) for k in range(count)]
TORCHVISION = dict(zip(NAMES, (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25)))


def weights(seed, input_deviation):
    """He's, so that no layer swells or fades."""
    generator = torch.Generator().manual_seed(seed)
    layers, inputs = {}, 3
    for group, k in NAMES:
        outputs = WIDTHS[group - 1]
        deviation = (2 / (9 * inputs)) ** 0.5 / (input_deviation if (group, k) == (1, 1) else 1)
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * deviation
        layers[group, k] = (weight, torch.randn(outputs, generator=generator) * 0.3)
        inputs = outputs
    return layers


def features(layers, x, padding):
    mode = "constant" if padding == "zero" else padding
    for (group, k), (weight, bias) in layers.items():
        if k == 1 and group > 1:
            x = F.max_pool2d(x, 2)
        x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), weight.double(), bias.double())
        if (group, k) != NAMES[-1]:
            x = x.relu()
    return x


def caffe_input(bgr):
    return (bgr + 1) * 127.5 - torch.tensor([103.939, 116.779, 123.68]).double().view(1, 3, 1, 1)


def torchvision_input(bgr):
    rgb = (bgr.flip(1) + 1) / 2
    mean, deviation = (torch.tensor(c).double().view(1, 3, 1, 1) for c in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    return (rgb - mean) / deviation


def keras_kernel(weight):
    return weight.permute(2, 3, 1, 0).contiguous().numpy()


def save_keras1(layers, file):
    with h5py.File(file, "w") as root:
        for (group, k), (weight, bias) in layers.items():
            layer = root.create_group(f"block{group}_conv{k}")
            layer[f"{layer.name[1:]}_W_1:0"] = keras_kernel(weight)
            layer[f"{layer.name[1:]}_b_1:0"] = bias.numpy()
        root.create_group("block1_pool")


def save_keras2(layers, file):
    with h5py.File(file, "w", libver=("v110", "v110")) as root:
        for (group, k), (weight, bias) in layers.items():
            layer = root.create_group("model_weights/block{0}_conv{1}/block{0}_conv{1}".format(group, k))
            packed = {"compression": "gzip", "shuffle": True} if (group, k) == NAMES[-1] else {}
            layer.create_dataset("kernel:0", data=keras_kernel(weight), **packed)
            layer["bias:0"] = bias.numpy()
            state = root.create_group("optimizer_weights/training/SGD/block{0}_conv{1}".format(group, k))
            state["kernel:0"] = np.zeros(1, dtype=np.float32)


def save_keras3(layers, file):
    x = inputs = keras.Input((None, None, 3))
    for group, k in NAMES:
        if k == 1 and group > 1:
            x = keras.layers.MaxPooling2D(2)(x)
        layer = keras.layers.Conv2D(WIDTHS[group - 1], 3, padding="same", activation="relu", name=f"block{group}_conv{k}")
        x = layer(x)
        layer.set_weights([keras_kernel(layers[group, k][0]), layers[group, k][1].numpy()])
    keras.Model(inputs, x, name="vgg19").save_weights(file)


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    caffe, torchvision = weights(1, 64), weights(2, 1)
    save_file(
        {f"conv{g}_{k}.{part}": t for (g, k), pair in caffe.items() for part, t in zip(("weight", "bias"), pair)},
        folder / "vgg19-caffe.safetensors")
    named = {f"features.{TORCHVISION[name]}.{part}": t
             for name, pair in torchvision.items() for part, t in zip(("weight", "bias"), pair)}
    named |= {"features.28.weight": torch.zeros(6, 5, 3, 3), "features.28.bias": torch.zeros(6), "classifier.0.bias": torch.zeros(7)}
    save_file(named, folder / "vgg19-torchvision.safetensors")
    save_keras1(caffe, folder / "vgg19-keras1.h5")
    save_keras2(caffe, folder / "vgg19-keras2.h5")
    save_keras3(caffe, folder / "vgg19-keras3.weights.h5")
    bgr = (torch.rand(1, 3, 21, 26, generator=torch.Generator().manual_seed(3)) * 2 - 1).float()
    np.save(folder / "vgg19-input.npy", bgr.numpy())
    for name, layers, x in (("caffe", caffe, caffe_input(bgr.double())), ("torchvision", torchvision, torchvision_input(bgr.double()))):
        for padding in ("zero", "reflect"):
            y = features(layers, x, padding)
            np.save(folder / f"vgg19-{name}-{padding}.npy", y.float().numpy())
            print(name, padding, tuple(y.shape), float(y.min()), float(y.max()), float(y.std()))


if __name__ == "__main__":
    main(sys.argv[1])
