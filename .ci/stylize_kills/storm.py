"""Kills runs of stylize until there were enough kills, and verifies what they leave. See .ci/stylize-kills."""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import damage
import lake
import verify
import watched
from watched import ON_EXECUTORS, PHASES, SECONDS_A_RUN, Run

ROOT = Path(__file__).resolve().parents[2]
# An output is done after so many kills or a few more, is verified, and the next one begins: otherwise all photos would be done long before the
# last kill.
KILLS_A_ROUND = 10
# The least there is. Files that a killed run was writing are deleted once they are older.
LEASE_SECONDS = 2
# The same engine on one core wherever a photo is: the sums of several threads may round otherwise.
SETTINGS = [
    "stylize.engine-threads=1",
    "max-quarantined-fraction=0.2",
    f"stylize.lease-seconds={LEASE_SECONDS}",
]
# Runs of seconds end before the optimizing compiler has earned what it costs, which is most of a start.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DRIVER = ["--driver-memory", "1g", "--driver-java-options", JVM]
# Two executors in processes of their own. Other than a standalone cluster's, they find the libraries where they are, so that no run has to
# copy half a gigabyte to them.
CLUSTER = {
    "spark.master": "local-cluster[2,1,1024]",
    "spark.executor.extraClassPath": f"{ROOT}/spark-jobs/target/dist/lib/*",
    "spark.executor.extraJavaOptions": JVM,
    # An executor that was killed is a failed attempt of its tasks; that one task meets four kills is no fault of the job.
    "spark.task.maxFailures": "8",
}
FIELDS = ["kill", "round", "run", "time", "seconds", "victim", "pid", "aimed", "phase", "batches", "pictures", "commits", "before"]


class Failed(Exception):
    pass


