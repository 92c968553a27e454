"""
MevShield: the keys that wallets encrypt their transactions to, and the carriers of what they
encrypt.

Every block announces its author's key for a later block. Announced keys move from author to next,
to pending, to current, a block each; wallets encrypt to the next one. A carrier holds the encrypted
transaction. Whoever makes the block opens it and puts what it holds right behind it, as a
transaction like any other: this pallet never sees a secret.

Here one node makes every block, on slots that its pace leaves gaps in. So the authorities take
turns by the block's number, where the real chain's take them by the slot; in a chain without gaps
that is the same. An author without a key is that node too: the key announced here is offered in its
place, so that a chain offers one from its first block, and not from its authors' second turn.

Calls stored by `store_encrypted` wait for a way to decrypt them that spec 425 does not have yet:
the next block reports each as undecodable, as the real chain's does.

Source: subtensor pallets/shield/src/lib.rs, runtime/src/lib.rs `FindAuraAuthors` @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.dispatch_outcome import Failure
from taonet.frame.origin import Origin, ensure_none, ensure_root, ensure_signed
from taonet.frame.pallet import Event, Pallet, call
from taonet.frame.storage import (
    OptionMap,
    OptionValue,
    StorageMap,
    StorageValue,
    identity,
    twox_64_concat,
)
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.aura import Aura, AuraId
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.scale.codec import encode_compact
from taonet.scale.types import (
    U32,
    U64,
    Struct,
    Type,
    boolean,
    bounded_bytes,
    option,
    u32,
    u64,
)

MEV_SHIELD_INDEX: Final = 30

PUBLIC_KEY_BYTES: Final = 1_184
"""An ML-KEM-768 encapsulation key."""

KEY_BYTES_MAX: Final = 2_048
CIPHERTEXT_BYTES_MAX: Final = 8_192
MIGRATION_NAME_BYTES_MAX: Final = 128
ON_INITIALIZE_WEIGHT_MAX: Final = 2_000_000_000_000
"""Half of a block's reference time."""

PENDING_INDEX_MAX: Final = 2**32 - 1

KEY: Final[Type[bytes]] = bounded_bytes(KEY_BYTES_MAX)
CIPHERTEXT: Final[Type[bytes]] = bounded_bytes(CIPHERTEXT_BYTES_MAX)


class PendingExtrinsic(Struct, path="pallet_shield::pallet::PendingExtrinsic"):
    """An encrypted call that waits."""

    who: AccountId
    encrypted_call: Annotated[bytes, CIPHERTEXT]
    submitted_at: U32


class EncryptedSubmitted(Event, index=0):
    """An encrypted transaction was accepted."""

    id: H256
    who: AccountId


class ExtrinsicStored(Event, index=1):
    """An encrypted call was stored, to be executed by a later block."""

    index_: U32
    who: AccountId


class ExtrinsicDecodeFailed(Event, index=2):
    """A stored call could not be decoded; it was removed."""

    index_: U32


class ExtrinsicDispatchFailed(Event, index=3):
    """A stored call was executed and refused."""

    index_: U32
    error: Failure


class ExtrinsicDispatched(Event, index=4):
    """A stored call was executed."""

    index_: U32


class ExtrinsicExpired(Event, index=5):
    """A stored call waited for too long; it was removed."""

    index_: U32


class ExtrinsicPostponed(Event, index=6):
    """A stored call has to wait for a block with more room."""

    index_: U32


class MaxPendingExtrinsicsNumberSet(Event, index=7):
    """The number of calls that may be stored was set."""

    value: U32


class OnInitializeWeightSet(Event, index=8):
    """The weight that stored calls may take of a block was set."""

    value: U64


class ExtrinsicLifetimeSet(Event, index=9):
    """The number of blocks that a stored call may wait was set."""

    value: U32


class MaxExtrinsicWeightSet(Event, index=10):
    """The weight that one stored call may take was set."""

    value: U64


class ExtrinsicWeightExceeded(Event, index=11):
    """A stored call takes more weight than one may; it was removed."""

    index_: U32


