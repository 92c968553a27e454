"""
What neurons of a run say on chain, each as its one commitment: a word, a window and a hash.

A miner names the payload that it is going to show, a validator the newest record of the run. Whose
record counts is decided by stake: that of the leader, the validator with the most of it among those
who are up to date.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from taonet.neuron.chain import Commitment, Endpoint, Metagraph, Neuron
from taonet.primitives.units import NetUid, Uid

PAYLOAD = "train1"
RECORD = "model1"
PATIENCE_WINDOWS = 2
"""A leader whose newest record is older than that is passed over."""
_TEXT = re.compile(r"(train1|model1):(0|[1-9]\d{0,9}):([0-9a-f]{64})")


class Ledger(Protocol):
    """What training needs of a chain: a `Chain`, commitments, and hashes of blocks."""

    hotkey: str

    async def metagraph(self, netuid: NetUid) -> Metagraph:
        """As `Chain.metagraph`."""
        ...

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        """As `Chain.serve_axon`."""
        ...

    async def set_weights(
        self, netuid: NetUid, weights: Mapping[Uid, int], version_key: int
    ) -> None:
        """As `Chain.set_weights`."""
        ...

    def blocks(self) -> AsyncIterator[int]:
        """As `Chain.blocks`."""
        ...

    async def commit(self, netuid: NetUid, text: str) -> None:
        """Publish `text` as this hotkey's commitment."""
        ...

    async def commitments(self, netuid: NetUid, block: int) -> list[Commitment]:
        """What every hotkey's commitment was at the end of `block`."""
        ...

    async def block_hash(self, number: int) -> bytes:
        """The hash of a recent block."""
        ...


@dataclass(frozen=True)
class Announcement:
    """Who said in which block that the blob `digest` is its payload or record of `window`."""

    hotkey: str
    block: int
    window: int
    digest: str


def announced(word: str, window: int, digest: str) -> str:
    """The text of a commitment."""
    return f"{word}:{window}:{digest}"


def announcements(word: str, commitments: Iterable[Commitment]) -> dict[str, Announcement]:
    """By hotkey, what was said with that word; everything else on chain is passed over."""
    found = {}
    for each in commitments:
        match = _TEXT.fullmatch(each.text)
        if match and match[1] == word:
            found[each.hotkey] = Announcement(each.hotkey, each.block, int(match[2]), match[3])
    return found


def leader(metagraph: Metagraph) -> Neuron | None:
    """The neuron that writes records: with a permit, then with the most stake, then the oldest."""
    staked = [neuron for neuron in metagraph.neurons if neuron.stake_rao > 0]
    return min(staked, key=_precedence, default=None)


def newest_record(
    metagraph: Metagraph, commitments: Iterable[Commitment], window: int
) -> Announcement | None:
    """
    The record that counts in `window`; `None` before the first.

    Records of windows that have not ended are lies, whoever tells them.
    """
    records = announcements(RECORD, commitments)
    order = sorted((n for n in metagraph.neurons if n.stake_rao > 0), key=_precedence)
    told = [records[n.hotkey] for n in order if n.hotkey in records]
    lawful = [each for each in told if each.window <= window]
    fresh = [each for each in lawful if each.window >= window - PATIENCE_WINDOWS]
    return next(iter([*fresh, *lawful]), None)


def _precedence(neuron: Neuron) -> tuple[bool, int, int]:
    return (not neuron.validator_permit, -neuron.stake_rao, int(neuron.uid))
