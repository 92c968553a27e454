"""A subnet in this process, with commitments and hashes of blocks."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from taonet.neuron.chain import Commitment
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.primitives.units import NetUid


class Board:
    """What every `MemoryLedger` of one subnet shares."""

    def __init__(self, hotkeys: Iterable[str], stakes: Iterable[int]) -> None:
        self.subnet = MemorySubnet()
        self.subnet.register(*hotkeys)
        for neuron, stake in zip(list(self.subnet.neurons), stakes, strict=True):
            self.subnet.change(replace(neuron, stake_rao=stake, registered_at=0))
        self.said: list[Commitment] = []


class MemoryLedger(MemoryChain):
    """The subnet as one hotkey sees it."""

    def __init__(self, board: Board, hotkey: str) -> None:
        super().__init__(board.subnet, hotkey)
        self._board = board

    async def commit(self, netuid: NetUid, text: str) -> None:
        self._board.said.append(Commitment(self.hotkey, self._board.subnet.block, text))

    async def commitments(self, netuid: NetUid, block: int) -> list[Commitment]:
        newest = {each.hotkey: each for each in self._board.said if each.block <= block}
        return list(newest.values())

    async def block_hash(self, number: int) -> bytes:
        assert number < self._board.subnet.block, "nobody knows the hash of the newest block yet"
        return hashlib.sha256(b"block %d" % number).digest()
