"""Stylizing on a GPU, against PyTorch on the same one: the network alone, whole jobs, how near the pictures are to the CPU's, and what memory it
takes. Run by benchmarks/run."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy
import torch
from PIL import Image, ImageOps

import sides
import stylize

STEPS = {"machine": 60, "forward": 120, "pictures": 120, "job": 240, "memory": 120}
# Those of the step `forward`: whose network, in what numbers.
OURS = {"ours fp32": "fp32", "ours fp16": "fp16"}
THEIRS = {"PyTorch fp32": (torch.float32, False), "PyTorch tf32": (torch.float32, True), "PyTorch fp16": (torch.float16, False)}
DRY = {"sizes": ["64x64", "96x64"], "memory_sizes": ["128x96"], "repetitions": 3, "seconds": 5, "pictures": 6, "pixels": 160, "check_pictures": 2,
       "check_pixels": 128, "tasks": [2], "script": 6}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="on the CPU and with small sizes: whether it all works")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--seconds-in-all", type=int, default=900, help="after which nothing more is begun")
    parser.add_argument("--photos", type=pathlib.Path, default=sides.ROOT / "../shared/data/photos", help="a folder of photos")
    parser.add_argument("--weights", type=pathlib.Path, nargs="+", help="folders for toonlake import-model",
                        default=[sides.ROOT / "../shared/data/weights/cartoongan" / name for name in ("hayao", "shinkai")])
    parser.add_argument("--models", type=pathlib.Path, nargs="+", help="imported models instead; the first is the one that is timed")
    parser.add_argument("--sizes", nargs="+", default=["256x256", "1024x1024", "2048x1536"], help="of the network alone")
    parser.add_argument("--repetitions", type=int, default=15, help="of the network alone, at most")
    parser.add_argument("--seconds", type=float, default=25, help="for each size of the network alone; three repetitions are made in any case")
    parser.add_argument("--memory-sizes", nargs="+", default=["1024x1024", "2048x1536", "4000x3000"])
    parser.add_argument("--pictures", type=int, default=240, help="of a job; photos are repeated if there are fewer")
    parser.add_argument("--script", type=int, default=96, help="pictures of the script, which is the same for each")
    parser.add_argument("--pixels", type=int, default=0, help="longer side that a job's photos are reduced to; 0 for full resolution")
    parser.add_argument("--tasks", type=int, nargs="+", default=[8, 16, 4], help="of a job")
    parser.add_argument("--check-pictures", type=int, default=8, help="that are compared with the CPU's, for every model")
    parser.add_argument("--check-pixels", type=int, default=1024, help="longer side of those")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("gpu"), help="a folder, for gpu.json with all figures")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.dry_run:
        vars(options).update(DRY)
    elif not torch.cuda.is_available():
        raise SystemExit("Cannot benchmark: PyTorch finds no GPU (--dry-run tries it all on the CPU)")
    options.device = "cpu" if options.dry_run else "cuda"
    if options.step == "script":
        script(options)
    elif options.step:
        (options.work / f"{options.step}.json").write_text(json.dumps(globals()[f"step_{options.step}"](options), indent=2) + "\n")
    else:
        with tempfile.TemporaryDirectory() as work:
            every(options, pathlib.Path(work))


def every(options, work):
    """Each step in a process of its own: one that fails or hangs costs the others nothing."""
    began = time.monotonic()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.dry_run:
        print("no GPU: dry run, on the CPU; no figure means anything")
    if not options.models:
        options.models = []
        for weights in options.weights:
            options.models.append(work / weights.name)
            stylize.toonlake("import-model", "--weights", weights, "--output", options.models[-1])
    arguments = [word for word in sys.argv[1:]]
    results = {}
    for step in options.steps:
        limit = min(STEPS[step], options.seconds_in_all - (time.monotonic() - began))
        if limit < 5:
            results[step] = {"failed": "no time left"}
        else:
            results[step] = timed(step, arguments, options, work, limit)
        results[step]["step_seconds"] = round(time.monotonic() - began, 1)
        print(f"-- {step}: {results[step].get('failed', 'done')}, {time.monotonic() - began:.0f} s so far", flush=True)
        (options.output / "gpu.json").write_text(json.dumps(results, indent=2) + "\n")
    if any("failed" in result for result in results.values()):
        raise SystemExit(1)


def timed(step, arguments, options, work, limit):
    print(f"\n## {step}", flush=True)
    command = [sys.executable, __file__, *arguments, "--step", step, "--work", str(work), "--models", *map(str, options.models)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        code = process.wait(limit)
        failed = None if code == 0 else f"ended with {code}"
    except subprocess.TimeoutExpired:
        failed = f"stopped after {limit:.0f} s"
    finally:
        # Its JVMs too.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    file = work / f"{step}.json"
    result = json.loads(file.read_text()) if file.exists() else {}
    return {**result, "failed": failed} if failed else result


def keep(options, step, result):
    """What a step has so far, should it be stopped."""
    (options.work / f"{step}.json").write_text(json.dumps(result, indent=2) + "\n")


# --------------------------------------------------------------------------------------------------------------------- machine

def step_machine(options):
    result = {"torch": torch.__version__, "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version(), "cores": os.cpu_count()}
    if not options.dry_run:
        result["gpu"] = torch.cuda.get_device_name()
        result["nvidia-smi"] = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,compute_cap,driver_version,memory.total,memory.used,clocks.sm,clocks.max.sm,power.limit", "--format=csv"],
            capture_output=True, text=True).stdout.strip().splitlines()
    ours = engine(options)
    result["problem"] = ours("problem")["result"]["problem"]
    ours.close()
    print(json.dumps(result, indent=1))
    if result["problem"] and not options.dry_run:
        keep(options, "machine", result)
        raise SystemExit(f"ONNX Runtime cannot compute on the GPU: {result['problem']}")
    return result


def engine(options):
    return sides.Ours("GpuForward", [options.models[0], "cpu" if options.dry_run else "gpu", min(8, os.cpu_count())], min(8, os.cpu_count()), "stylize",
                      ("-Xmx4g",))


def asked(ours, question):
    answer = ours(question)
    if "error" in answer["result"]:
        raise SystemExit(f"{question}: {answer['result']['error']}")
    return answer


# --------------------------------------------------------------------------------------------------------------------- forward

def step_forward(options):
    """From an array in the host's memory to an array there; and the network alone: of PyTorch by CUDA's events, of ours as what the cartoon's cartoon
    takes longer than the cartoon."""
    result = {}
    ours = engine(options)
    for name, precision in OURS.items():
        asked(ours, f"open {name.replace(' ', '-')} whole {precision}")
        asked(ours, f"open {name.replace(' ', '-')}-twice twice {precision}")
    theirs = {name: theirs_of(options, *how) for name, how in THEIRS.items()}
    print("| size | side | ms, host to host | megapixels/s | ms, network alone | megapixels/s | largest difference to PyTorch fp32 |\n"
          "|---|---|---|---|---|---|---|", flush=True)
    for size in options.sizes:
        width, height = map(int, size.split("x"))
        picture = tile(options, width, height)
        file = options.work / f"{size}.values"
        picture.tofile(file)
        cartoons = {}
        asks = {}
        for name in OURS:
            for suffix in ("", " twice"):
                question = f"run {(name + suffix).replace(' ', '-')} {width} {height} {file}"
                asks[name + suffix] = lambda question=question: (asked(ours, question)["seconds"], None)
        for name, run in theirs.items():
            asks[name] = lambda run=run, name=name: theirs_timed(options, run, picture, cartoons, name)
        times = alternate(options, asks)
        result[size] = rows(options, size, width * height, times, cartoons, file)
        keep(options, "forward", result)
    ours.close()
    return result


def theirs_of(options, dtype, tf32):
    generator = stylize.load(options.models[0]).to(options.device, dtype)
    if dtype == torch.float16:
        generator = generator.to(memory_format=torch.channels_last)

    def run(photo):
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
        photo = photo.to(dtype)
        if dtype == torch.float16:
            photo = photo.contiguous(memory_format=torch.channels_last)
        return generator(photo).float()

    return run


def theirs_timed(options, run, picture, cartoons, name):
    torch.backends.cudnn.benchmark = True
    start = time.perf_counter()
    with torch.inference_mode():
        photo = torch.from_numpy(picture).to(options.device)
        if options.dry_run:
            network = time.perf_counter()
            cartoon = run(photo)
            network = time.perf_counter() - network
        else:
            events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
            events[0].record()
            cartoon = run(photo)
            events[1].record()
        host = cartoon.cpu().numpy()
    seconds = time.perf_counter() - start
    if not options.dry_run:
        network = events[0].elapsed_time(events[1]) / 1e3
    cartoons[name] = host
    return seconds, network


def alternate(options, asks):
    times = {name: [] for name in asks}
    began = time.perf_counter()
    turn = 0
    while turn < 5 or (turn < options.repetitions + 2 and time.perf_counter() - began < options.seconds):
        for name in list(asks) if turn % 2 == 0 else list(reversed(asks)):
            times[name].append(asks[name]())
        turn += 1
    # The first two choose algorithms, take memory and warm up.
    return {name: list_[2:] for name, list_ in times.items()}


def rows(options, size, pixels, times, cartoons, file):
    result = {}
    right = cartoons["PyTorch fp32"]
    for name in [*OURS, *THEIRS]:
        seconds = statistics.median(time_[0] for time_ in times[name])
        if name in OURS:
            alone = statistics.median(time_[0] for time_ in times[f"{name} twice"]) - seconds
            cartoon = numpy.fromfile(f"{file}.{name.replace(' ', '-')}", numpy.float32).reshape(right.shape)
        else:
            alone = statistics.median(time_[1] for time_ in times[name])
            cartoon = cartoons[name]
        difference = float(numpy.abs(cartoon - right).max())
        result[name] = {"seconds": seconds, "megapixels_per_second": pixels / 1e6 / seconds, "network_seconds": alone,
                        "network_megapixels_per_second": pixels / 1e6 / alone if alone > 0 else None, "largest_difference": difference,
                        "mean_difference": float(numpy.abs(cartoon - right).mean()), "times": times[name], "repetitions": len(times[name])}
        print(f"| {size} | {name} | {seconds * 1e3:.2f} | {pixels / 1e6 / seconds:.1f} | {alone * 1e3:.2f} | "
              f"{pixels / 1e6 / alone if alone > 0 else float('nan'):.1f} | {difference:.2g} |", flush=True)
    for ours, their in (("ours fp32", "PyTorch fp32"), ("ours fp16", "PyTorch fp16")):
        ratios = {key: result[their][key] / result[ours][key] for key in ("seconds", "network_seconds") if result[ours][key] > 0}
        result[f"{ours} times {their}"] = ratios
        print(f"| {size} | {ours}: speed, times {their} | {ratios.get('seconds', 0):.2f} | | {ratios.get('network_seconds', 0):.2f} | | |", flush=True)
    return result


def photos_of(options):
    found = sorted(path for path in options.photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not found:
        raise SystemExit(f"Cannot benchmark: no photos in {options.photos} (name a folder with --photos)")
    return found


def opened(path):
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def tile(options, width, height):
    return numpy.ascontiguousarray(stylize.values(ImageOps.fit(opened(photos_of(options)[0]), (width, height))))


# -------------------------------------------------------------------------------------------------------------------- pictures

def step_pictures(options):
    """PNGs of the job on the GPU against the CPU's."""
    folder = options.work / "checked"
    prepare(options, folder, options.check_pictures, options.check_pixels)
    runs = {"cpu": ["stylize.device=cpu"], "gpu": ["stylize.device=gpu"], "gpu tiles": ["stylize.device=gpu", "stylize.engine=onnxruntime-tiled"]}
    pairs = [("gpu", "cpu"), ("gpu tiles", "gpu"), ("gpu tiles", "cpu")]
    if not options.dry_run:
        runs["gpu fp16"] = ["stylize.device=gpu", "stylize.precision=fp16", "stylize.precision-check=4"]
        pairs += [("gpu fp16", "gpu"), ("gpu fp16", "cpu")]
    result = {}
    print("| model | pictures | against | equal values | off by one | by more | largest | PSNR, dB | least PSNR |\n|---|---|---|---|---|---|---|---|---|",
          flush=True)
    for model in options.models:
        result[model.name] = {}
        for name, settings in runs.items():
            if name == "gpu tiles" and model != options.models[0]:
                continue
            out = options.work / f"{model.name}-{name.replace(' ', '-')}"
            result[model.name][f"run {name}"] = summary = toonlake_stylize(options, model, folder, out, os.cpu_count(), ["stylize.format=png", *settings])
            print(f"{model.name}, {name}: {told(summary)}", flush=True)
        for name, other in pairs:
            if "gpu tiles" in (name, other) and model != options.models[0]:
                continue
            compared = compare(*(options.work / f"{model.name}-{side.replace(' ', '-')}" for side in (name, other)))
            result[model.name][f"{name} against {other}"] = compared
            print(f"| {model.name} | {name} | {other} | {compared['equal']:.6f} | {compared['by_one']:.2g} | {compared['by_more']:.2g} | "
                  f"{compared['largest']} | {compared['psnr']:.1f} | {compared['least_psnr']:.1f} |", flush=True)
        keep(options, "pictures", result)
    return result


