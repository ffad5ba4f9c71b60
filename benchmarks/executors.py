"""`toonlake stylize` on executors of one core each, in processes of their own, against as many bare ONNX Runtime loops of one thread run at once, which
share the same pictures, decoded in memory. Run by benchmarks/run."""
import argparse
import contextlib
import json
import multiprocessing
import pathlib
import re
import shutil
import statistics
import tempfile
import threading
import time

import numpy
import onnxruntime
from PIL import Image

import sides
import stylize


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path, default=sides.ROOT / "../shared/data/photos", help="a folder of photos")
    parser.add_argument("--weights", default=sides.ROOT / "../shared/data/weights/cartoongan/hayao", help="for toonlake import-model")
    parser.add_argument("--pixels", type=int, default=512, help="longer side that the photos are reduced to first")
    parser.add_argument("--pictures", type=int, default=384, help="how many; photos are repeated if there are fewer")
    parser.add_argument("--executors", type=int, default=2)
    parser.add_argument("--executor-memory", type=int, default=4096, metavar="MIB")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of toonlake")
    parser.add_argument("--output", type=pathlib.Path, help="JSON file for all figures")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        model = work / "model"
        stylize.toonlake("import-model", "--weights", options.weights, "--output", model)
        photos = stylize.reduced(options, work / "photos")
        with Loops(options.executors, model, photos, work) as loops:
            runs = {"job": lambda: job(options, model, work, work / "photos", options.pictures), "loops": loops}
            job(options, model, work, few(photos, work / "few"), 2)  # Leaves the driver's archive of classes, as any earlier run does.
            answers = {side: [] for side in runs}
            for turn in range(options.repetitions):
                for side in list(runs) if turn % 2 == 0 else list(reversed(runs)):
                    answers[side].append(runs[side]())
                    print(f"turn {turn + 1}: {side} {answers[side][-1]}", flush=True)
                if turn == 0:
                    check(work)
    report(options, answers)


def few(photos, folder):
    folder.mkdir()
    for photo in photos[:2]:
        shutil.copy(photo, folder)
    return folder


def job(options, model, work, photos, pictures):
    shutil.rmtree(work / "out", ignore_errors=True)
    settings = [word for each in options.set for word in ("--set", each)]
    start = time.perf_counter()
    with ExecutorPeaks() as peaks:
        stylize.toonlake(
            "--conf", f"spark.master=local-cluster[{options.executors},1,{options.executor_memory}]",
            "--conf", f"spark.executor.memory={options.executor_memory // 2}m",
            # Processes on this machine: they find the libraries where they are, so that nothing is copied.
            "--conf", f"spark.executor.extraClassPath={sides.ROOT}/spark-jobs/target/dist/lib/*",
            "stylize", "--model", model, "--input", photos, "--output", work / "out", "--summary", work / "summary.json",
            "--set", f"stylize.quality={stylize.QUALITY}", "--set", "stylize.engine-threads=1", *settings)
    command = time.perf_counter() - start
    summary = json.loads((work / "summary.json").read_text())
    if summary["done"] != pictures:
        raise SystemExit(f"Cannot benchmark: {summary['done']} pictures were made of {pictures}")
    return {"seconds": summary["seconds"] - summary["stages"]["start"], "command": command, "stages": summary["stages"],
            "executor_peak_bytes": max(peaks.bytes.values(), default=0)}


class ExecutorPeaks:
    """The most memory that each executor of this machine had resident, by Linux's own account, heap included."""

    def __init__(self):
        self.bytes = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def watch(self):
        while not self.ended.wait(1):
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes():
                        peak = re.search(r"VmHWM:\s*(\d+) kB", (process / "status").read_text())
                        if peak:
                            self.bytes[process.name] = int(peak[1]) * 1024


class Loops:
    """Processes that wait with their pictures in memory, and all begin at once."""

    def __init__(self, count, model, photos, work):
        context = multiprocessing.get_context("spawn")
        self.connections, self.processes = [], []
        for i in range(count):
            here, there = context.Pipe()
            self.connections.append(here)
            self.processes.append(context.Process(target=loop, args=(there, str(model), photos[i::count], work / f"looped-{i}"), daemon=True))

    def __enter__(self):
        for process in self.processes:
            process.start()
        for connection in self.connections:
            connection.recv()
        return self

    def __call__(self):
        start = time.perf_counter()
        for connection in self.connections:
            connection.send("go")
        own = [connection.recv() for connection in self.connections]
        return {"seconds": time.perf_counter() - start, "own": own}

    def __exit__(self, *_):
        for connection in self.connections:
            connection.send(None)
        for process in self.processes:
            process.join()


def loop(connection, model, photos, looped):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model + "/generator.onnx", options, providers=["CPUExecutionProvider"])
    pictures = [stylize.values(Image.open(path)) for path in photos]
    looped.mkdir()
    connection.send("ready")
    while connection.recv():
        start = time.perf_counter()
        for picture in pictures:
            cartoon = session.run(None, {"photo": picture})[0]
        connection.send(time.perf_counter() - start)
        stylize.save(cartoon[0], looped / photos[-1].name)


def check(work):
    """A side that does something else is not worth timing."""
    looped_ones = sorted(work.glob("looped-*/*.jpg"))
    if not looped_ones:
        raise SystemExit("Cannot benchmark: the loops have left no picture")
    for looped in looped_ones:
        theirs, ours = (numpy.asarray(Image.open(path)).astype(int) for path in (looped, work / "out" / looped.name))
        difference = numpy.abs(ours - theirs).mean() if ours.shape == theirs.shape else float("inf")
        if difference > 1.5:
            raise SystemExit(f"Cannot benchmark: the pictures of {looped.name} differ by {difference:.2f} levels on average")


def report(options, answers):
    def median(side, key):
        return statistics.median(answer[key] for answer in answers[side])

    def rate(ours):
        return statistics.median(theirs["seconds"] / ours(job) for job, theirs in zip(answers["job"], answers["loops"]))

    stylizing = statistics.median(answer["stages"]["stylize"] for answer in answers["job"])
    rates = {
        "whole": rate(lambda job: job["seconds"]),
        "stylizing": rate(lambda job: job["stages"]["stylize"]),
        "command": rate(lambda job: job["command"]),
    }
    print(f"\n{options.pictures} pictures of at most {options.pixels} pixels, {options.executors} executors of one core, medians of {options.repetitions}")
    print("| | seconds | pictures/s, times the loops' |\n|---|---|---|")
    print(f"| {options.executors} bare ONNX Runtime {onnxruntime.__version__} loops at once | {median('loops', 'seconds'):.1f} | |")
    print(f"| toonlake stylize (ONNX Runtime {stylize.pinned()}), listing to last commit | {median('job', 'seconds'):.1f} | {rates['whole']:.2f} |")
    print(f"| of it stylizing: read, decode, stylize, encode, write | {stylizing:.1f} | {rates['stylizing']:.2f} |")
    print(f"| with the start of JVMs and Spark | {median('job', 'command'):.1f} | {rates['command']:.2f} |")
    peaks = [answer["executor_peak_bytes"] / 2**20 for answer in answers["job"]]
    print(f"\nmost memory of an executor, heap of {options.executor_memory // 2:,} MiB included: {min(peaks):,.0f} to {max(peaks):,.0f} MiB")
    if options.output:
        options.output.write_text(json.dumps({"answers": answers, "rates": rates}, indent=2) + "\n")


if __name__ == "__main__":
    main()