class Storm:
    def __init__(self, work: Path, kills: int, seed: int, keep: bool):
        self.work = work
        self.keep = keep
        self.kills = kills
        # Small enough that a round's kills come before the last commit.
        self.photos_a_commit = 40 if kills >= KILLS_A_ROUND else 80
        self.draw = random.Random(seed)
        self.photos = work / "photos"
        self.model = work / "model"
        self.calm = work / "calm"
        self.output = work / "storm"
        self.moments: list[dict] = []
        self.seconds: dict[str, float] = {}
        self.runs = 0
        self.everybody: list[Run] = []
        self.outlived = 0

    # ---------------------------------------------------------------------------------------------------------- runs

    def start(self, output: Path, cluster: bool) -> Run:
        self.runs += 1
        command = [str(ROOT / "toonlake"), *DRIVER]
        for key, value in (CLUSTER if cluster else {"spark.master": "local[2]"}).items():
            command += ["--conf", f"{key}={value}"]
        command += ["stylize", "--model", str(self.model), "--input", str(self.photos), "--output", str(output)]
        command += ["--summary", str(self.summary(self.runs))]
        for setting in [*SETTINGS, f"stylize.images-per-commit={self.photos_a_commit}"]:
            command += ["--set", setting]
        # Executors of a killed driver that are still there when the next one starts.
        self.outlived += sum(1 for run in self.everybody if run.left_over())
        run = Run(command, output, self.work / "logs" / f"run-{self.runs:03}.log")
        self.everybody.append(run)
        return run

    def summary(self, run: int) -> Path:
        return self.work / "logs" / f"run-{run:03}.json"

    def ended(self, run: Run) -> dict:
        """The summary of a run that ends by itself, which it must do well."""
        try:
            run.process.wait(SECONDS_A_RUN)
        except subprocess.TimeoutExpired:
            raise Failed(f"{run.log} has not ended after {SECONDS_A_RUN} s") from None
        if run.process.returncode != 0:
            raise Failed(f"exit code {run.process.returncode}: {run.log}\n" + "\n".join(run.text().splitlines()[-30:]))
        return json.loads(self.summary(self.runs).read_text("utf-8"))

    # --------------------------------------------------------------------------------------------------------- kills

    def least_hit(self, phases: list[str], victim: str) -> str:
        hits = Counter(moment["phase"] for moment in self.moments if moment["victim"] == victim)
        least = min(hits[phase] for phase in phases)
        return self.draw.choice([phase for phase in phases if hits[phase] == least])

    def kill(self, round_number: int, run: Run, victim: str, phase: str, occurrence: int) -> bool:
        """Kills when the phase is there and a part of its time has passed; false where the run or the executor was faster."""
        if not run.await_phase(phase, occurrence):
            return False
        time.sleep(self.draw.uniform(0, self.seconds.get(phase, 1.0)))
        before = run.phase()
        pid = run.pid if victim == "driver" else watched.chosen(run.executors(), self.draw)
        now = time.time()
        if pid is None or not run.kill(pid):
            return False
        self.moments.append(
            {
                "kill": len(self.moments) + 1,
                "round": round_number,
                "run": self.runs,
                "time": time.strftime("%H:%M:%S", time.localtime(now)) + f".{int(now * 1000) % 1000:03}",
                "seconds": f"{now - self.began:.1f}",
                "victim": victim,
                "pid": pid,
                "aimed": phase,
                # A dead driver's log says where it was; of an executor's driver, which goes on, the last look before counts.
                "phase": run.phase() if victim == "driver" else before,
                "batches": run.batches,
                "pictures": len(watched.pictures(self.output)),
                "commits": watched.commits(self.output),
                "before": before,
            }
        )
        self.say_last()
        return True

    def say_last(self) -> None:
        moment = self.moments[-1]
        with (self.work / "moments.csv").open("w", newline="") as out:
            table = csv.DictWriter(out, FIELDS)
            table.writeheader()
            table.writerows(self.moments)
        print(
            "{kill:3} {time} round {round} run {run}: {victim} {pid} in {phase} (batch {batches} of the run, {pictures} pictures, "
            "{commits} commits)".format(**moment),
            flush=True,
        )

    def round(self, number: int, kills: int) -> None:
        """Runs on an output that is not there yet, killed and started again until they have done it."""
        shutil.rmtree(self.output, ignore_errors=True)
        ended: list[dict] = []
        began = len(self.moments)
        of_executors = max(1, kills * 3 // 10)
        # Of some outputs the run whose executors were killed has to end well itself.
        last = "" if number % 3 == 1 else self.least_hit(["record", "close"], "driver")
        of_drivers = kills - of_executors - (1 if last else 0)
        started = self.runs
        while len(self.moments) - began < of_drivers:
            phase = self.least_hit([each for each in PHASES if each not in ("record", "close")], "driver")
            run = self.start(self.output, cluster=True)
            if not self.kill(number, run, "driver", phase, self.draw.randint(1, 2)):
                ended.append(self.ended(run))
                print(f"    run {self.runs} was faster than its kill in {phase}", flush=True)
                break  # All photos are done.
        run = self.start(self.output, cluster=True)
        aims = []
        for _ in range(of_executors):
            aims.append(self.least_hit([each for each in ON_EXECUTORS if aims.count(each) == 0] or ON_EXECUTORS, "executor"))
        for occurrence, phase in enumerate(sorted(aims, key=ON_EXECUTORS.index), start=1):
            # One after the other, each in a batch of its own.
            self.kill(number, run, "executor", phase, 1 if phase == "compare" else occurrence)
        if not last or not self.kill(number, run, "driver", last, 1):
            ended.append(self.ended(run))
        # Until what was being written when it was killed is old enough to be deleted.
        time.sleep(LEASE_SECONDS + 1)
        ended.append(self.ended(self.start(self.output, cluster=True)))
        self.verify(number, ended, self.runs - started)

    def verify(self, number: int, ended: list[dict], started: int) -> None:
        found = verify.problems(self.photos, self.fates, self.output, self.pictures)
        found += verify.problems_of_runs(self.output, self.fates, ended, started)
        if found:
            raise Failed(f"round {number}: {len(found)} problems\n" + "\n".join(found[:40]))
        print(
            f"    round {number}: {ended[-1]['unchanged']} good photos once, {ended[-1]['quarantined']} bad ones with their reasons, "
            f"same pictures; {started} runs, {len(ended)} of them to their end; {verify.never_committed(self.output)} files of tables "
            "that no commit names",
            flush=True,
        )

    # -------------------------------------------------------------------------------------------------------- all of it

    def prepare(self) -> None:
        """The lake, the model, and the undisturbed run, which tells how long each phase takes."""
        for old in [self.output, self.work / "logs"]:
            shutil.rmtree(old, ignore_errors=True)
        (self.work / "logs").mkdir(parents=True)
        self.fates = lake.draw(self.photos)
        lake.model(self.model)
        kept = self.work / "calm.json"
        if not (self.keep and kept.exists()):
            shutil.rmtree(self.calm, ignore_errors=True)
            begun = time.time()
            summary = self.ended(self.start(self.calm, cluster=False))
            kept.write_text(json.dumps({**summary, "whole": time.time() - begun}), "utf-8")
        summary = json.loads(kept.read_text("utf-8"))
        stages = summary["stages"]
        batches = -(-len(self.fates) // self.photos_a_commit)
        self.seconds = {phase: stages[phase] / (batches if phase in ("stylize", "commit") else 1) for phase in stages}
        self.seconds["start"] = summary["whole"] - summary["seconds"] + stages["start"]
        self.seconds["pictures"] = self.seconds["stylize"]
        self.seconds["close"] = 0.3
        found = verify.problems(self.photos, self.fates, self.calm, None)
        found += verify.problems_of_runs(self.calm, self.fates, [summary], 1)
        if found:
            raise Failed("the undisturbed run:\n" + "\n".join(found[:40]))
        self.pictures = verify.picture_digests(self.calm)
        blind = damage.unnoticed(self.photos, self.fates, self.calm, self.pictures)
        if blind:
            raise Failed("verify does not notice\n" + "\n".join(blind))
        print(f"damaged in {len(damage.DAMAGES)} ways, each of which was noticed", flush=True)
        print(
            f"undisturbed: {summary['done']} good photos, {summary['quarantined']} bad ones {summary['reasons']}, {batches} commits in "
            f"{summary['seconds']:.0f} s; seconds a phase: " + ", ".join(f"{k} {v:.2f}" for k, v in self.seconds.items()),
            flush=True,
        )

    def run(self) -> None:
        self.prepare()
        self.began = time.time()
        number = 0
        while len(self.moments) < self.kills:
            left = self.kills - len(self.moments)
            self.round(number, left if left < 1.5 * KILLS_A_ROUND else KILLS_A_ROUND)
            number += 1
        hits = {(moment["phase"], moment["victim"]) for moment in self.moments}
        if self.kills >= 2 * len(PHASES):
            missed = [phase for phase in PHASES if (phase, "driver") not in hits]
            missed += [f"{phase} (executor)" for phase in ON_EXECUTORS if (phase, "executor") not in hits]
            if missed:
                raise Failed(f"nobody was killed in {', '.join(missed)}")
        self.table(number)

    def table(self, rounds: int) -> None:
        print("\n| killed in | driver | executor |\n|---|---:|---:|")
        hits = Counter((moment["phase"], moment["victim"]) for moment in self.moments)
        for phase in PHASES:
            print(f"| {phase} | {hits[phase, 'driver']} | {hits[phase, 'executor']} |")
        of = Counter(moment["victim"] for moment in self.moments)
        print(f"| all | {of['driver']} | {of['executor']} |\n")
        print(
            f"stylize-kills: passed: {len(self.moments)} kills in {time.time() - self.began:.0f} s, {rounds} outputs, {self.runs} runs; "
            f"executors of a killed driver were still there {self.outlived} times when the next run started"
        )

    def end(self) -> None:
        """Leaves no process behind, however the test ends."""
        for run in self.everybody:
            run.executors()
            if not run.ended():
                run.kill(run.pid)
            for pid in run.left_over():
                run.kill(pid)
        # What local-cluster gives its executors to work in; no Worker of ours works there otherwise.
        shutil.rmtree(ROOT / "spark-jobs" / "target" / "dist" / "spark" / "work", ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--keep", action="store_true", help="take the undisturbed run of an earlier call, by the same build")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    storm = Storm(given.work.resolve(), given.kills, given.seed, given.keep)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        storm.run()
        return 0
    except Failed as problem:
        print(f"FAILED: {problem}", file=sys.stderr)
        return 1
    finally:
        storm.end()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the libraries that read the tables may abort the interpreter's own end, with another exit code.
    os._exit(code)
