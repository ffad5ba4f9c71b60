"""Two sides of a benchmark, asked in turn, so that whatever else the machine does meets both."""
import json
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Ours:
    """A main class of pipeline-core's tests, which does its work once for every line."""

    def __init__(self, main, arguments, threads, job, heap=("-Xmx1g",)):
        command = [java(), f"@{ROOT}/spark-jobs/src/main/dist/jvm-options", *heap,
                   "-cp", os.environ["BENCHMARK_CLASSPATH"], f"io.toonlake.benchmark.{main}", *map(str, arguments)]
        environment = {**launcher_environment(job), **os.environ, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"Cannot benchmark: the Java side ended with {self.process.wait()}")
        return json.loads(line)

    def __call__(self, question=""):
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Theirs:
    """The same of a Python function."""

    def __init__(self, work):
        self.work = work

    def __call__(self):
        start, cpu = time.perf_counter(), time.process_time()
        result = self.work()
        return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu, "result": result}


def java():
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def launcher_environment(job):
    """What ./toonlake sets for a job, where the caller has not chosen otherwise."""
    memory = {"MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_MMAP_MAX_": "0"} if job == "train" else {}
    return {"OMP_WAIT_POLICY": "passive", **memory}


def alternate(ours, theirs, warm_up, repetitions):
    """Both sides' answers, the warm-up left out. Who goes first changes every time."""
    answers = {"ours": [], "theirs": []}
    for turn in range(warm_up + repetitions):
        sides = [("ours", ours), ("theirs", theirs)]
        for name, side in sides if turn % 2 == 0 else reversed(sides):
            answers[name].append(side())
    return {name: list_[warm_up:] for name, list_ in answers.items()}, {name: list_[0] for name, list_ in answers.items()}


def summary(answers, key):
    values = sorted(answer[key] for answer in answers)
    low, median, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": median, "lower_quartile": low, "upper_quartile": high, "repetitions": len(values)}


def compare(answers):
    """Medians of both sides, of the ratio turn by turn, and of the processor time."""
    ratios = [{"ratio": ours["seconds"] / theirs["seconds"], "cpu": ours["cpu_seconds"] / theirs["cpu_seconds"]}
              for ours, theirs in zip(answers["ours"], answers["theirs"])]
    return {
        "ours_seconds": summary(answers["ours"], "seconds"),
        "theirs_seconds": summary(answers["theirs"], "seconds"),
        "ratio": summary(ratios, "ratio"),
        "ours_cpu_seconds": summary(answers["ours"], "cpu_seconds"),
        "theirs_cpu_seconds": summary(answers["theirs"], "cpu_seconds"),
        "cpu_ratio": summary(ratios, "cpu"),
        "ours_peak_bytes": max(answer["peak_bytes"] for answer in answers["ours"]),
        "load": os.getloadavg()[0],
    }


def print_row(name, compared):
    def cell(key, digits):
        s = compared[key]
        return f"{s['median']:.{digits}f} [{s['lower_quartile']:.{digits}f}, {s['upper_quartile']:.{digits}f}]"

    print(f"| {name} | {cell('ours_seconds', 3)} | {cell('theirs_seconds', 3)} | {cell('ratio', 2)} | "
          f"{cell('cpu_ratio', 2)} | {compared['ratio']['repetitions']} | {compared['load']:.1f} |", flush=True)


def print_head(theirs):
    print(f"\n| | Toonlake, s | {theirs}, s | ratio of times | ratio of processor time | repetitions | load |")
    print("|---|---|---|---|---|---|---|", flush=True)
