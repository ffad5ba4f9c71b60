"""Kills runs of ingest and edge-smooth until there were enough kills, and compares what they leave. See .ci/ingest-kills."""

import argparse
import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).resolve().parents[1] / folder) for folder in (".", "stylize_kills")]

import damage
import held
import watched
from sources import Collection, Server, avi, png

ROOT = Path(__file__).resolve().parents[2]
ROWS, IMAGES = 3_000, 300
SECONDS_A_RUN = 900
# A killed run keeps its folder of fetched files for so long.
LEASE_SECONDS = 2
# A job's kills in one lake, of drivers and then of executors; the run whose executors were killed has to end well itself.
KILLS_A_JOB = {"photos": (4, 2), "twins": (2, 1), "films": (2, 1), "edge-smooth": (1, 1)}
# From so many kills on each of these is to be among them.
COVERED = 24
STAGES = ["start", "metadata", "fetch", "images"]
# No stage of the job's: samples are in their table, and the images that they are of are not yet.
BETWEEN = "between commits"
# Requests to one server that may be under way when a run is killed.
CONNECTIONS = 2
# Runs of seconds end before the optimizing compiler has earned what it costs, which is most of a start.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DRIVER = ["--driver-memory", "1g", "--driver-java-options", JVM]
# Executors in processes of their own, which find the libraries where they are.
CLUSTER = {
    "spark.master": "local-cluster[2,1,1024]",
    "spark.executor.extraClassPath": f"{ROOT}/spark-jobs/target/dist/lib/*",
    "spark.executor.extraJavaOptions": JVM,
    "spark.task.maxFailures": "8",
}
STAGE = re.compile(r"^stage: (\w+)$", re.MULTILINE)
FIELDS = ["kill", "lake", "job", "run", "time", "after", "victim", "aim", "stage", "between", "files", *(f"{table} commits" for table in held.TABLES)]


class Failed(Exception):
    pass


