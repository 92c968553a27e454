"""What is believed of a miner's chunks."""

from dataclasses import replace

import pytest

from taonet.gateway.limits import MinerLimits
from taonet.gateway.miners import Chunk, GenerationRequest, MinerMisbehaved, Restraint

REQUEST = GenerationRequest(
    model="small",
    messages=(),
    prompt="hi",
    max_tokens=10,
    temperature=1.0,
    top_p=1.0,
    seed=None,
    stop=(),
    logprobs=True,
)
LIMITS = MinerLimits(characters_per_token_max=4, silent_chunks_max=3)
GOOD = Chunk("word", (1,), (-0.5,))


def test_an_honest_answer_passes_up_to_its_last_token() -> None:
    restraint = Restraint(REQUEST, LIMITS)
    for _ in range(10):
        restraint.admit(GOOD)
    restraint.admit(Chunk("", finish_reason="length"))
    assert restraint.tokens == 10
    with pytest.raises(MinerMisbehaved, match="more tokens"):
        restraint.admit(GOOD)


@pytest.mark.parametrize(
    ("chunk", "match"),
    [
        (Chunk("a", (1,), (0.1,)), "log-probability"),
        (Chunk("a", (1,), (float("nan"),)), "log-probability"),
        (Chunk("a", (1,), (float("-inf"),)), "log-probability"),
        (Chunk("a", (1, 2), (-1.0,)), "1 log-probabilities for 2 tokens"),
        (Chunk("a", (1,), (-1.0,), token_texts=("a", "b")), "2 texts for 1 tokens"),
        (Chunk("a", (1,)), "though asked for"),
        (Chunk("a", (1,), (-1.0,), finish_reason="tired"), "finish reason"),
        (Chunk("\ud800", (1,), (-1.0,)), "not Unicode"),
        (Chunk("x" * 41, (1,), (-1.0,)), "more text"),
    ],
)
def test_what_no_honest_model_says_is_refused(chunk: Chunk, match: str) -> None:
    with pytest.raises(MinerMisbehaved, match=match):
        Restraint(REQUEST, LIMITS).admit(chunk)


def test_log_probabilities_may_be_missing_where_nobody_asked() -> None:
    Restraint(replace(REQUEST, logprobs=False), LIMITS).admit(Chunk("a", (1,)))


def test_chunks_without_text_are_counted_in_a_row() -> None:
    restraint, silent = Restraint(REQUEST, LIMITS), Chunk("")
    for _ in range(3):
        restraint.admit(silent)
    restraint.admit(GOOD)
    for _ in range(3):
        restraint.admit(silent)
    with pytest.raises(MinerMisbehaved, match="without text"):
        restraint.admit(silent)
