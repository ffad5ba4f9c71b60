"""Would verify notice? Damages a good output in the ways in which killed runs could, one after the other, and asks it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow
from deltalake import DeltaTable, write_deltalake

import verify
from watched import pictures


def table(output: Path, name: str) -> DeltaTable:
    return DeltaTable(str(output / "_toonlake" / name))


def committed_twice(output: Path) -> None:
    rows = pyarrow.table(table(output, "stylized").to_pyarrow_table())
    write_deltalake(table(output, "stylized"), rows.slice(0, 3), mode="append")


def row_lost(output: Path) -> None:
    first = verify.rows(output, "stylized")[0]["output"].replace("'", "''")
    table(output, "stylized").delete(f"output = '{first}'")


def refusal_lost(output: Path) -> None:
    table(output, "quarantine").delete("reason = 'empty'")


def other_reason(output: Path) -> None:
    table(output, "quarantine").update(updates={"reason": "'failed'"}, predicate="reason = 'animated'")


def torn_picture(output: Path) -> None:
    picture = min(pictures(output))
    picture.write_bytes(picture.read_bytes()[:-100])


def other_picture(output: Path) -> None:
    picture = min(pictures(output))
    data = bytearray(picture.read_bytes())
    data[-40] ^= 1
    picture.write_bytes(data)


def missing_picture(output: Path) -> None:
    min(pictures(output)).unlink()


def unknown_picture(output: Path) -> None:
    shutil.copy(min(pictures(output)), output / "plain" / "another.jpg")


def unfinished_picture(output: Path) -> None:
    (output / "plain" / ".unfinished.1").write_bytes(b"half a picture")


def forgotten_lease(output: Path) -> None:
    (output / "_toonlake" / "leases" / "dead.json").write_text("{}")


DAMAGES: dict[Callable[[Path], None], str] = {
    committed_twice: "2 rows of ",
    row_lost: "no row of ",
    refusal_lost: "no row of ",
    other_reason: "is failed, not animated",
    torn_picture: "other bytes",
    other_picture: "other bytes",
    missing_picture: "not made",
    unknown_picture: "a file that no row names",
    unfinished_picture: "left behind",
    forgotten_lease: "left behind",
}


def unnoticed(photos: Path, fates: dict[str, str], output: Path, made: dict[str, str]) -> list[str]:
    """The damages that verify does not see, or takes for something else. The output is afterwards as it was."""
    whole = output.with_name(output.name + ".whole")
    output.rename(whole)
    blind = []
    for damage, says in DAMAGES.items():
        shutil.copytree(whole, output)
        damage(output)
        found = verify.problems(photos, fates, output, made)
        if not any(says in problem for problem in found):
            blind.append(f"{damage.__name__}: {found}")
        shutil.rmtree(output)
    whole.rename(output)
    return blind
