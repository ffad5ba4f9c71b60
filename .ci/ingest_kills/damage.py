"""Would the comparison notice? Damages a good lake in the ways in which killed runs could, one after the other, and asks it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow
from deltalake import DeltaTable, write_deltalake

import held


def table(place: Path, name: str) -> DeltaTable:
    return DeltaTable(str(place / "lake" / name))


def rows_lost(name: str) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        first = held.rows(place / "lake", name)[0]
        key = "sha256" if "sha256" in held.TABLES[name][0] else "path"
        table(place, name).delete(f"{key} = '{first[key]}'")

    return damage


def rows_twice(name: str) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        rows = pyarrow.table(table(place, name).to_pyarrow_table())
        write_deltalake(table(place, name), rows.slice(0, 2), mode="append")

    return damage


def other_pixels(place: Path) -> None:
    first = held.rows(place / "lake", "samples")[0]["sha256"]
    table(place, "samples").update(updates={"pixels": "X'00'"}, predicate=f"sha256 = '{first}' AND sample_index = 0")


def other_reason(place: Path) -> None:
    table(place, "quarantine").update(updates={"reason": "'failed'"}, predicate="reason = 'gone'")


def other_owner(place: Path) -> None:
    table(place, "provenance").update(updates={"owner_id": "'nobody'"})


def no_duplicate(place: Path) -> None:
    table(place, "images").update(updates={"duplicate_of": "NULL"}, predicate="duplicate_of IS NOT NULL")


def torn_file(place: Path) -> None:
    file = min((place / "fetched").rglob("*.jpg"))
    file.write_bytes(file.read_bytes()[:-10])


def file_lost(place: Path) -> None:
    min((place / "fetched").rglob("*.jpg")).unlink()


def unfinished_file(place: Path) -> None:
    (place / "fetched" / ".unfinished.1").write_bytes(b"half")


DAMAGES: dict[str, Callable[[Path], None]] = {
    **{f"{name}: a row lost": rows_lost(name) for name in held.TABLES},
    **{f"{name}: two rows twice": rows_twice(name) for name in held.TABLES},
    "other pixels": other_pixels,
    "another reason": other_reason,
    "another owner": other_owner,
    "a duplicate that is none": no_duplicate,
    "a torn file": torn_file,
    "a file lost": file_lost,
    "an unfinished file": unfinished_file,
}


def unnoticed(calm: Path, expected: dict[tuple, list]) -> list[str]:
    """Names of the damages that the comparison lets pass."""
    passed = []
    hurt = calm.with_name(calm.name + "-hurt")
    for name, damage in DAMAGES.items():
        shutil.rmtree(hurt, ignore_errors=True)
        shutil.copytree(calm, hurt)
        damage(hurt)
        # Paths in the tables are the calm lake's.
        shutil.rmtree(calm.with_name("calm-aside"), ignore_errors=True)
        calm.rename(calm.with_name("calm-aside"))
        hurt.rename(calm)
        try:
            if not held.problems(held.held(calm), expected):
                passed.append(name)
        finally:
            calm.rename(hurt)
            calm.with_name("calm-aside").rename(calm)
    shutil.rmtree(hurt, ignore_errors=True)
    return passed
