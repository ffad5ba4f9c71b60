"""Whole `toonlake stylize` runs, against a bare ONNX Runtime loop over the same pictures in memory, and against the obvious
script: PIL and PyTorch, one photo after another. Run by benchmarks/run."""
import argparse
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import numpy
import onnxruntime
import safetensors.numpy
import torch
from PIL import Image, ImageOps

import networks
import sides

QUALITY = 92


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path, default=sides.ROOT / "../shared/data/photos", help="a folder of photos")
    parser.add_argument("--weights", default=sides.ROOT / "../shared/data/weights/cartoongan/hayao", help="for toonlake import-model")
    parser.add_argument("--pixels", type=int, default=512, help="longer side that the photos are reduced to first")
    parser.add_argument("--pictures", type=int, default=72, help="how many; photos are repeated if there are fewer")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--int8", type=int, default=0, metavar="PHOTOS", help="also in 8-bit integers, calibrated on so many of the photos")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of toonlake")
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        model = work / "model"
        toonlake("import-model", "--weights", options.weights, "--output", model)
        photos = reduced(options, work / "photos")
        runs = {"job": lambda: job(options, model, work), "loop": loop(options, model, photos), "script": script(model, photos, work)}
        check(runs, work, photos)
        if options.int8:
            toonlake("calibrate", "--model", model, "--input", work / "photos", "--photos", options.int8)
            runs["job int8"] = lambda: job(options, model, work, "stylize.precision=int8", "stylize.precision-check=0")
        print(f"{len(photos)} pictures, {sum(Image.open(path).width * Image.open(path).height for path in photos) / 1e6:.1f} megapixels in all")
        answers = {side: [] for side in runs}
        for turn in range(options.repetitions):
            for side in list(runs) if turn % 2 == 0 else list(reversed(runs)):
                answer = runs[side]()
                answers[side].append({key: answer[key] for key in answer if key != "last"})
                print(f"turn {turn + 1}: {side} {answers[side][-1]}", flush=True)
    report(options, answers)


