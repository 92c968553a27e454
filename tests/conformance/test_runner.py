"""The runner itself: it finds misses, names bad files, and its last line is the count."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from taonet.cli.conformance.command import conformance
from taonet.cli.conformance.runner import (
    MISSES_SHOWN_MAX,
    UnknownKind,
    UnreadableFile,
    difference,
    kind_of,
    run,
)

APP = typer.Typer()
APP.command()(conformance)

RIGHT = {"input": {"issuance_rao": 0}, "output": {"emission_rao": 10**9}}
WRONG = {"input": {"issuance_rao": 0}, "output": {"emission_rao": 10**9 + 1}}
BREAKING: dict[str, Any] = {"input": {}, "output": {"emission_rao": 0}}


def _written(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_counts_lines_that_differ_or_break_the_code_as_misses(tmp_path: Path) -> None:
    path = _written(tmp_path / "block_emission.jsonl", RIGHT, WRONG, BREAKING)

    outcome = run("block_emission", path)

    assert (outcome.passed, outcome.total) == (1, 3)
    assert outcome.misses == (
        "line 2: output.emission_rao is 1000000000, recorded 1000000001",
        "line 3: KeyError: 'issuance_rao'",
    )


def test_keeps_integers_of_any_size(tmp_path: Path) -> None:
    given = {
        "base_numerator": 2**400 + 1,
        "base_denominator": 1,
        "exponent_numerator": 1,
        "exponent_denominator": 1,
        "precision_bits": 0,
        "scale": 1,
    }
    exact = {"input": given, "output": {"result": 2**400 + 1}}
    rounded = {"input": given, "output": {"result": 2**400}}

    outcome = run("pow_ratio", _written(tmp_path / "pow_ratio.jsonl", exact, rounded))

    assert (outcome.passed, outcome.total) == (1, 2)


def test_reads_compressed_files(tmp_path: Path) -> None:
    path = tmp_path / "block_emission-more.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(RIGHT).encode()))

    outcome = run(kind_of(path), path)

    assert (outcome.passed, outcome.total) == (1, 1)


def test_shows_a_limited_number_of_misses(tmp_path: Path) -> None:
    path = _written(tmp_path / "block_emission.jsonl", *[WRONG] * (MISSES_SHOWN_MAX + 5))

    outcome = run("block_emission", path)

    assert (outcome.total, len(outcome.misses)) == (MISSES_SHOWN_MAX + 5, MISSES_SHOWN_MAX)


def test_names_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(UnknownKind, match="no kind 'nonsense'; there are balancer, "):
        run("nonsense", _written(tmp_path / "nonsense.jsonl", RIGHT))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b"{", "line 1 is not JSON"),
        ("a.jsonl", b"[" * 100_000, "line 1 is not JSON"),
        ("a.jsonl", b"\xff", "line 1 is not JSON"),
        ("a.jsonl", b"[1]", "line 1 is not an object"),
        ("a.jsonl", b'{"input": {}}', "line 1 has no input and output objects"),
        ("a.jsonl.gz", b"not gzip", "Not a gzipped file"),
        ("a.jsonl.gz", gzip.compress(b"{}")[:-9], "ended before"),
        ("a.jsonl.gz", gzip.compress(b"{}")[:10] + b"\xff" * 20, "Error -3"),
    ],
)
def test_names_what_is_wrong_with_a_file(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=message):
        run("block_emission", path)


def test_differences_name_their_place() -> None:
    assert difference({"a": [1, 2]}, {"a": [1, 2]}) is None
    assert difference({"a": [1, 2]}, {"a": [1, 3]}) == "output.a[1] is 3, recorded 2"
    assert difference({"a": [1]}, {"a": [1, 3]}) == "output.a has 2 elements, recorded 1"
    assert difference({"a": 1}, {"b": 1}) == "output has other fields: a, b"
    assert difference(1, True) == "output is true, recorded 1"


def test_command_exits_by_its_outcome_and_prints_the_count_last(tmp_path: Path) -> None:
    right = _written(tmp_path / "right.jsonl", RIGHT)
    mixed = _written(tmp_path / "mixed.jsonl", RIGHT, WRONG)
    runner = CliRunner()

    passing = runner.invoke(APP, ["block_emission", str(right)])
    missing = runner.invoke(APP, ["block_emission", str(mixed)])
    unknown = runner.invoke(APP, ["nonsense", str(right)])
    absent = runner.invoke(APP, ["block_emission", str(tmp_path / "absent.jsonl")])

    assert (passing.exit_code, passing.stdout) == (0, "1 / 1\n")
    assert (missing.exit_code, missing.stdout.splitlines()[-1]) == (1, "1 / 2")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("UnknownKind: ")
    assert (absent.exit_code, absent.stdout) == (2, "")
    assert absent.stderr.startswith("UnreadableFile: ")
