"""Makes a small CartoonGAN generator with seeded random weights, and what PyTorch computes with it.

    python3 -m venv /tmp/fixture && /tmp/fixture/bin/pip install torch==2.15.0 numpy==2.4.6 safetensors==0.8.0
    /tmp/fixture/bin/python make_generator_fixture.py ../resources/io/toonlake/stylize

Writes small-generator.safetensors (width 4, one residual block), small-input.npy (1x3x20x28, BGR, [-1, 1]) and
small-zero.npy, small-reflect.npy: the output with the strided, paired and up convolutions padded by zeros and by
reflection. Norm epsilon 1e-5. Variances are small on purpose, so that a wrong epsilon shows.
"""
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

WIDTH, BLOCKS, EPSILON = 4, 1, 1e-5


def weights():
    generator = torch.Generator().manual_seed(20180618)

    def normal(*shape, mean=0.0, deviation=0.03):
        return torch.randn(*shape, generator=generator) * deviation + mean

    tensors = {}

    def filter_(name, out, in_, kernel, transposed=False):
        shape = (in_, out) if transposed else (out, in_)
        tensors[f"{name}.weight"] = normal(*shape, kernel, kernel)
        tensors[f"{name}.bias"] = normal(out)

    def norm(name, channels):
        tensors[f"{name}.scale"] = normal(channels, mean=1.0, deviation=0.2)
        tensors[f"{name}.shift"] = normal(channels, deviation=0.2)

    w = WIDTH
    filter_("conv01_1", w, 3, 7), norm("in01_1", w)
    filter_("conv02_1", 2 * w, w, 3), filter_("conv02_2", 2 * w, 2 * w, 3), norm("in02_1", 2 * w)
    filter_("conv03_1", 4 * w, 2 * w, 3), filter_("conv03_2", 4 * w, 4 * w, 3), norm("in03_1", 4 * w)
    for stage in range(4, 4 + BLOCKS):
        for half in (1, 2):
            filter_(f"conv{stage:02d}_{half}", 4 * w, 4 * w, 3), norm(f"in{stage:02d}_{half}", 4 * w)
    filter_("deconv01_1", 2 * w, 4 * w, 3, transposed=True), filter_("deconv01_2", 2 * w, 2 * w, 3)
    norm(f"in{4 + BLOCKS:02d}_1", 2 * w)
    filter_("deconv02_1", w, 2 * w, 3, transposed=True), filter_("deconv02_2", w, w, 3)
    norm(f"in{5 + BLOCKS:02d}_1", w)
    filter_("deconv03_1", 3, w, 7)
    return tensors


def generate(tensors, x, padding):
    def conv(y, name, stride=1, pixels=1, mode=padding):
        mode = "constant" if mode == "zero" else mode
        y = F.pad(y, (pixels,) * 4, mode=mode)
        return F.conv2d(y, tensors[name + ".weight"], tensors[name + ".bias"], stride=stride)

    def norm(y, name):
        return F.instance_norm(y, weight=tensors[name + ".scale"], bias=tensors[name + ".shift"], eps=EPSILON)

    def up(y, name):
        weight, bias = tensors[name + ".weight"], tensors[name + ".bias"]
        return F.conv_transpose2d(y, weight, bias, stride=2, padding=1, output_padding=1)

    y = norm(conv(x, "conv01_1", pixels=3, mode="reflect"), "in01_1").relu()
    y = norm(conv(conv(y, "conv02_1", stride=2), "conv02_2"), "in02_1").relu()
    y = norm(conv(conv(y, "conv03_1", stride=2), "conv03_2"), "in03_1").relu()
    for stage in range(4, 4 + BLOCKS):
        first = norm(conv(y, f"conv{stage:02d}_1", mode="reflect"), f"in{stage:02d}_1").relu()
        y = y + norm(conv(first, f"conv{stage:02d}_2", mode="reflect"), f"in{stage:02d}_2")
    y = norm(conv(up(y, "deconv01_1"), "deconv01_2"), f"in{4 + BLOCKS:02d}_1").relu()
    y = norm(conv(up(y, "deconv02_1"), "deconv02_2"), f"in{5 + BLOCKS:02d}_1").relu()
    return conv(y, "deconv03_1", pixels=3, mode="reflect").tanh()


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = weights()
    save_file(tensors, folder / "small-generator.safetensors", metadata={"made-by": "make_generator_fixture.py"})
    x = torch.rand(1, 3, 20, 28, generator=torch.Generator().manual_seed(7)) * 2 - 1
    np.save(folder / "small-input.npy", x.numpy())
    for padding in ("zero", "reflect"):
        # In double precision, so that what differs is ours.
        output = generate({name: t.double() for name, t in tensors.items()}, x.double(), padding)
        np.save(folder / f"small-{padding}.npy", output.float().numpy())
        print(padding, float(output.min()), float(output.max()), float(output.std()))


if __name__ == "__main__":
    main(sys.argv[1])
