"""
The validator: who really runs the model, and how fast.

Correctness is a gate: over what a hotkey said lately, the mean difference between the
log-probabilities that it claims and those of the model stays under a limit, and its tokens are as
surprising as sampling makes them. Speed is what is paid for: the time to the first token, tokens a
second, and a steady stream, as the caller measured them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from random import Random

from taonet.neuron.score import Score, Standing
from taonet.neuron.subnet import Streamed
from taonet.subnets.text_generation.messages import Generated, Generation
from taonet.subnets.text_generation.miner import prompt_tokens
from taonet.subnets.text_generation.prompts import sampled_query
from taonet.subnets.text_generation.reference import Reference, TooLong
from taonet.subnets.text_generation.tokenizer import Tokenizer, unfinished

DIFFERENCE_MAX = 0.15
"""Mean difference of log-probabilities: an honest miner shows 0.05, requantised weights 0.6."""
TOKENS_CERTAIN = 128
"""From so many verified tokens on, a verdict is final; up to there, trust grows with them."""
TOKENS_SUSPECT = 32
"""From so many tokens on, a difference over the limit counts as fraud."""
SURPRISE_MAX = 6.0
"""Standard deviations between the tokens' surprise and what sampling would give."""
VARIANCE_MIN = 0.02
"""Of one token's surprise, at least: an honest miner's arithmetic differs by that much."""
FIRST_TOKEN_HALF_S = 2.0
"""A first token after this time earns half of that part."""
RATE_HALF = 10.0
"""So many tokens a second earn half of that part."""
_NO_FAULT = ""


@dataclass(frozen=True)
class Speed:
    """What the caller measured of one stream."""

    first_s: float
    tokens_per_s: float
    longest_gap_share: float
    """The longest wait between two pieces as a share of the time from the first to the last."""

    @property
    def value(self) -> float:
        """From 0 to 1. A stream that is held back and flushed earns less than a steady one."""
        first = FIRST_TOKEN_HALF_S / (FIRST_TOKEN_HALF_S + self.first_s)
        rate = self.tokens_per_s / (self.tokens_per_s + RATE_HALF)
        return 0.4 * first + 0.3 * rate + 0.3 * (1.0 - self.longest_gap_share)


@dataclass(frozen=True)
class Answer:
    """A whole reply, put together."""

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    text: str
    finish_reason: str | None


@dataclass
class TextValidator:
    """Asks sampled questions and checks the answers against `reference`."""

    reference: Reference
    tokenizer: Tokenizer
    model: str

    def sample(self, rng: Random) -> Generation:
        """A question that looks like a person's."""
        return sampled_query(rng, self.model)

    async def score(
        self, query: Generation, replies: Sequence[Streamed[Generated] | None]
    ) -> list[Score]:
        """Each reply's speed, if its tokens are the model's; the arithmetic runs in a thread."""
        return [
            Score(0.0) if reply is None else await asyncio.to_thread(self._score, query, reply)
            for reply in replies
        ]

    def judge(self, standing: Standing) -> Score:
        """The average, times how far the evidence proves that the miner runs the model."""
        return judged(standing)

    def _score(self, query: Generation, reply: Streamed[Generated]) -> Score:
        answer = _answer(reply)
        speed = _speed(reply)
        parts = {
            "ttft_s": speed.first_s,
            "tokens_per_s": speed.tokens_per_s,
            "longest_gap_share": speed.longest_gap_share,
            "tokens": float(len(answer.tokens)),
        }
        if fault := self._fault(query, answer):
            return Score(0.0, {**parts, "verified": 0.0}, fault)
        try:
            evidence = self._evidence(query, answer)
        except TooLong as error:
            return Score(0.0, {**parts, "verified": 0.0}, str(error))
        difference = evidence["difference"] / max(evidence["claimed"], 1.0)
        parts["mean_difference"] = difference
        parts["surprise"] = _deviation(evidence)
        # One reply is too short to prove a fraud; one as far off as this earns nothing already.
        verified = difference <= 2 * DIFFERENCE_MAX
        parts["verified"] = float(verified)
        parts["value"] = speed.value if verified else 0.0
        note = _NO_FAULT if verified else "the log-probabilities are not the model's"
        return Score(parts["value"], parts, note, evidence)

    def _fault(self, query: Generation, answer: Answer) -> str:
        """Why a reply is worth nothing before any arithmetic, or the empty string."""
        tokens = answer.tokens
        if not tokens:
            return "no tokens"
        if len(tokens) != len(answer.logprobs):
            return "not one log-probability a token"
        if max(tokens) >= self.tokenizer.size or min(tokens) < 0:
            return "a token that the model does not have"
        if max(answer.logprobs) > 0.0:
            return "a log-probability over 0"
        if len(tokens) > query.max_tokens:
            return "more tokens than asked for"
        if answer.finish_reason is None:
            return "the stream's last piece does not say why it ends"
        # The last tokens may stand for a character that is not whole, and are then held back.
        if answer.finish_reason == "length" and len(tokens) < query.max_tokens - 3:
            return "fewer tokens than asked for"
        if self.tokenizer.decode(tokens) != answer.text and not query.stop:
            return "the text is not that of the tokens"
        return _NO_FAULT

    def _evidence(self, query: Generation, answer: Answer) -> dict[str, float]:
        """Sums over the reply's tokens, to be added up per hotkey."""
        prompt = prompt_tokens(self.tokenizer, query)
        ended = answer.finish_reason == "stop" and not query.stop
        # That the model would end here is part of what is checked: else short answers pay.
        reply = [*answer.tokens, *([self.tokenizer.end_of_text] if ended else [])]
        verdict = self.reference.score(prompt, reply, query.temperature)
        claimed = self._claimed(answer.tokens)
        differences = [
            abs(claim - float(verdict.logprobs[index]))
            for index, claim in enumerate(answer.logprobs)
            if claimed[index]
        ]
        # With a truncated distribution the surprise that sampling gives is another one.
        plain = query.top_p == 1.0
        excess = -verdict.logprobs.sum() - verdict.surprise.sum() if plain else 0.0
        variance = (verdict.variance + VARIANCE_MIN).sum() if plain else 0.0
        return {
            "claimed": float(len(differences)),
            "difference": float(sum(differences)),
            "excess": float(excess),
            "variance": float(variance),
        }

    def _claimed(self, tokens: Sequence[int]) -> list[bool]:
        """Whether each token ends with a whole character; the others have no claim."""
        claimed, pending = [], b""
        for token in tokens:
            pending += self.tokenizer.bytes_of(token)
            left = unfinished(pending)
            claimed.append(not left)
            pending = pending[len(pending) - left :]
        return claimed


