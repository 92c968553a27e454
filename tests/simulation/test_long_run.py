"""A little of the long runs: `make conformance` has the whole ones."""

from dataclasses import replace
from pathlib import Path

from tests.simulation.long_run import MONTH, run


def test_a_while_of_a_small_network_keeps_its_books_and_repeats_itself(tmp_path: Path) -> None:
    plan = replace(MONTH, blocks=250, tempo=20, calls_every=1, checks=10)

    figures = run(plan, tmp_path / "first")

    assert figures.epochs >= 4 * (250 // 20)
    assert figures.calls_made > 100
    assert run(plan, tmp_path / "second").head == figures.head
