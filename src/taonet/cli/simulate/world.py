"""
The real runtime in memory: blocks without a node, calls without signatures or fees.

A call is dispatched as the block would dispatch it, guards and filter included; what is refused is
counted by the error's name and leaves no trace.
"""

from typing import Any, Final

from taonet.cli.simulate.ledger import Participant
from taonet.frame.call import Call
from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Root, Signed
from taonet.frame.overlay import DictState
from taonet.frame.state import State
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.runtime.executive import Executive
from taonet.runtime.extrinsic import decode_extrinsic
from taonet.runtime.genesis import GenesisPlan, localnet_genesis
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime

BLOCK_TIME_MS: Final = 12_000


class World:
    """A chain from its genesis on; `balances` is who holds TAO at the start."""

    def __init__(self, config: RuntimeConfig, balances: dict[AccountId, Rao], seed: int) -> None:
        genesis = localnet_genesis(config, GenesisPlan(balances=balances))
        self.runtime = Runtime(State(DictState(genesis), config))
        self._executive = Executive(self.runtime)
        self._parent_hash = blake2_256(seed.to_bytes(8, "little"))
        self.number = 0

    @property
    def chain(self) -> Any:
        """SubtensorModule's storage and classes, to read."""
        return self.runtime.subtensor

    def begin_block(self) -> None:
        """Start the next block: emission, and the epochs that are due."""
        self.number += 1
        time_ms = self.number * BLOCK_TIME_MS
        self._executive.initialize_block(
            number=self.number, parent_hash=self._parent_hash, time_ms=time_ms
        )
        for raw in self._executive.inherents(time_ms):
            self._executive.apply_extrinsic(decode_extrinsic(self.runtime.codecs, raw))

    def end_block(self) -> None:
        """End the block."""
        self._executive.finalize_block()
        self._parent_hash = blake2_256(self._parent_hash + self.number.to_bytes(8, "little"))

    def as_root(self, pallet: str, name: str, *arguments: Any) -> None:
        """A call with the network's own authority; raises `DispatchError`."""
        self.runtime.apply(Call(*CALLS[pallet, name], arguments), Root())

    def sign(self, who: AccountId, name: str, *arguments: Any) -> None:
        """A call of SubtensorModule by an account; raises `DispatchError`."""
        self.runtime.apply(Call(*CALLS["SubtensorModule", name], arguments), Signed(who))

    def attempt(self, who: AccountId, participant: Participant, name: str, *arguments: Any) -> bool:
        """A participant's call by its hotkey or coldkey; whether the chain accepted it."""
        participant.calls += 1
        try:
            self.sign(who, name, *arguments)
        except DispatchError as refusal:
            participant.refused[type(refusal).__name__] += 1
            return False
        return True

    def free(self, account: AccountId) -> Rao:
        """The TAO that an account can spend."""
        return Rao(int(self.chain.tao.balance(account)))

    def alpha_of(self, participant: Participant) -> Alpha:
        """The participant's stake in its subnet."""
        pools = self.chain.staking.pools
        stake: Alpha = pools.stake(participant.stakes_on, participant.coldkey, participant.netuid)
        return stake

    def price_bits(self, netuid: NetUid) -> int:
        """The spot price in TAO per alpha, over 2**64."""
        return int(self.runtime.swap.price(netuid))

    def value_rao(self, participant: Participant) -> int:
        """What it has: TAO, and alpha at the spot price, which selling it all would not fetch."""
        alpha = int(self.alpha_of(participant))
        held = alpha * self.price_bits(participant.netuid) >> 64
        return int(self.free(participant.coldkey)) + held
