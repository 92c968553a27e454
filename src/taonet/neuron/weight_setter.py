"""
From standings to weights on the chain.

What is decided goes to an outbox on disk first and stays there until the chain shows it, whatever
happens to the node or to this process. The outbox names hotkeys, not uids: a uid that changes
hands in between gets nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from taonet.neuron.chain import Chain, Metagraph
from taonet.neuron.errors import ChainError
from taonet.neuron.state_file import StateUnreadable, read_state, write_state
from taonet.primitives.units import Uid

U16_MAX = 65_535
BACKOFF_BLOCKS_MAX = 16
"""Between two attempts that the chain refuses."""

log = structlog.get_logger("taonet.weights")


def quantise(shares: Mapping[Uid, float]) -> dict[Uid, int]:
    """
    `shares` as the chain takes them: u16, the largest 65 535, rounded half to even, zeros left out.

    `shares` are finite, at least 0 and in any scale; all zero gives nothing.
    """
    top = max(shares.values(), default=0.0)
    if top <= 0.0:
        return {}
    scaled = {uid: round(share / top * U16_MAX) for uid, share in shares.items()}
    return {uid: weight for uid, weight in scaled.items() if weight > 0}


@dataclass(frozen=True)
class Outbox:
    """
    The newest decision.

    `shares` are by hotkey; `decided_at` is a block. `last_update` is what the chain showed before
    the first attempt: when it shows something else, the weights are on the chain, at
    `on_chain_at`. `refusal` is why the last of `attempts` failed.
    """

    shares: Mapping[str, float]
    decided_at: int
    last_update: int
    attempts: int = 0
    retry_at: int = 0
    refusal: str = ""
    on_chain_at: int | None = None


class WeightSetter:
    """Decides when weights are due and brings them to the chain; `path` is the outbox's file."""

    def __init__(self, chain: Chain, path: Path | None) -> None:
        self._chain = chain
        self._path = path
        self.outbox: Outbox | None = _load(path)

    async def tick(self, metagraph: Metagraph, shares: Mapping[str, float]) -> None:
        """
        Do what is due at this block; to be called often.

        `shares` by hotkey are this moment's wish. Never raises for a chain that refuses or is
        away: the outbox says so, and a later tick tries again.
        """
        own = metagraph.by_hotkey.get(self._chain.hotkey)
        if own is None:
            return
        if self.outbox is not None and self._confirmed(own.last_update):
            return
        waiting = self.outbox if self.outbox and self.outbox.on_chain_at is None else None
        since = metagraph.block - own.last_update
        if waiting is None:
            settled = self.outbox is not None
            pause = max(metagraph.weights_rate_limit, metagraph.tempo if settled else 0)
            if not any(shares.values()) or since < pause:
                return
            waiting = Outbox(dict(shares), metagraph.block, own.last_update)
            self._keep(waiting)
        if metagraph.block < waiting.retry_at or since < metagraph.weights_rate_limit:
            return
        await self._send(metagraph, waiting, shares)

    async def _send(
        self, metagraph: Metagraph, waiting: Outbox, shares: Mapping[str, float]
    ) -> None:
        # A refused decision is replaced by the present wish: nobody is owed an old opinion.
        chosen = shares if waiting.attempts and any(shares.values()) else waiting.shares
        weights = quantise(
            {
                metagraph.by_hotkey[hotkey].uid: share
                for hotkey, share in chosen.items()
                if hotkey in metagraph.by_hotkey
            }
        )
        attempts = waiting.attempts + 1
        retry_at = metagraph.block + min(2 ** min(attempts - 1, 8), BACKOFF_BLOCKS_MAX)
        waiting = _changed(waiting, shares=dict(chosen), attempts=attempts, retry_at=retry_at)
        self._keep(waiting)
        if not weights:
            self._keep(_changed(waiting, refusal="none of the hotkeys is registered any more"))
            return
        try:
            await self._chain.set_weights(metagraph.netuid, weights, metagraph.version_key)
        except ChainError as error:
            log.warning("weights_refused", attempts=attempts, reason=str(error))
            self._keep(_changed(waiting, refusal=str(error)))
            return
        self._keep(_changed(waiting, refusal="", on_chain_at=metagraph.block))
        log.info("weights_set", netuid=int(metagraph.netuid), uids=len(weights))

    def _confirmed(self, last_update: int) -> bool:
        """Whether an attempt that this process did not see the end of has reached the chain."""
        outbox = self.outbox
        if outbox is None or outbox.on_chain_at is not None or not outbox.attempts:
            return False
        if outbox.last_update == last_update:
            return False
        self._keep(_changed(outbox, refusal="", on_chain_at=last_update))
        return True

    def _keep(self, outbox: Outbox) -> None:
        self.outbox = outbox
        if self._path is not None:
            write_state(self._path, asdict(outbox))


def _changed(outbox: Outbox, **changes: Any) -> Outbox:
    return Outbox(**(asdict(outbox) | changes))


def _load(path: Path | None) -> Outbox | None:
    if path is None or (value := read_state(path)) is None:
        return None
    try:
        assert isinstance(value, dict)
        return Outbox(**value)
    except (TypeError, AssertionError) as error:
        raise StateUnreadable(f"{path} is not an outbox; remove it to start afresh") from error
