"""
Chooses a miner for a request, and another one when it fails.

Of the miners that serve the model and whose circuit isn't open, two are drawn with probability
by incentive, and the one is asked that looks cheaper: expected latency times its requests under
way, over the square of its success. So the chain's opinion says who gets traffic at all, and what
the gateway has seen itself says which of two does.

A failure before the first text moves the request to another miner; the caller sees nothing of it.
After the first text has left the gateway that can't be done, and the failure is the caller's too.

Blame needs care, since callers are strangers too: who sends a prompt that no model can take must
not open the circuits of honest miners. A refusal counts against a miner only once another one has
answered the same request, and no miner answers for a time-out that the caller chose.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from math import exp2
from random import Random

import structlog

from taonet.gateway.breaker import Breaker, Circuit
from taonet.gateway.errors import ApiError, InvalidRequest, ServiceFailed
from taonet.gateway.limits import MinerLimits
from taonet.gateway.miners import (
    Candidate,
    Chunk,
    GenerationRequest,
    MinerError,
    MinerMisbehaved,
    MinerRefused,
    Miners,
    MinerTimedOut,
    ModelNotServed,
    PromptTooLong,
    Restraint,
)

EMA_SHARE = 0.2
"""Share of the newest observation in the moving averages."""
LATENCY_S_UNSEEN = 0.5
"""Latency of a miner whose first request is under way."""
FORGET_S = 60.0
"""A cost halves in this time without news, so that a miner that was bad once is tried again."""
SUCCESS_FLOOR = 0.05
"""Lowest success that a cost is computed with."""
INCENTIVE_FLOOR = 0.1
"""Share of the mean incentive that every miner is drawn with at least: how newcomers are found."""
RETRY_AFTER_S = 5.0
"""What callers are told when no miner is to be had and no circuit says when."""

END_S = 0.5
"""How long a miner may take to end its stream after the last chunk."""
REFUSAL_CHARACTERS_MAX = 200
"""How much of a miner's own words a caller is shown."""

log = structlog.get_logger("taonet.gateway")


@dataclass(slots=True)
class Standing:
    """What the gateway has seen of one hotkey."""

    latency_s: float | None = None
    """Moving average of the time to first text, none before the first."""
    heard_at: float = 0.0
    """Monotonic time of the last observation."""
    success: float = 1.0
    """Moving average of answers (1) and failures (0)."""
    requests: int = 0
    under_way: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    """By `MinerError.reason`, of which there are five."""
    breaker: Breaker = field(default_factory=Breaker)

    def cost(self, now: float) -> float:
        """Lower is better; a miner that was never asked is worth a try, but one at a time."""
        if self.latency_s is None:
            return LATENCY_S_UNSEEN * self.under_way
        success = max(self.success, SUCCESS_FLOOR)
        forgotten = exp2(-max(0.0, now - self.heard_at) / FORGET_S)
        return forgotten * self.latency_s * (self.under_way + 1) / success**2

    def begin(self, now: float) -> None:
        """A request goes out."""
        self.requests += 1
        self.under_way += 1
        self.breaker.begin(now)

    def observe_latency(self, now: float, seconds: float) -> None:
        """Takes a time to first text, or the time wasted on a failure, into the average."""
        known = seconds if self.latency_s is None else self.latency_s
        self.latency_s = known + EMA_SHARE * (seconds - known)
        self.heard_at = now

    def succeed(self) -> None:
        """The answer came to its end."""
        self.success += EMA_SHARE * (1.0 - self.success)
        self.breaker.succeed()

    def fail(self, now: float, reason: str) -> None:
        """The miner is to blame for a failure."""
        self.success -= EMA_SHARE * self.success
        self.failures[reason] = self.failures.get(reason, 0) + 1
        self.breaker.fail(now)


@dataclass(slots=True)
class Journey:
    """One request's way through the miners: when it must be over and who was tried."""

    request: GenerationRequest
    deadline: float
    """Monotonic time."""
    tried: list[Candidate] = field(default_factory=list)
    refusals: dict[Candidate, MinerRefused] = field(default_factory=dict)
    """Who refused, and in what words."""


class Answer:
    """An answer whose first text is there; `chunks` yields it and the rest."""

    def __init__(
        self,
        candidate: Candidate,
        standing: Standing,
        chunks: AsyncGenerator[Chunk, None],
        held: list[Chunk],
    ) -> None:
        self.candidate = candidate
        self._standing = standing
        self._chunks = chunks
        self._held = held

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """
        All chunks in order, the last with a finish reason; raises `MinerError`.

        Has to be closed (`contextlib.aclosing`): closing early frees the miner without blame.
        """
        async with aclosing(self._chunks):
            for chunk in self._held:
                yield chunk
            async for chunk in self._chunks:
                yield chunk

    def suffice(self) -> None:
        """The caller needs no more, as at a stop sequence: the miner has done its part."""
        self._standing.succeed()

    async def aclose(self) -> None:
        """Leaves the miner; what has not been read is lost."""
        await self._chunks.aclose()


