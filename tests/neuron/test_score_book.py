"""The book: averages per hotkey, evidence, reasons, and what survives."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from taonet.neuron.chain import Metagraph, Neuron
from taonet.neuron.score import Score
from taonet.neuron.score_book import REASONS_MAX, ScoreBook
from taonet.primitives.units import NetUid, Uid


def graph(*hotkeys: str, registered_at: int = 1) -> Metagraph:
    neurons = tuple(
        Neuron(Uid(uid), hotkey, registered_at=registered_at) for uid, hotkey in enumerate(hotkeys)
    )
    return Metagraph(NetUid(1), 7, 10, 0, 0, neurons)


def test_a_value_is_an_average_that_forgets() -> None:
    with ScoreBook.open(None, half_life_rounds=1.0) as book:
        for value in (1.0, 0.0):
            book.record(graph("a"), {"a": Score(value)})
        (standing,) = book.standings()
        # Weights 1/2 for the older and 1 for the newer score.
        assert standing.value == pytest.approx(0.5 / 1.5)
        assert standing.rounds == 2


def test_evidence_is_added_up_with_the_same_decay() -> None:
    with ScoreBook.open(None, half_life_rounds=1.0) as book:
        book.record(graph("a"), {"a": Score(1.0, evidence={"tokens": 8.0})})
        book.record(graph("a"), {"a": Score(1.0, evidence={"tokens": 4.0, "late": 1.0})})
        assert book.standings()[0].evidence == {"tokens": 8.0, "late": 1.0}


def test_a_uid_that_changes_hands_starts_from_nothing() -> None:
    with ScoreBook.open(None) as book:
        book.record(graph("a", "b"), {"a": Score(1.0), "b": Score(1.0)})
        assert book.sync(graph("a", "c")) == ["b"]
        assert [standing.hotkey for standing in book.standings()] == ["a"]
        assert book.reasons("b") == []


def test_a_hotkey_that_registers_again_starts_from_nothing() -> None:
    with ScoreBook.open(None) as book:
        book.record(graph("a"), {"a": Score(1.0)})
        assert book.sync(graph("a", registered_at=9)) == ["a"]
        assert book.standings() == []


def test_the_newest_reasons_are_kept_with_their_parts() -> None:
    with ScoreBook.open(None) as book:
        for number in range(REASONS_MAX + 3):
            book.record(graph("a"), {"a": Score(0.5, {"n": float(number)}, f"round {number}")})
        reasons = book.reasons("a")
        assert len(reasons) == REASONS_MAX
        assert reasons[0].round == REASONS_MAX + 2
        assert reasons[0].block == 7
        assert reasons[0].score == Score(0.5, {"n": float(REASONS_MAX + 2)}, "round 52")


def test_a_round_is_entered_whole_or_not_at_all() -> None:
    with ScoreBook.open(None) as book:
        broken = Score(0.5, {"n": 1.0})
        object.__setattr__(broken, "parts", {"n": object()})
        with pytest.raises(TypeError):
            book.record(graph("a", "b"), {"a": Score(1.0), "b": broken})
        assert book.standings() == []
        assert book.round == 0


def test_hotkeys_without_a_uid_are_left_out() -> None:
    with ScoreBook.open(None) as book:
        book.record(graph("a"), {"a": Score(1.0), "gone": Score(1.0)})
        assert [standing.hotkey for standing in book.standings()] == ["a"]


_CRASH = """
import os, signal, sys
from pathlib import Path
from taonet.neuron.score import Score
from taonet.neuron.score_book import ScoreBook
from tests.neuron.test_score_book import graph
with ScoreBook.open(Path(sys.argv[1]), seed="s") as book:
    for value in (1.0, 0.5):
        book.record(graph("a"), {"a": Score(value, {"n": value})})
    with book._transaction():
        book._enter(graph("a"), "a", Score(0.0))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_validator_resumes_after_its_last_whole_round(tmp_path: Path) -> None:
    path = tmp_path / "scores.sqlite"
    done = subprocess.run([sys.executable, "-c", _CRASH, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with ScoreBook.open(path) as book:
        assert book.round == 2
        assert book.seed == "s"
        assert [reason.score.value for reason in book.reasons("a")] == [0.5, 1.0]


def test_a_book_of_another_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "scores.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError, match="version 99"), ScoreBook.open(path):
        pass
