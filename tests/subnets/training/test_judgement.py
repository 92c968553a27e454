"""The parts of a judgement, one by one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from taonet.subnets.llama.learning import Tokens
from taonet.subnets.llama.shape import Array
from taonet.subnets.training import corpus
from taonet.subnets.training.checkpoint import beginning
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.judgement import Judge, Judgement, Record, Submission, overlap, sync
from taonet.subnets.training.vocabulary import Vocabulary
from tests.subnets.training.cast import an_update, run

RUN = run()
START = beginning(RUN)
TEXTS = [f"And the {number} words were spoken unto the people." for number in range(60)]


@pytest.fixture
def pages(tmp_path: Path) -> Corpus:
    corpus.make(tmp_path, TEXTS, Vocabulary.frozen("english-1024"), name="words")
    return Corpus.open(tmp_path, RUN.length)


def towards(target: Mapping[str, Array]) -> Judge:
    """A judge for whom the loss is the distance to `target`, which needs no model."""

    def losses(weights: Mapping[str, Array], _: Tokens) -> float:
        return 1.0 + sum(float(((weights[n] - target[n]) ** 2).sum()) for n in target)

    return Judge(RUN, None, losses)  # type: ignore[arg-type]


def judged(judge: Judge, pages: Corpus, *submissions: Submission, seed: int = 0) -> Judgement:
    judge.corpus = pages
    return judge.judge(
        START,
        submissions,
        start_hash=bytes([seed] * 32),
        reveal_hash=bytes([seed + 1] * 32),
    )


def submission(uid: int, seed: int, **changes: object) -> Submission:
    plain = Submission(uid, f"hotkey-{uid}", f"{uid}", 10 + uid, an_update(START, seed))
    return replace(plain, **changes)  # type: ignore[arg-type]


def better(seed: int) -> dict[str, Array]:
    """Where the update of that seed leads."""
    from taonet.subnets.training.outer_step import applied

    return applied(START.weights, an_update(START, seed), 1.0)


def test_what_helps_is_averaged_and_what_does_not_is_not(pages: Corpus) -> None:
    judgement = judged(towards(better(1)), pages, submission(0, 1), submission(1, 2))
    assert list(judgement.chosen) == [0]
    good, bad = (judgement.scores[f"hotkey-{uid}"].parts for uid in (0, 1))
    assert good["gain"] > 0 > bad["gain"]
    assert (good["averaged"], bad["averaged"]) == (1.0, 0.0)
    assert good["rating"] > 25 > bad["rating"]


def test_the_later_of_two_alike_is_the_copy(pages: Corpus) -> None:
    judge = towards(better(1))
    first, later = submission(7, 1), submission(3, 1, committed_at=18)
    judgement = judged(judge, pages, later, first)
    assert list(judgement.chosen) == [7]
    assert judgement.scores["hotkey-3"].note.startswith("100% of its places")
    assert judgement.scores["hotkey-7"].note == ""


def test_a_payload_of_the_window_before_cannot_be_handed_in_again(pages: Corpus) -> None:
    judge = towards(better(1))
    judged(judge, pages, submission(0, 1))
    again = judged(judge, pages, submission(1, 1), seed=5)
    assert again.scores["hotkey-1"].parts["overlap"] == 1.0
    assert list(again.chosen) == []
    own = towards(better(1))
    judged(own, pages, submission(0, 1))
    assert list(judged(own, pages, submission(0, 1), seed=5).chosen) == [0]


def test_updates_drawn_apart_share_few_places() -> None:
    assert overlap(an_update(START, 1), an_update(START, 1)) == 1.0
    assert overlap(an_update(START, 1), an_update(START, 2)) < 1.0


def test_a_refused_payload_loses_and_says_why(pages: Corpus) -> None:
    refused = Submission(2, "hotkey-2", "x", 3, refusal="PayloadZero: the update changes nothing")
    judgement = judged(towards(better(1)), pages, submission(0, 1), refused)
    score = judgement.scores["hotkey-2"]
    assert score.note == "PayloadZero: the update changes nothing"
    assert score.parts["diligence"] == -1.0
    assert score.parts["rating"] < 25
    assert score.value == 0.0


def test_an_old_checkpoint_is_worth_less_and_is_not_averaged(pages: Corpus) -> None:
    assert [round(sync(behind), 3) for behind in range(5)] == [1.0, 0.363, 0.064, 0.0, 0.0]
    judgement = judged(towards(better(1)), pages, submission(0, 1, behind=1))
    assert list(judgement.chosen) == []
    assert judgement.scores["hotkey-0"].parts["sync"] == pytest.approx(0.363, abs=1e-3)


def test_who_stays_away_loses_a_quarter_each_window(pages: Corpus) -> None:
    judge = towards(better(1))
    judged(judge, pages, submission(0, 1), submission(1, 2))
    for missed in (1, 2):
        score = judged(judge, pages, submission(1, 2), seed=missed).scores["hotkey-0"]
        assert score.parts["presence"] == 0.75**missed
        assert score.note == "handed in nothing"
    assert judged(judge, pages, submission(0, 1)).scores["hotkey-0"].parts["presence"] == 1.0


def test_only_so_many_as_the_run_says_are_averaged(pages: Corpus) -> None:
    narrow = run(peers=2)
    target = {
        name: sum((better(seed)[name] - array for seed in (1, 2, 3)), array)
        for name, array in START.weights.items()
    }
    judge = replace(towards(target), run=narrow)
    judgement = judged(judge, pages, *(submission(uid, uid + 1) for uid in range(3)))
    gains = {uid: judgement.scores[f"hotkey-{uid}"].parts["gain"] for uid in range(3)}
    assert min(gains.values()) > 0
    assert set(judgement.chosen) == set(sorted(gains, key=lambda uid: gains[uid])[1:])


def test_memory_survives_a_restart_and_forgets_who_left(pages: Corpus) -> None:
    judge = towards(better(1))
    judged(judge, pages, submission(0, 1), submission(1, 2))
    other = towards(better(1))
    other.restore(judge.state())
    assert other.shares() == judge.shares()
    other.forget(["hotkey-0", "nobody"])
    assert set(other.records) == {"hotkey-1"}
    with pytest.raises(TypeError):
        other.restore({"hotkey": {"colour": 1}})


def test_nobody_is_worth_anything_before_work_is_proven() -> None:
    assert Record().value == 0.0
    assert Record(mu=40, sigma=2, diligence=-1, weight=1).value == 0.0
    assert Record(mu=40, sigma=2, diligence=1, weight=1).value == 34.0
