"""The generator in 8-bit integers, as `toonlake calibrate` makes it, against single precision in the same ONNX Runtime, and against
PyTorch: processor time and wall clock of each, and PSNR on photos that calibrated nothing. Run by benchmarks/run."""
import argparse
import json
import pathlib
import shutil
import statistics
import tempfile
import time

import numpy
import onnxruntime
import torch
from PIL import Image

import sides
import stylize


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path, default=sides.ROOT / "../shared/data/photos", help="a folder of photos")
    parser.add_argument("--weights", default=sides.ROOT / "../shared/data/weights/cartoongan/hayao", help="for toonlake import-model")
    parser.add_argument("--pixels", type=int, default=256, help="longer side that the photos are reduced to first")
    parser.add_argument("--pictures", type=int, default=24, help="how many; every third calibrates, the others are compared")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=1, help="of all compared pictures")
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        stylize.toonlake("import-model", "--weights", options.weights, "--output", work / "model")
        photos = stylize.reduced(options, work / "photos")
        (work / "seen").mkdir()
        for photo in photos[::3]:
            shutil.move(photo, work / "seen" / photo.name)
        seen = len(photos[::3])
        # Of those it is given, calibrate keeps a fifth for its own comparison.
        stylize.toonlake("calibrate", "--model", work / "model", "--input", work / "seen", "--photos", seen - max(1, seen // 5))
        pictures = [stylize.values(Image.open(path).convert("RGB")) for path in sorted((work / "photos").iterdir())]
        generator = stylize.load(work / "model")
        runs = {
            "int8": session(work / "model/generator.int8.onnx", options.threads),
            "fp32": session(work / "model/generator.onnx", options.threads),
            "pytorch": lambda picture: generator(torch.from_numpy(picture)).numpy(),
        }
        report(options, *measured(options, runs, pictures))


def session(file, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    loaded = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return lambda picture: loaded.run(None, {"photo": picture})[0]


def measured(options, runs, pictures):
    times = {side: [] for side in runs}
    psnr = []
    with torch.inference_mode():
        for run in runs.values():
            run(pictures[0])
        for turn in range(options.repetitions):
            for number, picture in enumerate(pictures):
                cartoons = {}
                for side in list(runs) if (turn + number) % 2 == 0 else list(reversed(runs)):
                    wall, processor = time.perf_counter(), time.process_time()
                    cartoons[side] = levels(runs[side](picture))
                    times[side].append({"seconds": time.perf_counter() - wall, "processor": time.process_time() - processor})
                if numpy.abs(cartoons["fp32"] - cartoons["pytorch"]).mean() > 0.5:
                    raise SystemExit(f"Cannot benchmark: picture {number} of ONNX Runtime is not PyTorch's")
                if turn == 0:
                    error = ((cartoons["int8"] - cartoons["fp32"]) ** 2).mean()
                    psnr.append(float(10 * numpy.log10(255**2 / error)))
                    print(f"{number}: {psnr[-1]:.1f} dB {({side: round(each[-1]['processor'], 3) for side, each in times.items()})}", flush=True)
    return times, psnr


def levels(cartoon):
    return ((cartoon + 1) * 127.5).round().clip(0, 255)


def report(options, times, psnr):
    def median(side, key):
        return statistics.median(each[key] for each in times[side])

    def ratio(side, key):
        return statistics.median(theirs[key] / ours[key] for theirs, ours in zip(times[side], times["int8"]))

    print(f"\n{len(psnr)} pictures of at most {options.pixels} pixels, {options.threads} threads, {options.repetitions} repetitions, medians; "
          f"ONNX Runtime {onnxruntime.__version__}, PyTorch {torch.__version__}")
    print(f"PSNR of int8 against fp32: mean {statistics.mean(psnr):.1f} dB, least {min(psnr):.1f} dB")
    print("| | seconds | processor seconds | int8 is faster by | in processor time |\n|---|---|---|---|---|")
    for side in times:
        print(f"| {side} | {median(side, 'seconds'):.3f} | {median(side, 'processor'):.3f} | {ratio(side, 'seconds'):.2f} | {ratio(side, 'processor'):.2f} |")
    if options.output:
        options.output.write_text(json.dumps({"times": times, "psnr": psnr}, indent=2) + "\n")


if __name__ == "__main__":
    main()