def toonlake(*arguments):
    done = subprocess.run([sides.ROOT / "toonlake", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stdout}\ntoonlake {arguments[0]} ended with {done.returncode}")


def reduced(options, folder):
    folder.mkdir()
    sources = sorted(path for path in options.photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not sources:
        raise SystemExit(f"Cannot benchmark: no photos in {options.photos} (name a folder with --photos)")
    for i in range(options.pictures):
        photo = ImageOps.exif_transpose(Image.open(sources[i % len(sources)])).convert("RGB")
        photo.thumbnail((options.pixels, options.pixels))
        # Sides that need no padding, so that all three do the same.
        photo = photo.crop((0, 0, photo.width // 4 * 4, photo.height // 4 * 4))
        photo.save(folder / f"{i:04d}.jpg", quality=95)
    return sorted(folder.iterdir())


def job(options, model, work, *more):
    shutil.rmtree(work / "out", ignore_errors=True)
    settings = [word for each in (*options.set, *more) for word in ("--set", each)]
    start = time.perf_counter()
    toonlake("--master", f"local[{options.threads}]", "stylize", "--model", model, "--input", work / "photos", "--output", work / "out",
             "--summary", work / "summary.json", "--set", f"stylize.quality={QUALITY}",
             "--set", f"stylize.engine-threads={options.threads}", *settings)
    command = time.perf_counter() - start
    summary = json.loads((work / "summary.json").read_text())
    if summary["done"] != options.pictures:
        raise SystemExit(f"Cannot benchmark: {summary['done']} pictures were made of {options.pictures}")
    return {"seconds": summary["seconds"] - summary["stages"]["start"], "command": command}


def values(photo):
    """[1, 3, H, W], BGR, [-1, 1]."""
    pixels = numpy.asarray(photo)[:, :, ::-1].transpose(2, 0, 1)
    return (pixels / 127.5 - 1).astype(numpy.float32)[None]


def loop(options, model, photos):
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(str(model / "generator.onnx"), session_options, providers=["CPUExecutionProvider"])
    pictures = [values(Image.open(path)) for path in photos]

    def run():
        start = time.perf_counter()
        for picture in pictures:
            cartoon = session.run(None, {"photo": picture})[0]
        return {"seconds": time.perf_counter() - start, "last": cartoon}

    return run


def script(model, photos, work):
    generator = load(model)

    def run():
        (work / "scripted").mkdir(exist_ok=True)
        start = time.perf_counter()
        with torch.inference_mode():
            for path in photos:
                cartoon = generator(torch.from_numpy(values(Image.open(path).convert("RGB"))))[0].numpy()
                save(cartoon, work / "scripted" / path.name)
        return {"seconds": time.perf_counter() - start}

    return run


def save(cartoon, file):
    pixels = ((cartoon.transpose(1, 2, 0)[:, :, ::-1] + 1) * 127.5).round().clip(0, 255).astype(numpy.uint8)
    Image.fromarray(pixels).save(file, quality=QUALITY)


def load(folder):
    description = json.loads((folder / "model.json").read_text())["architecture"]
    if (description["padding"], description["upsampling"]) != ("zero", "transposed"):
        raise SystemExit("Cannot benchmark: the script knows zero padding and transposed convolutions only")
    networks.EPSILON = description["norm-epsilon"]
    generator = networks.generator(description["width"], description["residual-blocks"])
    tensors = safetensors.numpy.load_file(folder / "generator.safetensors")
    with torch.no_grad():
        for name, parameter in zip(names(description["residual-blocks"]), generator.parameters(), strict=True):
            parameter.copy_(torch.from_numpy(tensors[name]))
    return generator.eval()


def names(blocks):
    """Of all parameters, in the network's order."""
    def layers():
        yield "conv01_1", "in01_1"
        for stage in ("02", "03"):
            yield f"conv{stage}_1", None
            yield f"conv{stage}_2", f"in{stage}_1"
        for stage in range(4, 4 + blocks):
            for half in (1, 2):
                yield f"conv{stage:02d}_{half}", f"in{stage:02d}_{half}"
        for doubling in (1, 2):
            yield f"deconv{doubling:02d}_1", None
            yield f"deconv{doubling:02d}_2", f"in{3 + blocks + doubling:02d}_1"
        yield "deconv03_1", None

    for filter_, norm in layers():
        yield from (f"{filter_}.weight", f"{filter_}.bias")
        if norm:
            yield from (f"{norm}.scale", f"{norm}.shift")


def check(runs, work, photos):
    """A side that does something else is not worth timing."""
    runs["job"]()
    runs["script"]()
    save(runs["loop"]()["last"][0], work / "looped.jpg")
    for photo in photos:
        ours = numpy.asarray(Image.open(work / "out" / photo.name)).astype(int)
        theirs = numpy.asarray(Image.open(work / "scripted" / photo.name)).astype(int)
        difference = numpy.abs(ours - theirs).mean() if ours.shape == theirs.shape else float("inf")
        if difference > 1.5:
            raise SystemExit(f"Cannot benchmark: the pictures of {photo.name} differ by {difference:.2f} levels on average")
    difference = numpy.abs(numpy.asarray(Image.open(work / "looped.jpg")).astype(int) - theirs).mean()
    if difference > 0.5:
        raise SystemExit(f"Cannot benchmark: the loop's last picture differs by {difference:.2f} levels on average")


def report(options, answers):
    def median(side, key="seconds"):
        return statistics.median(answer[key] for answer in answers[side])

    def ratios(numerator, denominator, key="seconds"):
        return [a[key] / b["seconds"] for a, b in zip(answers[numerator], answers[denominator])]

    results = {
        "job": {"seconds": median("job"), "command": median("job", "command")},
        "loop": {"seconds": median("loop")},
        "script": {"seconds": median("script")},
        "rate_to_loop": statistics.median(1 / r for r in ratios("job", "loop")),
        "rate_to_loop_with_start": statistics.median(1 / r for r in ratios("job", "loop", "command")),
        "rate_to_script": statistics.median(1 / r for r in ratios("job", "script")),
        "rate_to_script_with_start": statistics.median(1 / r for r in ratios("job", "script", "command")),
    }
    if "job int8" in answers:
        results["job int8"] = {"seconds": median("job int8"), "command": median("job int8", "command"),
                               "rate_to_fp32": statistics.median(a["seconds"] / b["seconds"] for a, b in zip(answers["job"], answers["job int8"])),
                               "rate_to_script": statistics.median(1 / r for r in ratios("job int8", "script")),
                               "rate_to_script_with_start": statistics.median(1 / r for r in ratios("job int8", "script", "command"))}
    print(f"\n{options.pictures} pictures of at most {options.pixels} pixels, {options.threads} threads, medians of {options.repetitions}")
    print("| | seconds | pictures/s, times theirs | with the start of JVM and Spark |\n|---|---|---|---|")
    print(f"| toonlake stylize (ONNX Runtime {pinned()}) | {results['job']['seconds']:.1f}; command {results['job']['command']:.1f} | | |")
    print(f"| bare ONNX Runtime {onnxruntime.__version__} loop, in memory | {results['loop']['seconds']:.1f} | "
          f"{results['rate_to_loop']:.2f} | {results['rate_to_loop_with_start']:.2f} |")
    print(f"| PIL and PyTorch {torch.__version__} script | {results['script']['seconds']:.1f} | "
          f"{results['rate_to_script']:.2f} | {results['rate_to_script_with_start']:.2f} |")
    if "job int8" in results:
        int8 = results["job int8"]
        print(f"| toonlake stylize in 8-bit integers: {int8['seconds']:.1f} s, command {int8['command']:.1f}; times the script | {int8['seconds']:.1f} | "
              f"{int8['rate_to_script']:.2f} | {int8['rate_to_script_with_start']:.2f} |")
        print(f"| the same, times stylize in single precision | | {int8['rate_to_fp32']:.2f} | |")
    if options.output:
        options.output.write_text(json.dumps({"answers": answers, **results}, indent=2) + "\n")


def pinned():
    return re.search(r"<onnxruntime.version>(.*)<", (sides.ROOT / "pom.xml").read_text())[1]


if __name__ == "__main__":
    main()
