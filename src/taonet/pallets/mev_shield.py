"""
MevShield: the key that wallets encrypt their transactions to, and the carrier of what they encrypt.

An author announces its key at the start of a block; the key moves from next to pending to current,
a block each. A key that was announced stays until another one is, so that an author who keeps its
key need not repeat it.

Source: subtensor pallets/shield/src/lib.rs, runtime/src/lib.rs `FindAuraAuthors` @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_none, ensure_signed
from taonet.frame.pallet import Event, Pallet, call
from taonet.frame.storage import (
    OptionMap,
    OptionValue,
    StorageMap,
    StorageValue,
    identity,
    twox_64_concat,
)
from taonet.frame.weight import DispatchClass, Weight, database_weight
from taonet.pallets.aura import Aura, AuraId
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.scale.codec import encode_compact
from taonet.scale.types import Type, boolean, bounded_bytes, option, u32, u64

MEV_SHIELD_INDEX: Final = 30

PUBLIC_KEY_BYTES: Final = 1_184
"""An ML-KEM-768 encapsulation key."""

KEY_BYTES_MAX: Final = 2_048
CIPHERTEXT_BYTES_MAX: Final = 8_192
MIGRATION_NAME_BYTES_MAX: Final = 128

KEY: Final[Type[bytes]] = bounded_bytes(KEY_BYTES_MAX)


class EncryptedSubmitted(Event, index=0):
    """An encrypted transaction was accepted."""

    id: H256
    who: AccountId


class BadEncKeyLen(ModuleError, index=0):
    """The announced key has a wrong length."""


class Unreachable(ModuleError, index=1):
    """The block has no author."""


class MevShield(Pallet, prefix="MevShield"):
    events = (EncryptedSubmitted,)
    errors = (BadEncKeyLen, Unreachable)

    current_key = OptionValue(KEY, doc="Key of the current block's author.")
    pending_key = OptionValue(KEY, doc="Key of the next block's author.")
    next_key = OptionValue(KEY, doc="Key to encrypt with.")
    author_keys = OptionMap(twox_64_concat(AuraId), value=KEY, doc="Each author's last key.")
    pending_key_expires_at = OptionValue(u32, doc="Block from which the pending key is no more.")
    next_key_expires_at = OptionValue(u32, doc="Block from which the next key is no more.")
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_NAME_BYTES_MAX)),
        value=boolean,
        default=False,
        doc="Migrations that ran.",
    )
    max_pending_extrinsics_limit = StorageValue(
        u32, default=100, doc="How many encrypted calls may wait."
    )
    extrinsic_lifetime = StorageValue(
        u32, default=10, doc="For how many blocks an encrypted call may wait."
    )
    on_initialize_weight = StorageValue(
        u64, default=500_000_000_000, doc="The weight that waiting calls may take of a block."
    )
    max_extrinsic_weight = StorageValue(
        u64, default=50_000_000_000, doc="The weight that one waiting call may take."
    )
    counter_for_pending_extrinsics = StorageValue(
        u32, default=0, doc="How many encrypted calls wait."
    )
    next_pending_extrinsic_index = StorageValue(
        u32, default=0, doc="The number of the next encrypted call."
    )

    def __init__(self, system: System, aura: Aura) -> None:
        super().__init__(system.state)
        self._system = system
        self._aura = aura

    @call(
        index=0,
        weight=Weight(33_661_000, 5555) + database_weight(reads=4, writes=6),
        dispatch_class=DispatchClass.MANDATORY,
    )
    def announce_next_key(
        self, origin: Origin, enc_key: Annotated[bytes | None, option(KEY)]
    ) -> None:
        """Announce the author's key; the block's author does, at the start of its block."""
        ensure_none(origin)
        author = self._author(0)
        if author is None:
            raise Unreachable
        if enc_key is not None and len(enc_key) != PUBLIC_KEY_BYTES:
            raise BadEncKeyLen
        after_next = self._author(2)
        assert after_next is not None
        self.current_key = self.pending_key
        self.pending_key = self.next_key
        # The only author there is announces for all of them.
        self.next_key = self.author_keys[after_next] or enc_key
        self.author_keys[author] = enc_key
        now = self._system.number
        self.pending_key_expires_at = None if self.pending_key is None else now + 2
        self.next_key_expires_at = None if self.next_key is None else now + 3

    @call(index=1, weight=Weight(207_223_000, 0))
    def submit_encrypted(
        self, origin: Origin, ciphertext: Annotated[bytes, bounded_bytes(CIPHERTEXT_BYTES_MAX)]
    ) -> None:
        """Carry an encrypted transaction; the block's author opens it and puts it behind this."""
        who = ensure_signed(origin)
        carried = who + encode_compact(len(ciphertext)) + ciphertext
        self.deposit_event(EncryptedSubmitted(id=H256(blake2_256(carried)), who=who))

    def _author(self, later: int) -> AuraId | None:
        """Whose slot comes `later` slots after the current one."""
        authorities = self._aura.authorities
        if not authorities:
            return None
        slot = self._aura.current_slot._0 + later
        return authorities[slot % len(authorities)]
