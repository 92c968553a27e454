"""One request from a typed question to the last byte of its answer."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from taonet.gateway.errors import ApiError, ServiceFailed
from taonet.gateway.miners import MinerError
from taonet.gateway.questions import Question
from taonet.gateway.quota import Key
from taonet.gateway.receipts import Receipt
from taonet.gateway.replies import Head, Piece, Scribe, Shape, merge
from taonet.gateway.router import Answer, Journey, Router

log = structlog.get_logger("taonet.gateway")


@dataclass(slots=True)
class Exchange:
    """The state of one request; its journey, what it used and how it ended."""

    id: str
    key: Key
    question: Question
    shape: Shape
    journey: Journey
    arrived: float
    """Monotonic time."""
    time: float
    """Seconds since 1970."""
    monotonic: Callable[[], float]
    scribe: Scribe = field(init=False)
    ttft_s: float | None = None
    status: str = "ok"

    def __post_init__(self) -> None:
        self.scribe = Scribe(self.question.generation)

    def head(self, answer: Answer) -> Head:
        """What every part of the answer repeats."""
        model = self.question.generation.model
        return Head(self.id, int(self.time), model, answer.candidate.hotkey)

    async def collect(self, router: Router) -> tuple[Answer, Piece]:
        """
        The whole answer; raises as `Router.open`.

        A miner that dies half-way is replaced, as nothing of its answer has been shown.
        """
        while True:
            self.scribe = Scribe(self.question.generation)
            answer = await router.open(self.journey)
            try:
                async with aclosing(self.pieces(answer)) as pieces:
                    return answer, merge([piece async for piece in pieces])
            except MinerError as error:
                log.info(
                    "miner_died",
                    hotkey=answer.candidate.hotkey,
                    reason=error.reason,
                    detail=str(error),
                )

    async def pieces(self, answer: Answer) -> AsyncGenerator[Piece, None]:
        """What goes out, up to the piece with a finish reason; raises `MinerError`."""
        async with aclosing(answer.chunks()) as chunks:
            async for chunk in chunks:
                piece = self.scribe.take(chunk)
                if self.ttft_s is None:
                    self.ttft_s = self.monotonic() - self.arrived
                if piece.text or piece.tokens or piece.finish_reason is not None:
                    yield piece
                if piece.finish_reason is not None and chunk.finish_reason is None:
                    # A stop sequence that the miner didn't see: it is left in mid-sentence.
                    answer.suffice()
                    return

    def fail(self, error: MinerError | ApiError) -> ApiError:
        """Notes how the request failed, and says what the caller is told."""
        if isinstance(error, MinerError):
            error = ServiceFailed(
                "The miner failed within its answer; ask again.", code="miner_failed", status=502
            )
        self.status = error.code
        return error

    @property
    def _prompt_tokens(self) -> int:
        """Nothing for a failure that the caller didn't make."""
        charged = self.journey.tried and self.status in {"ok", "cancelled"}
        return self.scribe.prompt_tokens if charged else 0

    def receipt(self) -> Receipt:
        """The ledger's line."""
        tried = self.journey.tried
        return Receipt(
            id=self.id,
            time=self.time,
            key=self.key.name,
            model=self.question.generation.model,
            miner=tried[-1].hotkey if tried else None,
            attempts=len(tried),
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self.scribe.completion_tokens,
            ttft_ms=_milliseconds(self.ttft_s),
            total_ms=round((self.monotonic() - self.arrived) * 1000, 1),
            status=self.status,
        )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
