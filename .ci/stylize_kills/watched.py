"""A run of stylize that is watched: which phase it is in, what it has made so far, which executors it has."""

import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

# In the order in which a run passes them. All but two are stages that the job logs. Within stage stylize, `pictures` begins with the first
# picture of the batch; `close` is what is left after the job has said its counts.
PHASES = ["start", "list", "compare", "stylize", "pictures", "commit", "record", "close"]
# Where executors have something to do.
ON_EXECUTORS = ["compare", "stylize", "pictures", "commit"]
STAGE = re.compile(r"^stage: (\w+)$", re.MULTILINE)
COUNTS = re.compile(r"^stylize: .* in [\d.]+ s$", re.MULTILINE)
LOOK_SECONDS = 0.02
SECONDS_A_RUN = 900


class Run:
    """One process of ./toonlake stylize."""

    def __init__(self, command: list[str], output: Path, log: Path):
        self.output = output
        self.log = log
        with log.open("wb") as out:
            environment = {**os.environ, "TOONLAKE_LOG": "debug"}
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)
        self.executors_seen: set[int] = set()
        self.stylize_begun = 0.0
        self.batches = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        return self.process.poll() is not None

    def text(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def phase(self) -> str:
        """Where the run is, or was when it died."""
        text = self.text()
        stages = STAGE.findall(text)
        batches = stages.count("stylize")
        if batches > self.batches:
            self.batches, self.stylize_begun = batches, time.time()
        if COUNTS.search(text):
            return "close"
        stage = stages[-1] if stages else "start"
        if stage == "work":
            return "start"
        if stage == "stylize" and self.new_pictures():
            return "pictures"
        return stage

    def passed(self, phase: str) -> int:
        """How often the run has been in a phase, as far as the log tells."""
        return STAGE.findall(self.text()).count("stylize" if phase == "pictures" else phase)

    def new_pictures(self) -> bool:
        return any(made.stat().st_mtime > self.stylize_begun for made in pictures(self.output))

    def await_phase(self, phase: str, occurrence: int) -> bool:
        """Waits until the run is in that phase for the first, second ... time; false where it ended before, or never gets there."""
        until = time.time() + SECONDS_A_RUN
        while not self.ended() and time.time() < until:
            if self.phase() == phase and (phase in ("start", "close") or self.passed(phase) >= occurrence):
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def executors(self) -> list[int]:
        found = []
        for process in children(self.pid):
            if b"CoarseGrainedExecutorBackend" in command_of(process):
                found.append(process)
        self.executors_seen.update(found)
        return found

    def kill(self, pid: int) -> bool:
        """SIGKILL; false where there is nobody any more."""
        self.executors()  # so that none outlives the test unseen
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        if pid == self.pid:
            self.process.wait()
            return self.process.returncode == -signal.SIGKILL
        return True

    def left_over(self) -> list[int]:
        """Executors that are still there, though their driver is not."""
        return [pid for pid in self.executors_seen if b"CoarseGrainedExecutorBackend" in command_of(pid)]


def pictures(output: Path) -> list[Path]:
    """What a reader of the output sees."""
    found = []
    for folder, folders, files in os.walk(output):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        found += [Path(folder, name) for name in files if not name.startswith(".")]
    return found


def commits(output: Path) -> int:
    log = output / "_toonlake" / "stylized" / "_delta_log"
    return sum(1 for file in log.glob("*.json") if file.stem.isdigit())


def children(pid: int) -> list[int]:
    found = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass  # It has just ended.
    return found


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def chosen(pids: list[int], draw: random.Random) -> int | None:
    return draw.choice(sorted(pids)) if pids else None