def told(summary):
    figures = summary["figures"]
    kept = {key: figures[key] for key in ("picturesOnGpus", "psnr", "leastPsnr", "ssim", "engineSeconds", "megapixels") if key in figures}
    return f"{kept} {summary.get('message') or ''}"


def compare(folder, other):
    counts = numpy.zeros(256, numpy.int64)
    psnrs = []
    for file in sorted(folder.glob("*.png")):
        a, b = (numpy.asarray(Image.open(path).convert("RGB")).astype(numpy.int16) for path in (file, other / file.name))
        levels = numpy.bincount(numpy.abs(a - b).reshape(-1), minlength=256)
        counts += levels
        psnrs.append(psnr(levels))
    if not psnrs:
        raise SystemExit(f"Cannot compare: no pictures in {folder}")
    return {"equal": float(counts[0] / counts.sum()), "by_one": float(counts[1] / counts.sum()), "by_more": float(counts[2:].sum() / counts.sum()),
            "largest": int(numpy.flatnonzero(counts).max()), "psnr": psnr(counts), "least_psnr": min(psnrs), "pictures": len(psnrs)}


def psnr(levels):
    square = float((levels * numpy.arange(256.0) ** 2).sum() / levels.sum())
    return 10 * numpy.log10(255**2 / square) if square else 999.0


