"""What a lake of collections holds, read as other programs do, with deltalake, so that two lakes can be compared."""

import hashlib
import os
from collections import Counter
from pathlib import Path

import pyarrow
from deltalake import DeltaTable

# A table's key, and the columns of which every run, or every fetch, has its own.
TABLES = {
    "images": (["collection", "path"], {"modified", "ingested", "run_id"}),
    "samples": (["collection", "sha256", "sample_index"], {"run_id"}),
    "edge_smoothed": (["collection", "sha256", "sample_index"], {"run_id"}),
    "provenance": (["collection", "path"], {"fetched", "run_id"}),
    "films": (["collection", "path"], {"ingested", "run_id"}),
    "quarantine": (["job", "collection", "path"], {"modified", "quarantined", "run_id"}),
}


def rows(lake: Path, table: str) -> list[dict]:
    return pyarrow.table(DeltaTable(str(lake / table)).to_pyarrow_table()).to_pylist()


def held(place: Path) -> dict[tuple, list]:
    """Every row of the lake and every fetched file, by table and key; where there is one of each, as it has to be, the lists have one element."""
    found: dict[tuple, list] = {}
    for table, (key, own) in TABLES.items():
        for row in rows(place / "lake", table):
            said = {name: plain(value, place) for name, value in row.items() if name not in own}
            found.setdefault((table, *(said[name] for name in key)), []).append(said)
    for folder, _, names in os.walk(place / "fetched"):
        for name in names:
            file = Path(folder, name)
            found.setdefault(("fetched", str(file.relative_to(place))), []).append(hashlib.sha256(file.read_bytes()).hexdigest())
    return found


def plain(value, place: Path):
    """Pixels by their hash, and paths without the place in which the lake is."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, str):
        return value.replace(str(place), "")
    if isinstance(value, list):  # A map's entries come in any order.
        return sorted((plain(each, place) for each in value), key=repr)
    if isinstance(value, tuple):
        return tuple(plain(each, place) for each in value)
    return value


def problems(found: dict[tuple, list], expected: dict[tuple, list]) -> list[str]:
    said = [f"{name}: not there" for name in sorted(expected.keys() - found.keys())]
    said += [f"{name}: has no business there" for name in sorted(found.keys() - expected.keys())]
    said += [f"{name}: {len(there)} times" for name, there in sorted(found.items()) if len(there) > 1]
    for name in sorted(found.keys() & expected.keys()):
        one, other = found[name][0], expected[name][0]
        if one != other:
            differ = [f"{column} {one[column]}, not {other[column]}" for column in other if one[column] != other[column]] if isinstance(one, dict) else []
            said.append(f"{name}: " + ("; ".join(differ) or "other bytes"))
    return said


def counted(found: dict[tuple, list]) -> str:
    return ", ".join(f"{count} {table}" for table, count in sorted(Counter(name[0] for name in found).items()))
