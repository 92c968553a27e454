"""The real chain's own numbers, file by file, through the code that this chain runs on."""

from pathlib import Path

import pytest

from taonet.cli.conformance.kinds import KINDS
from taonet.cli.conformance.runner import kind_of, run

VECTORS = Path(__file__).parent.parent / "vectors"
FILES = sorted(VECTORS.glob("*.jsonl.gz"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_every_line_of_the_file_comes_out_equal(path: Path) -> None:
    outcome = run(kind_of(path), path)

    assert outcome.misses == ()
    assert outcome.passed == outcome.total > 0


def test_every_kind_has_a_file() -> None:
    assert {kind_of(path) for path in FILES} == set(KINDS)