# ------------------------------------------------------------------------------------------------------------------------- job

def prepare(options, folder, count, pixels):
    """Sides that need no padding, so that both sides do the same. Copies beyond the photos that there are."""
    folder.mkdir(exist_ok=True)
    sources = photos_of(options)
    for i in range(count):
        file = folder / f"{i:04d}.jpg"
        if i >= len(sources):
            shutil.copyfile(folder / f"{i % len(sources):04d}.jpg", file)
            continue
        photo = opened(sources[i])
        if pixels:
            photo.thumbnail((pixels, pixels))
        photo.crop((0, 0, photo.width // 4 * 4, photo.height // 4 * 4)).save(file, quality=95)
    return sum(image.width * image.height for image in map(Image.open, sorted(folder.glob("*.jpg")))) / 1e6


def toonlake_stylize(options, model, photos, out, tasks, settings):
    shutil.rmtree(out, ignore_errors=True)
    summary = options.work / "summary.json"
    summary.unlink(missing_ok=True)
    start = time.perf_counter()
    words = [word for setting in settings for word in ("--set", setting)]
    stylize.toonlake("--master", f"local[{tasks}]", "stylize", "--model", model, "--input", photos, "--output", out, "--summary", summary, *words)
    read = json.loads(summary.read_text())
    read["command"] = time.perf_counter() - start
    return read


def step_job(options):
    photos = options.work / "photos"
    megapixels = prepare(options, photos, options.pictures, options.pixels)
    print(f"{options.pictures} pictures, {megapixels:.1f} megapixels in all, JPEG of quality {stylize.QUALITY}")
    print("| side | numbers | tasks | s, whole command | s without start | stage stylize, s | engine, s | pictures/s without start | megapixels/s without start "
          "| GPU busy, mean of the stage | GPU memory, GiB | pictures on the GPU |\n|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    result = {"pictures": options.pictures, "megapixels": megapixels, "runs": []}
    precisions = ["fp32"] if options.dry_run else ["fp32", "fp16"]
    order = [("toonlake", precision, options.tasks[0]) for precision in precisions] + [("script", precision, 1) for precision in precisions]
    order += [("toonlake", precision, tasks) for tasks in options.tasks[1:] for precision in precisions]
    for side, precision, tasks in order:
        with Watch(options) as watch:
            run = job(options, photos, precision, tasks) if side == "toonlake" else scripted(options, photos, precision)
        run.update(watch.figures(run.pop("window", None)), side=side, precision=precision, tasks=tasks)
        run["megapixels_per_second"] = run["megapixels"] / run["seconds"]
        result["runs"].append(run)
        keep(options, "job", result)
        print(f"| {side} | {precision} | {tasks} | {run['command']:.1f} | {run['seconds']:.1f} | {run.get('stylize', 0):.1f} | {run.get('engine', 0):.1f} | "
              f"{run['pictures'] / run['seconds']:.1f} | {run['megapixels_per_second']:.1f} | {run['busy']} | {run['gpu_gib']} | {run.get('on_gpu', '')} |", flush=True)
    return result


def job(options, photos, precision, tasks):
    settings = ["stylize.device=gpu", f"stylize.precision={precision}", "stylize.precision-check=0", f"stylize.quality={stylize.QUALITY}"]
    began = time.time()
    summary = toonlake_stylize(options, options.models[0], photos, options.work / f"job-{precision}-{tasks}", tasks, settings)
    shutil.rmtree(options.work / f"job-{precision}-{tasks}")
    if summary["done"] != options.pictures:
        raise SystemExit(f"{summary['done']} pictures were made of {options.pictures}")
    stages = summary["stages"]
    end = time.time() - stages["commit"] - stages["record"]
    return {"command": summary["command"], "seconds": summary["seconds"] - stages["start"], "stylize": stages["stylize"],
            "engine": summary["figures"]["engineSeconds"], "on_gpu": summary["figures"].get("picturesOnGpus"), "stages": stages,
            "message": summary.get("message"), "pictures": options.pictures, "megapixels": summary["figures"]["megapixels"],
            "window": (max(began, end - stages["stylize"]), end)}


def scripted(options, photos, precision):
    start = time.perf_counter()
    arguments = [*sys.argv[1:], "--step", "script"]
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, "PRECISION": precision}, check=True)
    return {**json.loads(done.stdout.splitlines()[-1]), "command": time.perf_counter() - start}


def script(options):
    """The obvious one: one photo after another."""
    dtype = torch.float16 if os.environ["PRECISION"] == "fp16" else torch.float32
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    generator = stylize.load(options.models[0]).to(options.device, dtype)
    if dtype == torch.float16:
        generator = generator.to(memory_format=torch.channels_last)
    out = options.work / "scripted"
    out.mkdir(exist_ok=True)
    files = sorted((options.work / "photos").glob("*.jpg"))[:options.script]
    megapixels = 0
    began = time.time()
    start = time.perf_counter()
    with torch.inference_mode():
        for file in files:
            photo = Image.open(file).convert("RGB")
            megapixels += photo.width * photo.height / 1e6
            # Bytes to the GPU and back: a quarter of what single precision would be.
            pixels = torch.from_numpy(numpy.array(photo)).to(options.device)
            values = (pixels.flip(2).permute(2, 0, 1)[None].float() / 127.5 - 1).to(dtype)
            if dtype == torch.float16:
                values = values.contiguous(memory_format=torch.channels_last)
            cartoon = ((generator(values)[0].float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).flip(2)
            Image.fromarray(cartoon.contiguous().cpu().numpy()).save(out / file.name, quality=stylize.QUALITY)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "pictures": len(files), "megapixels": megapixels, "window": (began, time.time())}))


