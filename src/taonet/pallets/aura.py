"""
Aura: the slot that a block says it was made in, and whose turn a slot is.

Only the declarations that clients and the fee's recipient need: who makes blocks is decided by the
node's engine.

Source: polkadot-sdk substrate/frame/aura; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.config import RuntimeConfig
from taonet.frame.pallet import Constant, Pallet
from taonet.frame.state import State
from taonet.frame.storage import StorageValue
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.system import Digest, PreRuntime, System
from taonet.primitives.ids import AccountId, FixedBytes
from taonet.scale.types import U64, Struct, u64, vec

ENGINE_ID = b"aura"
AUTHORITIES_MAX = 32


def slot_duration_ms(config: RuntimeConfig) -> int:
    """The declared time between blocks; clients tell fast networks by it."""
    return config.pick(12_000, 250)


class AuraId(FixedBytes):
    """An author's sr25519 key."""

    length = 32
    scale_path = ("sp_consensus_aura", "sr25519", "app_sr25519", "Public")
    __slots__ = ()


class Slot(Struct, path="sp_consensus_slots::Slot"):
    """A slot's number: time over the slot's duration."""

    _0: U64


def aura_digest(time_ms: int, config: RuntimeConfig) -> Digest:
    """The header's logs of a block made at `time_ms`."""
    slot = time_ms // slot_duration_ms(config)
    return Digest((PreRuntime(ENGINE_ID, slot.to_bytes(8, "little")),))


class Aura(Pallet, prefix="Aura"):
    slot_duration = Constant(u64, slot_duration_ms, doc="The slot's length in milliseconds.")

    authorities = StorageValue(
        vec(AuraId, AUTHORITIES_MAX), default=(), doc="The current authority set."
    )
    current_slot = StorageValue(Slot, default=Slot(0), doc="The current slot of this block.")

    def __init__(self, state: State, system: System) -> None:
        super().__init__(state)
        self.system = system

    def on_initialize(self, number: int) -> Weight:  # noqa: ARG002
        """Take the slot out of the header's logs."""
        slot = self._slot_of_digest()
        if slot is None:
            return database_weight(reads=1)
        self.current_slot = Slot(slot)
        return database_weight(reads=2, writes=1)

    def author(self) -> AccountId | None:
        """Whose turn the current block's slot is: who gets its fees."""
        slot, authorities = self._slot_of_digest(), self.authorities
        if slot is None or not authorities:
            return None
        return AccountId(authorities[slot % len(authorities)])

    def _slot_of_digest(self) -> int | None:
        for log in self.system.digest.logs:
            if isinstance(log, PreRuntime) and log._0 == ENGINE_ID:
                return int.from_bytes(log._1, "little")
        return None
