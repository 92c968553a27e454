"""The conformance run: it counts, says why it skips, and tells what differs."""

from pathlib import Path

from tests.conformance.__main__ import Differs, Tally, check_shared, vectors
from tests.conformance.own_pallets import compare


def test_counts_what_passes_fails_and_is_skipped() -> None:
    said: list[str] = []
    tally = Tally(said.append)

    def differing() -> str:
        raise Differs("1 is 2")

    tally.check("one", lambda: "equal")
    tally.check("two", differing)
    tally.skip("three", "it isn't there")

    assert said == ["ok   one: equal", "FAIL two: 1 is 2", "skip three: it isn't there"]
    assert str(tally) == "1 passed, 1 failed, 1 skipped"


def test_skips_what_needs_absent_data_and_says_where_it_looked(tmp_path: Path) -> None:
    said: list[str] = []
    tally = Tally(said.append)

    check_shared(tally, tmp_path)

    assert (tally.passed, tally.failed) == (0, 0)
    assert tally.skipped == len(said) > 0
    assert all(str(tmp_path) in line and "TAONET_SHARED" in line for line in said)


def test_a_file_of_vectors_without_lines_has_not_passed(tmp_path: Path) -> None:
    path = tmp_path / "swap.jsonl"
    path.write_text("")
    said: list[str] = []
    tally = Tally(said.append)

    tally.check("empty", lambda: vectors(path))

    assert said == ["FAIL empty: 0 / 0"]


def test_another_index_or_parameter_name_is_a_difference() -> None:
    transfer = {"index": 3, "args": [["dest", "MultiAddress"], ["value", "u64"]]}
    pallet: dict[str, object] = {"storage": {}, "events": [], "errors": [], "constants": {}}
    right = pallet | {"calls": {"transfer_keep_alive": transfer}}
    wrong = pallet | {"calls": {"transfer_keep_alive": transfer | {"index": 4}}}

    assert compare({"pallets": {"Balances": right}, "apis": {}}) == (1, 1, [])
    assert compare({"pallets": {"Balances": wrong}, "apis": {}}) == (
        0,
        1,
        ["Balances call transfer_keep_alive (4, ['dest', 'value'])"],
    )
