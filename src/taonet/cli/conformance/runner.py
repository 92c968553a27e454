"""Reads vector files and compares what the code makes of each line with what is recorded."""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from taonet.cli.conformance.cases import Case, Kind
from taonet.cli.conformance.kinds import KINDS

MISSES_SHOWN_MAX: Final = 20
"""So many misses are kept with their text; the others are only counted."""

LINE_BYTES_MAX: Final = 16 * 2**20
"""A longer line is refused: the largest recorded epoch takes 0.3 MB."""

_EXCERPT_CHARACTERS: Final = 200


class VectorError(Exception):
    """
    A file that cannot be run.

    ├── UnknownKind      no production code is registered for this kind
    └── UnreadableFile   missing, not gzip, or a line that is not `{"input": …, "output": …}`
    """


class UnknownKind(VectorError):
    """No production code is registered for this kind."""


class UnreadableFile(VectorError):
    """The file is missing, not what its name says, or holds a line of another form."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of a file's lines came out equal, and a text for each of the first misses."""

    passed: int
    total: int
    misses: tuple[str, ...]


def kind_of(path: Path) -> str:
    """The kind that a file's name states: all up to the first dash or dot."""
    return path.name.split(".", 1)[0].split("-", 1)[0]


def run(kind: str, path: Path) -> Outcome:
    """Every line of `path` through the code of `kind`; raises a `VectorError`."""
    if kind not in KINDS:
        raise UnknownKind(f"no kind {kind!r}; there are {', '.join(sorted(KINDS))}")
    compute = KINDS[kind]
    passed = total = 0
    misses: list[str] = []
    for number, given, recorded in _lines(path):
        total += 1
        miss = _miss(compute, given, recorded)
        if miss is None:
            passed += 1
        elif len(misses) < MISSES_SHOWN_MAX:
            misses.append(f"line {number}: {miss}")
    return Outcome(passed, total, tuple(misses))


def _miss(compute: Kind, given: Case, recorded: Case) -> str | None:
    try:
        computed = compute(given)
    except Exception as error:  # noqa: BLE001 - a line that breaks the code is a miss to be shown
        return f"{type(error).__name__}: {error}"
    return difference(recorded, computed)


def difference(recorded: Any, computed: Any, place: str = "output") -> str | None:
    """Where two JSON values first differ, in words; `None` if they are equal."""
    if isinstance(recorded, dict) and isinstance(computed, dict):
        if recorded.keys() != computed.keys():
            names = ", ".join(sorted(recorded.keys() ^ computed.keys()))
            return f"{place} has other fields: {names}"
        pairs = [(f"{place}.{name}", recorded[name], computed[name]) for name in recorded]
    elif isinstance(recorded, list) and isinstance(computed, list | tuple):
        if len(recorded) != len(computed):
            return f"{place} has {len(computed)} elements, recorded {len(recorded)}"
        both = zip(recorded, computed, strict=True)
        pairs = [(f"{place}[{index}]", *pair) for index, pair in enumerate(both)]
    elif recorded == computed and isinstance(recorded, bool) == isinstance(computed, bool):
        return None
    else:
        texts = (json.dumps(value, default=repr) for value in (computed, recorded))
        mine, theirs = (text[:_EXCERPT_CHARACTERS] for text in texts)
        return f"{place} is {mine}, recorded {theirs}"
    misses = (difference(theirs, mine, name) for name, theirs, mine in pairs)
    return next((miss for miss in misses if miss is not None), None)


def _lines(path: Path) -> Iterator[tuple[int, Case, Case]]:
    with _readable(path), (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
        number = 0
        while line := file.readline(LINE_BYTES_MAX + 1):
            number += 1
            if len(line) > LINE_BYTES_MAX:
                raise UnreadableFile(f"{path}: line {number} exceeds {LINE_BYTES_MAX} bytes")
            if line.strip():
                yield number, *_parsed(line, path, number)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path}: {error}") from error


def _parsed(line: bytes, path: Path, number: int) -> tuple[Case, Case]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: line {number} is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise UnreadableFile(f"{path}: line {number} is not an object")
    given, recorded = record.get("input"), record.get("output")
    if not isinstance(given, dict) or not isinstance(recorded, dict):
        raise UnreadableFile(f"{path}: line {number} has no input and output objects")
    return given, recorded
