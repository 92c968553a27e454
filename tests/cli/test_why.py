"""A reward taken apart, in words and as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from taonet.cli.main import application
from taonet.cli.up.folder import NetworkFolder, write_json
from taonet.cli.why import score_table
from taonet.neuron.chain import Metagraph, Neuron
from taonet.neuron.score import Score
from taonet.neuron.score_book import Reason, ScoreBook
from taonet.primitives.units import NetUid, Uid

HOTKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


@pytest.fixture
def folder(tmp_path: Path) -> NetworkFolder:
    """A network that does not run now, whose validator scored one miner twelve times."""
    folder = NetworkFolder(tmp_path)
    write_json(folder.founded, {"netuid": 2, "hotkeys": {"miner-1": HOTKEY}})
    with ScoreBook.open(folder.neuron("validator") / "scores.sqlite") as book:
        for block in range(100, 112):
            neurons = (Neuron(Uid(1), HOTKEY),)
            metagraph = Metagraph(NetUid(2), block, 20, 0, 0, neurons)
            book.record(metagraph, {HOTKEY: Score(0.5, {"speed": 2.0}, f"at {block}", {"n": 1.0})})
    figures = {"verdicts": {HOTKEY: {"verified": 1.0}}, "shares": {HOTKEY: 0.25}, "weights_at": 7}
    write_json(folder.status("validator"), {"figures": figures})
    return folder


def invoke(folder: NetworkFolder, *words: str) -> tuple[int, str, str]:
    command = ["why", *words, "--folder", str(folder.root)]
    done = CliRunner().invoke(application("why"), command)
    return done.exit_code, done.stdout, done.stderr


def test_json_has_the_whole_chain_of_causes(folder: NetworkFolder) -> None:
    code, said, _ = invoke(folder, "miner-1", "--json")
    cause = json.loads(said)

    assert code == 0
    assert (cause["hotkey"], cause["rounds"], cause["average"]) == (HOTKEY, 12, 0.5)
    assert (cause["verdict"], cause["share"], cause["weights_at"]) == ({"verified": 1.0}, 0.25, 7)
    assert cause["incentive"] is None
    assert cause["scores"][0] == {
        "block": 111, "value": 0.5, "parts": {"speed": 2.0}, "note": "at 111",
    }  # fmt: skip
    assert len(cause["scores"]) == 12


def test_the_newest_scores_are_shown(folder: NetworkFolder) -> None:
    _, said, _ = invoke(folder, HOTKEY)

    assert "at 111" in said
    assert "at 102" in said
    assert "at 101" not in said
    assert "the validator's verdict: verified=1" in said


def test_who_was_never_scored_is_told(folder: NetworkFolder) -> None:
    code, _, said = invoke(folder, "miner-9")

    assert code == 1
    assert "has not scored miner-9" in said


def test_a_book_that_is_none_is_told(folder: NetworkFolder) -> None:
    absent = invoke(folder, "miner-1", "--scores", str(folder.root / "absent"))
    broken = invoke(folder, "miner-1", "--scores", str(folder.founded))

    assert (absent[0], "there is no score book" in absent[2]) == (1, True)
    assert (broken[0], "is no score book" in broken[2]) == (1, True)


def test_many_parts_share_a_column_and_few_have_their_own() -> None:
    few = Reason(1, 10, Score(1.0, {"a": 1.0, "b": 0.25}, "fine"))
    many = Reason(2, 11, Score(0.0, dict.fromkeys("abcd", 1.0), "slow"))

    assert score_table([few]) == (
        ["block", "score", "a", "b", "note"],
        [["10", "1.000", "1", "0.25", "fine"]],
    )
    assert score_table([many, few]) == (
        ["block", "score", "parts"],
        [["11", "0.000", "a=1 b=1 c=1 d=1 slow"], ["10", "1.000", "a=1 b=0.25 fine"]],
    )