class Router:
    """Sends requests to miners and remembers how it went, per hotkey."""

    def __init__(
        self,
        miners: Miners,
        *,
        limits: MinerLimits,
        random: Random,
        monotonic: Callable[[], float],
    ) -> None:
        self._miners = miners
        self._limits = limits
        self._random = random
        self._monotonic = monotonic
        self._standings: dict[str, Standing] = {}

    def models(self) -> tuple[str, ...]:
        """Names of the models that are served now, sorted."""
        return tuple(sorted({candidate.model for candidate in self.candidates()}))

    def candidates(self) -> Sequence[Candidate]:
        """The miners that can be asked, at most `MinerLimits.candidates_max`."""
        return self._miners.candidates()[: self._limits.candidates_max]

    def miners(self) -> Sequence[Candidate]:
        """The first candidate of each hotkey: one may serve several models."""
        firsts: dict[str, Candidate] = {}
        for candidate in self.candidates():
            firsts.setdefault(candidate.hotkey, candidate)
        return list(firsts.values())

    def standings(self) -> dict[Candidate, Standing]:
        """What is known of each miner; forgets the hotkeys that serve no more."""
        candidates = self.miners()
        hotkeys = {candidate.hotkey for candidate in candidates}
        for hotkey in [
            hotkey
            for hotkey, standing in self._standings.items()
            if hotkey not in hotkeys and not standing.under_way
        ]:
            del self._standings[hotkey]
        return {candidate: self._standing(candidate) for candidate in candidates}

    def circuit(self, candidate: Candidate) -> Circuit:
        """Whether the candidate may be asked now."""
        return self._standing(candidate).breaker.circuit(self._monotonic())

    async def open(self, journey: Journey) -> Answer:
        """
        An answer with its first text from the first miner that gives one.

        Raises `InvalidRequest` for a model that nobody serves and for a prompt that is too long for
        every miner that was tried, and `ServiceFailed` when there is no miner, when all that were
        tried failed, or when the time is over.
        """
        while True:
            candidate = self._next(journey)
            journey.tried.append(candidate)
            try:
                return await self._attempt(candidate, journey)
            except MinerError as error:
                log.info(
                    "miner_failed",
                    hotkey=candidate.hotkey,
                    reason=error.reason,
                    detail=str(error),
                    attempt=len(journey.tried),
                )

    def _next(self, journey: Journey) -> Candidate:
        """The miner to try now; raises as `open` does."""
        now = self._monotonic()
        if now >= journey.deadline:
            raise _time_over()
        serving = self._serving(journey.request.model)
        if len(journey.tried) >= self._limits.attempts_max:
            raise self._all_failed(journey)
        tried = {candidate.hotkey for candidate in journey.tried}
        untried = [candidate for candidate in serving if candidate.hotkey not in tried]
        ready = [candidate for candidate in untried if self.circuit(candidate) is not Circuit.OPEN]
        if ready:
            return self._choose(ready)
        if journey.tried:
            raise self._all_failed(journey)
        opens = [self._standing(candidate).breaker.open_until - now for candidate in serving]
        raise ServiceFailed(
            "All miners that serve this model are failing; they are given a pause.",
            code="no_miner_available",
            status=503,
            retry_after_s=max(min(opens), 1.0),
        )

    def _serving(self, model: str) -> list[Candidate]:
        candidates = self.candidates()
        if not candidates:
            raise ServiceFailed(
                "No miner serves at the moment.",
                code="no_miner_available",
                status=503,
                retry_after_s=RETRY_AFTER_S,
            )
        serving = [candidate for candidate in candidates if candidate.model == model]
        if not serving:
            raise InvalidRequest(
                f"The model `{model}` does not exist or you do not have access to it.",
                param="model",
                code="model_not_found",
                status=404,
            )
        return serving

    def _all_failed(self, journey: Journey) -> ApiError:
        refusals = journey.refusals.values()
        told = str(next(iter(refusals), ""))
        all_refused = len(refusals) == len(journey.tried)
        if all_refused and all(isinstance(refusal, PromptTooLong) for refusal in refusals):
            return InvalidRequest(
                "The prompt and `max_tokens` are more than the model can read. A miner says: "
                f"{told[:REFUSAL_CHARACTERS_MAX]!r}",
                param="messages" if journey.request.messages else "prompt",
                code="context_length_exceeded",
            )
        return ServiceFailed(
            f"{len(journey.tried)} miners were tried and none of them answered."
            + (f" One refused with: {told[:REFUSAL_CHARACTERS_MAX]!r}" if told else ""),
            code="miners_failed",
            status=502,
            retry_after_s=RETRY_AFTER_S,
        )

    def _choose(self, ready: list[Candidate]) -> Candidate:
        """The cheaper of two draws by incentive; the draws differ where there are two to draw."""
        mean = sum(candidate.incentive for candidate in ready) / len(ready)
        floor = mean * INCENTIVE_FLOOR or 1.0
        first = self._draw(ready, floor)
        others = [candidate for candidate in ready if candidate.hotkey != first.hotkey]
        if not others:
            return first
        second = self._draw(others, floor)
        now = self._monotonic()
        return min(first, second, key=lambda candidate: self._standing(candidate).cost(now))

    def _draw(self, candidates: list[Candidate], floor: float) -> Candidate:
        weights = [candidate.incentive + floor for candidate in candidates]
        return self._random.choices(candidates, weights)[0]

    def _standing(self, candidate: Candidate) -> Standing:
        return self._standings.setdefault(candidate.hotkey, Standing())

    async def _attempt(self, candidate: Candidate, journey: Journey) -> Answer:
        """Reads to the first text; raises `MinerError`."""
        chunks = self._watched(candidate, journey)
        held: list[Chunk] = []
        try:
            async for chunk in chunks:
                held.append(chunk)
                if _speaks(chunk):
                    self._blame_refusals(journey)
                    return Answer(candidate, self._standing(candidate), chunks, held)
        except BaseException:
            await chunks.aclose()
            raise
        raise AssertionError("a watched answer ends with a finish reason or an error")

    def _blame_refusals(self, journey: Journey) -> None:
        """Somebody could answer what these refused; nobody has to serve every model."""
        for candidate, refusal in journey.refusals.items():
            if isinstance(refusal, ModelNotServed):
                continue
            self._standing(candidate).fail(self._monotonic(), MinerRefused.reason)
        journey.refusals.clear()

    async def _watched(self, candidate: Candidate, journey: Journey) -> AsyncGenerator[Chunk, None]:
        """The miner's chunks within their limits; what happens is put down to its standing."""
        standing = self._standing(candidate)
        started = self._monotonic()
        standing.begin(started)
        try:
            async with aclosing(self._restrained(candidate, journey)) as chunks:
                async for chunk in chunks:
                    if chunk.finish_reason is not None:
                        standing.succeed()
                    yield chunk
        except MinerRefused as refusal:
            journey.refusals[candidate] = refusal
            raise
        except MinerError as error:
            now = self._monotonic()
            standing.observe_latency(now, now - started)
            standing.fail(now, error.reason)
            raise
        finally:
            standing.under_way -= 1
            standing.breaker.abandon()

    async def _restrained(
        self, candidate: Candidate, journey: Journey
    ) -> AsyncGenerator[Chunk, None]:
        """The miner's chunks up to its finish reason; raises `MinerError` beyond a limit."""
        limits, request = self._limits, journey.request
        restraint = Restraint(request, limits)
        started = now = self._monotonic()
        reading_s = request.characters / limits.reading_characters_per_s_min
        patience_s = limits.first_text_s_max + reading_s
        spoken_at = None
        generated = self._miners.generate(candidate, request, journey.deadline - started)
        async with aclosing(generated):
            while True:
                until = started + patience_s if spoken_at is None else now + limits.gap_s_max
                if until > journey.deadline:
                    chunk = await self._last_wait(generated, journey, restraint, spoken_at)
                else:
                    chunk = await _next_chunk(generated, until - now)
                now = self._monotonic()
                restraint.admit(chunk)
                if spoken_at is None and _speaks(chunk):
                    spoken_at = now
                    self._standing(candidate).observe_latency(now, now - started)
                yield chunk
                if chunk.finish_reason is not None:
                    await _await_end(generated)
                    return
                now = self._monotonic()

    async def _last_wait(
        self,
        generated: AsyncGenerator[Chunk, None],
        journey: Journey,
        restraint: Restraint,
        spoken_at: float | None,
    ) -> Chunk:
        """The next chunk where the caller's time ends first; raises `ServiceFailed` at its end."""
        now = self._monotonic()
        try:
            return await _next_chunk(generated, journey.deadline - now)
        except MinerTimedOut:
            writing_s = 0.0 if spoken_at is None else self._monotonic() - spoken_at
            tokens_min = writing_s * self._limits.writing_tokens_per_s_min
            if writing_s > self._limits.gap_s_max and restraint.tokens < tokens_min:
                raise MinerTimedOut("slower than the slowest model") from None
            raise _time_over() from None


def _speaks(chunk: Chunk) -> bool:
    """Whether the caller gets anything from this chunk."""
    return bool(chunk.text) or chunk.finish_reason is not None


def _time_over() -> ServiceFailed:
    return ServiceFailed("The time for this request is over.", code="deadline_exceeded", status=504)


async def _await_end(chunks: AsyncGenerator[Chunk, None]) -> None:
    """
    Lets the miner end in order, so that its connection can serve again.

    The answer is whole by now: nothing that comes here is shown, or held against the miner.
    """
    with suppress(MinerError):
        await _next_chunk(chunks, END_S)


async def _next_chunk(chunks: AsyncGenerator[Chunk, None], left_s: float) -> Chunk:
    """
    The next chunk within `left_s` seconds.

    Raises `MinerTimedOut` after that and `MinerMisbehaved` where the answer ends without a
    finish reason.
    """
    try:
        async with asyncio.timeout(max(left_s, 0.0)):
            return await anext(chunks)
    except TimeoutError:
        raise MinerTimedOut("no text in time") from None
    except StopAsyncIteration:
        raise MinerMisbehaved("the answer stopped without an end") from None