class Watch:
    """What nvidia-smi says meanwhile."""

    def __init__(self, options):
        self.on = not options.dry_run
        self.samples = []

    def __enter__(self):
        if self.on:
            self.process = subprocess.Popen(["nvidia-smi", "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits", "-lms", "200"],
                                            stdout=subprocess.PIPE, text=True)
            self.thread = threading.Thread(target=self.read, daemon=True)
            self.thread.start()
        return self

    def read(self):
        for line in self.process.stdout:
            busy, mebibytes = line.split(",")
            self.samples.append((time.time(), float(busy), float(mebibytes)))

    def __exit__(self, *_):
        if self.on:
            self.process.terminate()
            self.thread.join(2)

    def figures(self, window):
        inside = [sample for sample in self.samples if not window or window[0] <= sample[0] <= window[1]]
        if not inside:
            return {"busy": "-", "gpu_gib": "-"}
        return {"busy": f"{statistics.mean(sample[1] for sample in inside):.0f} %", "gpu_gib": round(max(sample[2] for sample in inside) / 1024, 2)}


# ---------------------------------------------------------------------------------------------------------------------- memory

def step_memory(options):
    """A fresh process for every size: ONNX Runtime keeps what it has taken."""
    result = {"rows": []}
    print("| size | numbers | made by | GPU, GiB: before | open and 64x64 | after | bytes a pixel | host, GiB resident: open and 64x64 | peak | s, first | s, second |\n"
          "|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    small = options.work / "small.values"
    tile(options, 64, 64).tofile(small)
    plans = [(size, "whole", precision) for size in options.memory_sizes for precision in ("fp32", "fp16")]
    plans.append((options.memory_sizes[min(1, len(options.memory_sizes) - 1)], "tiles", "fp32"))
    for size, how, precision in plans:
        width, height = map(int, size.split("x"))
        file = options.work / f"memory-{size}.values"
        if not file.exists():
            tile(options, width, height).tofile(file)
        before = gpu_mebibytes(options)
        ours = engine(options)
        asked(ours, f"open {how}-{precision} {how} {precision}")
        opened_ = asked(ours, f"run {how}-{precision} 64 64 {small}")
        opened_gpu = gpu_mebibytes(options)
        with Watch(options) as watch:
            first, second = (asked(ours, f"run {how}-{precision} {width} {height} {file}") for _ in range(2))
        after = max([gpu_mebibytes(options), *(sample[2] for sample in watch.samples)])
        ours.close()
        row = {"size": size, "how": how, "precision": precision, "made_by": first["result"]["engine"], "gpu_mib_before": before,
               "gpu_mib_open": opened_gpu, "gpu_mib_after": after, "gpu_bytes_per_pixel": (after - opened_gpu) * 2**20 / width / height,
               "host_bytes_open": opened_["peak_bytes"], "host_bytes_peak": second["peak_bytes"], "seconds": [first["seconds"], second["seconds"]]}
        result["rows"].append(row)
        keep(options, "memory", result)
        print(f"| {size} | {precision} | {row['made_by']} | {before / 1024:.2f} | {opened_gpu / 1024:.2f} | {after / 1024:.2f} | "
              f"{row['gpu_bytes_per_pixel']:.0f} | {row['host_bytes_open'] / 2**30:.2f} | {row['host_bytes_peak'] / 2**30:.2f} | "
              f"{row['seconds'][0]:.3f} | {row['seconds'][1]:.3f} |", flush=True)
    return result


def gpu_mebibytes(options):
    if options.dry_run:
        return 0
    return float(subprocess.run(["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"], capture_output=True, text=True,
                                check=True).stdout.splitlines()[0])


if __name__ == "__main__":
    main()