class Storm:
    def __init__(self, work: Path, kills: int, seed: int):
        self.work, self.kills, self.draw = work, kills, random.Random(seed)
        self.moments: list[dict] = []
        self.seconds: dict[str, float] = {}
        self.runs = 0
        self.everybody: list[subprocess.Popen] = []
        self.executors: set[tuple[int, str]] = set()
        self.spark_work = ROOT / "spark-jobs" / "target" / "dist" / "spark" / "work"
        self.not_ours = set(self.spark_work.glob("app-*"))

    # ------------------------------------------------------------------------------------------------------- sources

    def make_sources(self) -> None:
        self.server = Server()
        made = self.server.collection = Collection(ROWS, IMAGES, self.server.server_port)
        made.write(self.work / "metadata")
        # Some images are another's: one of the two gives samples.
        rows = sorted(made.images)
        self.server.same_as = {row: rows[i - 5] for i, row in enumerate(rows) if i % 20 == 10}
        films = self.work / "films"
        films.mkdir()
        for name, scenes in (("a.avi", 5), ("b.avi", 3)):
            frames = [png(f"{name} {scene}", 320, 240, shift) for scene in range(scenes) for shift in range(25)]
            (films / name).write_bytes(avi(frames, 320, 240))
        (films / "notes.txt").write_text("no film")

    def command(self, job: str, place: Path) -> list[str]:
        tables = ["--tables", str(place / "lake")]
        if job == "edge-smooth":
            return ["edge-smooth", "--collection", "drawn", *tables]
        if job == "twins":
            # Equal files, none of which counts as the other's duplicate: one of them gives the samples.
            return ["ingest", "--domain", "photo", "--collection", "twins", "--input", str(place / "fetched"), *tables,
                    "--set", "ingest.near-duplicate-bits=-1", "--set", "ingest.images-per-commit=80", "--set", "max-quarantined-fraction=0.9"]
        if job == "films":
            return ["ingest", "--domain", "cartoon", "--collection", "drawn", "--films", str(self.work / "films"), *tables,
                    "--set", "ingest.film-segment-seconds=1", "--set", "ingest.near-duplicate-bits=-1", "--set", "max-quarantined-fraction=0.9"]
        settings = ["ingest.fetch.contact=ci@example.org", "ingest.fetch.allow-loopback=true", "ingest.fetch.back-off-seconds=0.05",
                    "ingest.fetch.max-requests-per-second-per-host=60", f"ingest.fetch.max-connections-per-host={CONNECTIONS}", "ingest.images-per-commit=80", "max-quarantined-fraction=0.99",
                    f"ingest.fetch.lease-seconds={LEASE_SECONDS}"]
        return ["ingest", "--domain", "photo", "--collection", "lakes", "--yfcc", str(self.work / "metadata"), "--fetch", str(place / "fetched"), *tables,
                "--any-tag", "lake", "--licence", "4,5", "--taken-before", "2013-01-01", *(f"--set={setting}" for setting in settings)]

    # ---------------------------------------------------------------------------------------------------------- runs

    def start(self, job: str, place: Path, cluster: bool) -> subprocess.Popen:
        self.runs += 1
        command = [str(ROOT / "toonlake"), *DRIVER]
        for key, value in (CLUSTER if cluster else {"spark.master": "local[2]"}).items():
            command += ["--conf", f"{key}={value}"]
        command += [*self.command(job, place), "--summary", str(self.log(".json"))]
        with self.log(".log").open("wb") as out:
            run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, "TOONLAKE_LOG": "debug"})
        self.everybody.append(run)
        return run

    def log(self, suffix: str) -> Path:
        return self.work / "logs" / f"run-{self.runs:03}{suffix}"

    def ended(self, run: subprocess.Popen) -> dict:
        """The summary of a run that ends by itself, which it must do well."""
        try:
            run.wait(SECONDS_A_RUN)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.log('.log')} has not ended after {SECONDS_A_RUN} s") from None
        if run.returncode != 0:
            said = self.log(".log").read_text("utf-8", "replace").splitlines()
            raise Failed(f"exit code {run.returncode}: {self.log('.log')}\n" + "\n".join(said[-30:]))
        return json.loads(self.log(".json").read_text("utf-8"))

    def executors_of(self, run: subprocess.Popen) -> list[int]:
        found = [pid for pid in watched.children(run.pid) if b"CoarseGrainedExecutorBackend" in watched.command_of(pid)]
        self.executors.update((pid, begun(pid)) for pid in found)
        return found

    # --------------------------------------------------------------------------------------------------------- kills

    def stage(self) -> str:
        stages = STAGE.findall(self.log(".log").read_text("utf-8", "replace"))
        return stages[-1] if stages and stages[-1] != "work" else "start"

    def commits(self, place: Path, table: str) -> int:
        return len(list((place / "lake" / table / "_delta_log").glob("*.json")))

    def between(self, place: Path) -> bool:
        return self.commits(place, "samples") > self.commits(place, "images") > 0

    def aimed(self, place: Path, victim: str, aim: str, run: subprocess.Popen) -> bool:
        if victim == "executor":
            return bool(self.executors_of(run))
        return not aim or (self.between(place) if aim == BETWEEN else self.stage() == aim)

    def kill(self, place: Path, job: str, run: subprocess.Popen, victim: str, aim: str, after: float) -> bool:
        """Kills so many seconds after the run was where it is aimed at, or an executor after there were some; false where the run was over by then."""
        until = time.time() + SECONDS_A_RUN
        while run.poll() is None and not self.aimed(place, victim, aim, run):
            if time.time() > until:
                raise Failed(f"{self.log('.log')} was not in {aim or victim} within {SECONDS_A_RUN} s")
            time.sleep(0.02)
        until = time.time() + after
        while time.time() < until and run.poll() is None:
            time.sleep(0.02)
        executors = self.executors_of(run)
        pid = run.pid if victim == "driver" else watched.chosen(executors, self.draw)
        if pid is None or run.poll() is not None:
            return False
        now = time.time()
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        if victim == "driver" and run.wait() != -signal.SIGKILL:
            return False
        moment = {"kill": len(self.moments) + 1, "lake": place.name, "job": job, "run": self.runs, "after": f"{after:.1f}", "victim": victim, "aim": aim,
                  "time": time.strftime("%H:%M:%S", time.localtime(now)) + f".{int(now * 1000) % 1000:03}", "stage": self.stage(),
                  "between": self.between(place),
                  "files": len(list((place / "fetched").glob("*/*"))) + len(list((place / "fetched").glob("*.jpg")))}
        for table in held.TABLES:
            moment[f"{table} commits"] = self.commits(place, table)
        self.moments.append(moment)
        with (self.work / "moments.csv").open("w", newline="") as out:
            writer = csv.DictWriter(out, FIELDS)
            writer.writeheader()
            writer.writerows(self.moments)
        print("{kill:3} {time} {lake}, {job}, run {run}: {victim} after {after} s in stage {stage}".format(**moment), flush=True)
        return True

    def least_hit(self) -> str:
        """Where the fewest drivers were killed so far that took photos in."""
        hits = Counter(moment["aim"] for moment in self.moments if moment["job"] == "photos")
        return min([*STAGES, BETWEEN], key=lambda aim: (hits[aim], self.draw.random()))

    def storm(self, place: Path, job: str, drivers: int, executors: int) -> None:
        for _ in range(drivers):
            aim = self.least_hit() if job == "photos" else ""
            run = self.start(job, place, cluster=True)
            longest = self.summaries[job]["stages"].get(aim, 0.1 if aim == BETWEEN else self.seconds[job])
            if not self.kill(place, job, run, "driver", aim, self.draw.uniform(0, longest)):
                self.ended(run)
                print(f"    run {self.runs} was over before it was killed", flush=True)
                executors = 0  # There is nothing left to do for them.
                break
            time.sleep(LEASE_SECONDS + 1)
        if executors:
            run = self.start(job, place, cluster=True)
            for _ in range(executors):
                self.kill(place, job, run, "executor", "", self.draw.uniform(0, self.seconds[job] / 2 / executors))
            self.ended(run)
            time.sleep(LEASE_SECONDS + 1)
        summary = self.ended(self.start(job, place, cluster=True))
        calm = self.summaries[job]
        for what in ("read", "reasons", "filteredBy"):
            if summary.get(what) != calm.get(what):
                raise Failed(f"{place.name}, {job}: {what} {summary.get(what)}, not {calm.get(what)}")
        if summary["done"] + summary["unchanged"] != calm["done"]:
            raise Failed(f"{place.name}, {job}: {summary['done']} done and {summary['unchanged']} unchanged, not {calm['done']} in all")

    # ----------------------------------------------------------------------------------------------------- all of it

    def run(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "logs").mkdir(parents=True)
        self.make_sources()
        calm = self.work / "calm"
        self.summaries = {}
        for job in KILLS_A_JOB:
            since = time.time()
            self.summaries[job] = self.ended(self.start(job, calm, cluster=True))
            self.seconds[job] = time.time() - since
        expected = held.held(calm)
        twice = held.problems(expected, expected)
        if twice:
            raise Failed("the undisturbed runs:\n" + "\n".join(twice[:40]))
        made = self.server.collection
        photos = self.summaries["photos"]
        if (photos["read"], photos["done"], photos["reasons"]) != (made.read(), made.good(), made.refused()):
            raise Failed(f"the undisturbed run has other counts than the source: {photos}")
        print("undisturbed: " + held.counted(expected) + "; seconds: " + ", ".join(f"{job} {took:.0f}" for job, took in self.seconds.items()), flush=True)
        blind = damage.unnoticed(calm, expected)
        if blind:
            raise Failed("the comparison does not notice\n" + "\n".join(blind))
        print(f"damaged in {len(damage.DAMAGES)} ways, each of which was noticed", flush=True)
        number = 0
        while len(self.moments) < self.kills:
            number += 1
            place = self.work / f"storm-{number}"
            self.server.asked.clear()
            self.server.given.clear()
            before = len(self.moments)
            for job, (drivers, executors) in KILLS_A_JOB.items():
                left = max(0, self.kills - len(self.moments))
                self.storm(place, job, min(drivers, left), min(executors, max(0, left - drivers)))
            if len(self.moments) == before:
                raise Failed(f"{place.name}: every run was over before it was killed")
            self.check(place, expected, [moment for moment in self.moments[before:] if moment["job"] == "photos"], len(self.moments) - before)
            shutil.rmtree(place)
        of = Counter((moment["job"], moment["victim"]) for moment in self.moments)
        if self.kills >= COVERED:
            hits = {moment["stage"] for moment in self.moments if (moment["job"], moment["victim"]) == ("photos", "driver")}
            missed = [f"stage {stage} of photos" for stage in STAGES if stage not in hits]
            missed += [] if any(moment["between"] and moment["victim"] == "driver" for moment in self.moments) else [BETWEEN]
            missed += [f"{job}: {victim}" for job in KILLS_A_JOB for victim in ("driver", "executor") if not of[job, victim]]
            if missed:
                raise Failed("nobody was killed in " + ", ".join(missed))
        self.table(number)

    def check(self, place: Path, expected: dict[tuple, list], of_photos: list[dict], kills: int) -> None:
        found = held.problems(held.held(place), expected)
        # What was on its way when a run was killed is asked for again, and nothing else.
        made = self.server.collection
        more = {row: count - (2 if made.images[row].endswith("-first") else 1) for row, count in self.server.asked.items()}
        again = sum(count for count in more.values() if count > 0)
        found += [f"image {row} was asked for {self.server.asked[row]} times" for row, count in more.items() if count > len(of_photos)]
        if again > CONNECTIONS * len(of_photos):
            found.append(f"{again} images were asked for again after {len(of_photos)} kills with {CONNECTIONS} connections")
        if found:
            raise Failed(f"{place.name}: {len(found)} problems\n" + "\n".join(found[:40]))
        print(f"    {place.name}: as undisturbed after {kills} kills; {again} images were asked for again", flush=True)

    def table(self, lakes: int) -> None:
        hits = Counter((f"{moment['job']}: {moment['stage']}", moment["victim"]) for moment in self.moments)
        print("\n| killed in | driver | executor |\n|---|---:|---:|")
        for where in dict.fromkeys(where for where, _ in sorted(hits)):
            print(f"| {where} | {hits[where, 'driver']} | {hits[where, 'executor']} |")
        print(f"\ningest-kills: passed: {len(self.moments)} kills, {lakes} lakes, {self.runs} runs")

    def end(self) -> None:
        """Leaves no process behind, however the test ends."""
        for run in self.everybody:
            if run.poll() is None:
                self.executors_of(run)
                run.kill()
        for pid, since in self.executors:
            if b"CoarseGrainedExecutorBackend" in watched.command_of(pid) and begun(pid) == since:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        # What local-cluster gave our executors to work in.
        used = {folder_of(pid) for pid in os.listdir("/proc") if pid.isdigit()}
        for folder in set(self.spark_work.glob("app-*")) - self.not_ours:
            if not any(path.startswith(f"{folder}/") for path in used):
                shutil.rmtree(folder, ignore_errors=True)


def folder_of(pid: str) -> str:
    """Where a process works; nothing where it has ended, or is not ours to look at."""
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def begun(pid: int) -> str:
    """When a process began, by the kernel's clock: a number may be given to another one later."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    if given.kills < 1:
        parser.error(f"invalid KILLS: {given.kills} (must be >= 1)")
    # A folder of its own, which is emptied first.
    storm = Storm(given.work.resolve() / "ingest-kills", given.kills, given.seed)
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