class BadEncKeyLen(ModuleError, index=0):
    """The announced key has not the length of an ML-KEM-768 key."""


class Unreachable(ModuleError, index=1):
    """The block has no author."""


class TooManyPendingExtrinsics(ModuleError, index=2):
    """As many encrypted calls are stored as may be."""


class WeightExceedsAbsoluteMax(ModuleError, index=3):
    """The weight is more than half of a block's."""


_SETTER_WRITES: Final = database_weight(writes=1)


class MevShield(Pallet, prefix="MevShield"):
    events = (
        EncryptedSubmitted,
        ExtrinsicStored,
        ExtrinsicDecodeFailed,
        ExtrinsicDispatchFailed,
        ExtrinsicDispatched,
        ExtrinsicExpired,
        ExtrinsicPostponed,
        MaxPendingExtrinsicsNumberSet,
        OnInitializeWeightSet,
        ExtrinsicLifetimeSet,
        MaxExtrinsicWeightSet,
        ExtrinsicWeightExceeded,
    )
    errors = (BadEncKeyLen, Unreachable, TooManyPendingExtrinsics, WeightExceedsAbsoluteMax)

    current_key = OptionValue(KEY, doc="The key of this block's author; not to encrypt with.")
    pending_key = OptionValue(KEY, doc="The key of the next block's author.")
    next_key = OptionValue(KEY, doc="The key to encrypt with: of the author after the next.")
    author_keys = OptionMap(
        twox_64_concat(AuraId), value=KEY, doc="The key that each author announced last."
    )
    pending_key_expires_at = OptionValue(u32, doc="The block from which PendingKey is void.")
    next_key_expires_at = OptionValue(u32, doc="The block from which NextKey is void.")
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_NAME_BYTES_MAX)),
        value=boolean,
        default=False,
        doc="Whether a migration has run.",
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
    pending_extrinsics = OptionMap(
        identity(u32), value=PendingExtrinsic, doc="The encrypted calls that wait, by number."
    )
    next_pending_extrinsic_index = StorageValue(
        u32, default=0, doc="The number of the next encrypted call."
    )

    def __init__(self, system: System, aura: Aura) -> None:
        super().__init__(system.state)
        self._system = system
        self._aura = aura

    def on_initialize(self, number: int) -> Weight:
        """Take every stored call out: expired, or, as nothing decrypts it, undecodable."""
        count = self.counter_for_pending_extrinsics
        weight = database_weight(reads=2)
        if not count:
            return weight
        end = self.next_pending_extrinsic_index
        for index in range(max(0, end - count), end):
            pending = self.pending_extrinsics[index]
            if pending is None:
                weight += database_weight(reads=1)
                continue
            expired = number - pending.submitted_at > self.extrinsic_lifetime
            self.deposit_event((ExtrinsicExpired if expired else ExtrinsicDecodeFailed)(index))
            del self.pending_extrinsics[index]
            self.counter_for_pending_extrinsics -= 1
            weight += database_weight(reads=1, writes=2)
        return weight

    @call(index=0, weight=Weight(33_661_000, 5555) + database_weight(reads=4, writes=6))
    def announce_next_key(
        self, origin: Origin, enc_key: Annotated[bytes | None, option(KEY)]
    ) -> None:
        """
        Announce the author's key for a later block, or that it has none.

        The block's author does so at its start; nobody else can.
        """
        ensure_none(origin)
        author, after_next = self._author(0), self._author(2)
        if author is None or after_next is None:
            raise Unreachable
        if enc_key is not None and len(enc_key) != PUBLIC_KEY_BYTES:
            raise BadEncKeyLen
        self.current_key = self.pending_key
        self.pending_key = self.next_key
        # Read before this author's own key is replaced: that one is for its next turn. Where the
        # author after the next has none yet, it is the same node with the key it announces here.
        self.next_key = self.author_keys[after_next] or enc_key
        self.author_keys[author] = enc_key
        now = self._system.number
        self.pending_key_expires_at = None if self.pending_key is None else now + 2
        self.next_key_expires_at = None if self.next_key is None else now + 3

    @call(index=1, weight=Weight(207_223_000, 0))
    def submit_encrypted(self, origin: Origin, ciphertext: Annotated[bytes, CIPHERTEXT]) -> None:
        """
        Carry a signed transaction that is encrypted to `NextKey`.

        The block's author opens it and puts it right behind this one. Where one account signs both,
        the inner transaction's nonce is this one's plus one.
        """
        who = ensure_signed(origin)
        carried = who + encode_compact(len(ciphertext)) + ciphertext
        self.deposit_event(EncryptedSubmitted(id=H256(blake2_256(carried)), who=who))

    @call(index=2, weight=Weight(20_000_000_000, 0))
    def store_encrypted(self, origin: Origin, encrypted_call: Annotated[bytes, CIPHERTEXT]) -> None:
        """Store an encrypted call, to be executed by a later block."""
        who = ensure_signed(origin)
        if self.counter_for_pending_extrinsics >= self.max_pending_extrinsics_limit:
            raise TooManyPendingExtrinsics
        index = self.next_pending_extrinsic_index
        if index not in self.pending_extrinsics:
            self.counter_for_pending_extrinsics += 1
        self.pending_extrinsics[index] = PendingExtrinsic(who, encrypted_call, self._system.number)
        self.next_pending_extrinsic_index = min(index + 1, PENDING_INDEX_MAX)
        self.deposit_event(ExtrinsicStored(index_=index, who=who))

    @call(index=3, weight=Weight(4_206_000, 0) + _SETTER_WRITES)
    def set_max_pending_extrinsics_number(self, origin: Origin, value: U32) -> None:
        """Set how many encrypted calls may be stored; root only."""
        ensure_root(origin)
        self.max_pending_extrinsics_limit = value
        self.deposit_event(MaxPendingExtrinsicsNumberSet(value=value))

    @call(index=4, weight=Weight(4_327_000, 0) + _SETTER_WRITES)
    def set_on_initialize_weight(self, origin: Origin, value: U64) -> None:
        """Set the weight that stored calls may take of a block, at most half of it; root only."""
        ensure_root(origin)
        if value > ON_INITIALIZE_WEIGHT_MAX:
            raise WeightExceedsAbsoluteMax
        self.on_initialize_weight = value
        self.deposit_event(OnInitializeWeightSet(value=value))

    @call(index=5, weight=Weight(4_116_000, 0) + _SETTER_WRITES)
    def set_stored_extrinsic_lifetime(self, origin: Origin, value: U32) -> None:
        """Set for how many blocks a stored call may wait; root only."""
        ensure_root(origin)
        self.extrinsic_lifetime = value
        self.deposit_event(ExtrinsicLifetimeSet(value=value))

    @call(index=6, weight=Weight(4_227_000, 0) + _SETTER_WRITES)
    def set_max_extrinsic_weight(self, origin: Origin, value: U64) -> None:
        """Set the weight that one stored call may take, at most half of a block's; root only."""
        ensure_root(origin)
        if value > ON_INITIALIZE_WEIGHT_MAX:
            raise WeightExceedsAbsoluteMax
        self.max_extrinsic_weight = value
        self.deposit_event(MaxExtrinsicWeightSet(value=value))

    def _author(self, later: int) -> AuraId | None:
        """The authority whose turn it is `later` blocks after this one."""
        authorities = self._aura.authorities
        if not authorities:
            return None
        return authorities[(self._system.number + later) % len(authorities)]

    def try_state(self) -> None:
        """The counter counts what is stored, and announced keys are of the right length."""
        assert self.counter_for_pending_extrinsics == len(list(self.pending_extrinsics.keys()))
        announced = (self.current_key, self.pending_key, self.next_key, *self.author_keys.values())
        assert all(len(key) == PUBLIC_KEY_BYTES for key in announced if key is not None)
