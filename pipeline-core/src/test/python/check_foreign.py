"""Other people's models, seen by tools that are not ours: makes an ONNX file such as others publish, and compares what `stylize` made of photos with
what pip's ONNX Runtime makes of them by model.json.

    python -m venv VENV && VENV/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 pillow==13.0.0
    VENV/bin/python check_foreign.py make FOLDER
    ./toonlake import-model --onnx FOLDER/theirs.onnx --channel-order RGB --input-range -1..1 --output MODEL_DIR
    ./toonlake stylize --model MODEL_DIR --input FOLDER/photos --output CARTOONS --set stylize.format=png
    VENV/bin/python check_foreign.py check MODEL_DIR FOLDER/photos CARTOONS

The network is of AnimeGAN's kind: [1, height, width, 3], RGB, [-1, 1], convolutions after mirrored borders, norms over the whole picture, half the
resolution inside. Its weights are drawn.
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from PIL import Image

# Of 255: a value half-way between two bytes may go to either.
TOLERANCE = 1


def make(folder):
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(1)
    nodes, weights = [], []

    def constant(name, values):
        weights.append(onnx.numpy_helper.from_array(values, name))
        return name

    def node(operator, output, *inputs, **attributes):
        nodes.append(onnx.helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output

    def convolved(x, name, channels_in, channels_out, kernel, stride=1):
        border = kernel // 2
        widths = constant(f"{name}.widths", numpy.array([0, 0, border, border, 0, 0, border, border], numpy.int64))
        deviation = (2 / (channels_in * kernel * kernel)) ** 0.5
        drawn = random.normal(0, deviation, (channels_out, channels_in, kernel, kernel)).astype(numpy.float32)
        padded = node("Pad", f"{name}.padded", x, widths, mode="reflect")
        return node("Conv", name, padded, constant(f"{name}.weight", drawn), kernel_shape=[kernel, kernel], strides=[stride, stride])

    def active(x, channels):
        ones = constant(f"{x}.scale", numpy.ones(channels, numpy.float32))
        zeros = constant(f"{x}.shift", numpy.zeros(channels, numpy.float32))
        norm = node("InstanceNormalization", f"{x}.norm", x, ones, zeros)
        return node("LeakyRelu", f"{x}.relu", norm, alpha=0.2)

    x = node("Transpose", "nchw", "generator_input", perm=[0, 3, 1, 2])
    x = active(convolved(x, "a", 3, 8, 7), 8)
    x = active(convolved(x, "b", 8, 16, 3, 2), 16)
    x = active(convolved(x, "c", 16, 16, 3), 16)
    factors = constant("factors", numpy.array([1, 1, 2, 2], numpy.float32))
    x = node("Resize", "doubled", x, "", factors, mode="linear", coordinate_transformation_mode="half_pixel")
    x = active(convolved(x, "d", 16, 8, 3), 8)
    x = node("Tanh", "tanh", convolved(x, "e", 8, 3, 1))
    node("Transpose", "generator_output", x, perm=[0, 2, 3, 1])
    picture = lambda name: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, "height", "width", 3])
    graph = onnx.helper.make_graph(nodes, "theirs", [picture("generator_input")], [picture("generator_output")], weights)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, folder / "theirs.onnx")

    row, column = numpy.mgrid[0:131, 0:203]
    colours = numpy.stack([row + column, 2 * row, 255 - column], axis=2) + random.integers(-20, 20, (131, 203, 3))
    colours = numpy.clip(colours, 0, 255).astype(numpy.uint8)
    Image.fromarray(colours).save(folder / "photos" / "colours.png")
    Image.fromarray(colours[:, :, 0]).save(folder / "photos" / "grey.png")
    clear = numpy.concatenate([colours, colours[:, :, :1]], axis=2)[:60]
    Image.fromarray(clear).save(folder / "photos" / "clear.png")


def check(folder, photos, cartoons):
    described = json.loads((folder / "model.json").read_text())
    session = onnxruntime.InferenceSession(str(folder / "generator.onnx"), providers=["CPUExecutionProvider"])
    compared = 0
    for photo in sorted(photos.rglob("*.png")):
        cartoon = Image.open(cartoons / photo.relative_to(photos))
        given = Image.open(photo)
        seen = numpy.array(given.convert("RGB"))
        if given.mode == "RGBA":  # The network sees stylize.background where nobody sees anything.
            seen[numpy.asarray(given)[:, :, 3] == 0] = 255
        expected = picture(session, described, seen)
        difference = numpy.abs(expected - numpy.asarray(cartoon.convert("RGB")).astype(int))
        if difference.max() > TOLERANCE:
            raise SystemExit(f"{photo}: differs by {difference.max()} of 255, {difference.mean():.2f} in the mean")
        if given.mode == "RGBA" and not numpy.array_equal(numpy.asarray(given)[:, :, 3], numpy.asarray(cartoon)[:, :, 3]):
            raise SystemExit(f"{photo}: its cartoon has another transparency")
        print(f"{photo}: as ONNX Runtime {onnxruntime.__version__} makes it, to {difference.max()} of 255 ({(difference > 0).mean():.2%} differ)")
        compared += 1
    if not compared:
        raise SystemExit(f"{photos}: has no PNG")


def picture(session, described, rgb):
    into, out = described["input"], described["output"]
    height, width = rgb.shape[:2]
    if into["fixed-size"]:
        high, wide = into["min-height"], into["min-width"]
    else:
        multiple = into["size-multiple"]
        high, wide = (max(-(-side // multiple) * multiple, into[least]) for side, least in ((height, "min-height"), (width, "min-width")))
    padded = numpy.pad(rgb, ((0, high - height), (0, wide - width), (0, 0)), mode="reflect")
    values = padded.astype(numpy.float64) / 255
    values = values[:, :, ::-1] if into["channel-order"] == "BGR" else values
    low, most = into["value-range"]
    values = (low + values * (most - low) - into["mean"]) / into["std"]
    values = values.astype(into["data-type"])
    values = values.transpose(2, 0, 1) if into["layout"] == "NCHW" else values
    made = session.run([out["name"]], {into["name"]: numpy.ascontiguousarray(values[None])})[0][0].astype(numpy.float64)
    made = made.transpose(1, 2, 0) if out["layout"] == "NCHW" else made
    made = made[:, :, ::-1] if out["channel-order"] == "BGR" else made
    low, most = out["value-range"]
    return numpy.clip(numpy.floor((made - low) / (most - low) * 255 + 0.5), 0, 255).astype(int)[:height, :width]


if __name__ == "__main__":
    paths = [pathlib.Path(argument) for argument in sys.argv[2:]]
    if sys.argv[1:2] == ["make"] and len(paths) == 1:
        make(*paths)
    elif sys.argv[1:2] == ["check"] and len(paths) == 3:
        check(*paths)
    else:
        raise SystemExit(__doc__)
