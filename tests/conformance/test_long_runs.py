"""The long runs are started as a stranger would start them, and their failure is told."""

import subprocess
import sys

import pytest

from tests.conformance.long_runs import LongRun, LongRunFailed
from tests.simulation.__main__ import MEMORY_GROWTH_MAX
from tests.simulation.long_run import Figures


def test_a_run_says_what_it_gave() -> None:
    said = LongRun.started("month", part=800).ended()

    assert "270 blocks" in said
    assert "all books right" in said


def test_a_run_that_fails_is_told_with_its_reason() -> None:
    run = LongRun(
        "year",
        subprocess.Popen(
            [sys.executable, "-m", "tests.simulation", "year"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ),
    )

    with pytest.raises(LongRunFailed, match="KeyError: 'year'"):
        run.ended()


def test_memory_that_grows_is_seen_and_a_cache_that_saws_is_not() -> None:
    def growth(*memory_mib: float) -> float:
        return Figures(90, 0, 0, 1.0, memory_mib, b"").memory_growth

    filling = [100 + n for n in range(30)]
    assert growth(*filling, *[130] * 60) == 0
    assert growth(*filling, *[130, 140] * 30) == 0
    assert growth(*filling, *[130 + n / 5 for n in range(60)]) > MEMORY_GROWTH_MAX
