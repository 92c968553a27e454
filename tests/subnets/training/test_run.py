"""A run's file, its phases, and numbers that make no run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from taonet.subnets.llama.shape import InvalidShape
from taonet.subnets.training.founding import phased
from taonet.subnets.training.phases import Phase, Phases, PhasesInvalid
from taonet.subnets.training.run import Run, RunInvalid
from tests.subnets.training.cast import run


def test_a_run_is_what_its_file_says(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(run().encoded())
    assert Run.read(tmp_path / "run.json") == run()
    assert Run.read(tmp_path / "run.json").hash == run().hash
    assert run(seed=2).hash != run().hash


@pytest.mark.parametrize(
    ("change", "error", "complaint"),
    [
        ({"steps": 0}, RunInvalid, "steps lies within 1 and 10000, not 0"),
        ({"length": 65}, RunInvalid, "length lies within 1 and 64, not 65"),
        ({"rate": "fast"}, RunInvalid, "rate is a number, not 'fast'"),
        ({"name": "a b"}, RunInvalid, "a run's name has"),
        ({"colour": 1}, RunInvalid, "cannot be read"),
        ({"shape": {"vocabulary": 3}}, InvalidShape, "lacks a number"),
        ({"phases": {"first": 1}}, RunInvalid, "cannot be read"),
    ],
)
def test_numbers_that_make_no_run_are_named(
    change: dict[str, Any], error: type[ValueError], complaint: str
) -> None:
    value = orjson.loads(run().encoded()) | change
    with pytest.raises(error, match=complaint):
        Run.decoded(orjson.dumps(value))
    with pytest.raises(RunInvalid):
        Run.decoded(b"[")


def test_the_rate_climbs_and_falls() -> None:
    own = run(rate=1.0, warm_up=3, windows=100)
    assert [own.rate_in(window) for window in range(3)] == pytest.approx(
        [0.25, 0.5, 0.75], rel=0.01
    )
    assert own.rate_in(50) == pytest.approx(0.55)
    assert own.rate_in(100) == own.rate_in(900) == pytest.approx(0.1)
    assert replace(own, windows=0).rate_in(10_000) == 1.0


def test_blocks_have_their_phase() -> None:
    phases = Phases(first=10, length=20, train=8, commit=12, reveal=15)
    assert phases.phase(9) is None
    assert phases.window(9) is None
    ends = {10: Phase.TRAIN, 17: Phase.TRAIN, 18: Phase.COMMIT, 21: Phase.COMMIT}
    ends |= {22: Phase.REVEAL, 24: Phase.REVEAL, 25: Phase.JUDGE, 29: Phase.JUDGE, 30: Phase.TRAIN}
    assert {block: phases.phase(block) for block in ends} == ends
    assert (phases.window(29), phases.window(30), phases.start(1)) == (0, 1, 30)
    assert (phases.commit_block(1), phases.reveal_block(1)) == (42, 45)


def test_phases_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(PhasesInvalid, match="do not ascend"):
        Phases(0, 20, 12, 12, 15)
    with pytest.raises(PhasesInvalid, match="train is a block's number"):
        Phases(0, 20, 1.5, 12, 15)  # type: ignore[arg-type]
    with pytest.raises(PhasesInvalid, match="do not ascend"):
        phased(0, 4)
    assert phased(5, 60) == Phases(5, 60, 33, 42, 48)