def judged(standing: Standing) -> Score:
    """What a hotkey deserves by all that is known of it."""
    evidence = standing.evidence
    claimed = evidence.get("claimed", 0.0)
    difference = evidence.get("difference", 0.0) / claimed if claimed else 0.0
    surprise = _deviation(evidence)
    parts = {
        "average": standing.value,
        "mean_difference": difference,
        "surprise": surprise,
        "verified_tokens": claimed,
    }
    note, trust = _NO_FAULT, min(1.0, claimed / TOKENS_CERTAIN)
    if claimed >= TOKENS_SUSPECT and difference > DIFFERENCE_MAX:
        note, trust = "the log-probabilities are not the model's", 0.0
    elif claimed >= TOKENS_SUSPECT and abs(surprise) > SURPRISE_MAX:
        note, trust = "the tokens are not sampled from the model as asked", 0.0
    return Score(standing.value * trust, {**parts, "verified": trust}, note)


def _deviation(evidence: Mapping[str, float]) -> float:
    variance = evidence.get("variance", 0.0)
    return evidence.get("excess", 0.0) / sqrt(variance) if variance > 0.0 else 0.0


def _answer(reply: Streamed[Generated]) -> Answer:
    return Answer(
        tokens=tuple(token for piece in reply.pieces for token in piece.token_ids),
        logprobs=tuple(logprob for piece in reply.pieces for logprob in piece.logprobs),
        text="".join(piece.text for piece in reply.pieces),
        finish_reason=reply.pieces[-1].finish_reason if reply.pieces else None,
    )


def _speed(reply: Streamed[Generated]) -> Speed:
    """Times count from pieces with tokens: an empty piece is no progress."""
    times = [
        arrival
        for piece, arrival in zip(reply.pieces, reply.arrivals_s, strict=True)
        if piece.token_ids
    ]
    if not times:
        return Speed(reply.duration_s, 0.0, 1.0)
    tokens = sum(len(piece.token_ids) for piece in reply.pieces)
    span_s = times[-1] - times[0]
    if len(times) < 3 or span_s <= 0.0:
        # Everything came at once: the time to the first token has paid for it all.
        return Speed(times[0], tokens / max(times[-1], 1e-3), 1.0 if tokens > 2 else 0.0)
    longest_s = max(later - earlier for earlier, later in pairwise(times))
    fair = 1.0 / (len(times) - 1)
    share = max(0.0, (longest_s / span_s - fair) / (1.0 - fair))
    return Speed(times[0], (tokens - 1) / span_s, share)
