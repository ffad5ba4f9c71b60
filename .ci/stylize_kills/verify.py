"""Reads an output as other programs do, with deltalake and pyarrow, and says what is wrong with it."""

import collections
import hashlib
import json
import os
from pathlib import Path
from urllib.parse import unquote

import pyarrow
from deltalake import DeltaTable
from PIL import Image

import lake


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def size(picture: Path) -> tuple[int, int]:
    """Width and height; zeros where it cannot be decoded to its end."""
    try:
        with Image.open(picture) as made:
            made.load()
            return made.size
    except OSError:
        return 0, 0


def rows(output: Path, table: str) -> list[dict]:
    return pyarrow.table(DeltaTable(str(output / "_toonlake" / table)).to_pyarrow_table()).to_pylist()


def picture_digests(output: Path) -> dict[str, str]:
    """Every file outside of the tables, hidden ones too, by its name below the output."""
    return {name: digest(output / name) for name in files(output) if not name.startswith("_toonlake/")}


def files(output: Path) -> list[str]:
    return [os.path.relpath(os.path.join(folder, name), output) for folder, _, names in os.walk(output) for name in names]


def name_of(path: str, photos: Path) -> str:
    """A photo's name below the lake. What Hadoop cannot look at stands in the tables by its URI."""
    if path.startswith("file:///"):
        path = "file:" + unquote(path.removeprefix("file://"))
    return path.removeprefix(f"file:{photos}/")


def once(what: str, expected: set[str], found: list[str]) -> list[str]:
    problems = []
    counts = collections.Counter(found)
    for name in sorted(expected - counts.keys()):
        problems.append(f"{what}: no row of {name}")
    for name, count in sorted(counts.items()):
        if name not in expected:
            problems.append(f"{what}: a row of {name}, which has no business there")
        elif count > 1:
            problems.append(f"{what}: {count} rows of {name}")
    return problems


def problems(photos: Path, fates: dict[str, str], output: Path, pictures: dict[str, str] | None) -> list[str]:
    """
    What is wrong with tables and pictures of an output on which nobody works.

    fates: every photo with the reason it is to be refused for, or an empty one
    pictures: what an undisturbed run made, by name; None for that run itself
    """
    found = []
    target = f"file:{output}/"
    good = {name for name, reason in fates.items() if not reason}

    stylized = rows(output, "stylized")
    found += once("stylized", good, [name_of(row["path"], photos) for row in stylized])
    for row in stylized:
        name, picture = name_of(row["path"], photos), row["output"].removeprefix(target)
        if name not in good:
            continue
        if picture != lake.picture_of(name):
            found.append(f"stylized: the picture of {name} is {picture}, not {lake.picture_of(name)}")
        elif not (output / picture).is_file():
            found.append(f"stylized: {picture} is not there")
        else:
            says = row["width"], row["height"], row["output_bytes"], row["sha256"], row["size_bytes"]
            has = *size(output / picture), (output / picture).stat().st_size, digest(photos / name), (photos / name).stat().st_size
            if says != has:
                found.append(f"stylized: the row of {name} says {says}; it is {has}")
    for column in "model_fingerprint", "settings_fingerprint":
        if len({row[column] for row in stylized}) != 1:
            found.append(f"stylized: more than one {column}")

    refused = [row for row in rows(output, "quarantine") if row["job"] == "stylize"]
    found += once("quarantine", set(fates) - good, [name_of(row["path"], photos) for row in refused])
    for row in refused:
        name = name_of(row["path"], photos)
        if row["reason"] != fates.get(name):
            found.append(f"quarantine: {name} is {row['reason']}, not {fates.get(name)}: {row['message']}")

    made = picture_digests(output)
    named = {row["output"].removeprefix(target) for row in stylized}
    found += [f"{name}: a file that no row names" for name in sorted(made.keys() - named)]
    if pictures is not None:
        found += [f"{name}: not made" for name in sorted(pictures.keys() - made.keys())]
        found += [f"{name}: other bytes" for name in sorted(pictures.keys() & made.keys()) if pictures[name] != made[name]]
    leftovers = [name for name in files(output) if ".unfinished." in name or name.startswith("_toonlake/leases/")]
    found += [f"{name}: left behind" for name in leftovers]
    return found


def problems_of_runs(output: Path, fates: dict[str, str], ended: list[dict], at_most: int) -> list[str]:
    """
    What is wrong with table runs.

    ended: the summaries of the runs that were left to end
    at_most: how many rows there may be, those of runs that were killed after writing theirs included
    """
    found = []
    recorded = {row["run_id"]: row for row in rows(output, "runs")}
    if len(recorded) != len(rows(output, "runs")):
        found.append("runs: a run has two rows")
    if not len(ended) <= len(recorded) <= at_most:
        found.append(f"runs: {len(recorded)} rows, of {len(ended)} runs that ended and {at_most} that may have a row")
    for summary in ended:
        row = recorded.get(summary["run"])
        if row is None:
            found.append(f"runs: no row of {summary['run']}")
        elif (row["done"], row["unchanged"], row["quarantined"]) != (summary["done"], summary["unchanged"], summary["quarantined"]):
            found.append(f"runs: the row of {summary['run']} has other counts than its summary")
    for run, row in recorded.items():
        counts = row["read"], row["done"] + row["unchanged"] + row["quarantined"]
        if row["outcome"] != "done" or row["exit_code"] != 0 or counts != (len(fates), len(fates)):
            found.append(f"runs: {run} ended as {row['outcome']} with {counts} photos of {len(fates)}")
    # No row says a killed run's share, but together the others cannot have made more than there is.
    if sum(row["done"] for row in recorded.values()) > sum(1 for reason in fates.values() if not reason):
        found.append("runs: more photos done than there are")
    return found


def never_committed(output: Path) -> int:
    """Files of the tables that no commit ever named: what is left of one that was killed, until Delta's VACUUM. For people."""
    count = 0
    for log in output.glob("_toonlake/*/_delta_log"):
        lines = [line for commit in log.glob("*.json") for line in commit.read_text("utf-8").splitlines()]
        named = {Path(action["add"]["path"]).name for action in map(json.loads, lines) if "add" in action}
        count += sum(1 for file in log.parent.rglob("*.parquet") if log not in file.parents and file.name not in named)
    return count
