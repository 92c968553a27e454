"""
System: accounts and their references, the block's number, hashes, weight, digest and events.

What the real chain keeps only while a block runs (`ExecutionPhase`, `ExtrinsicCount`,
`AllExtrinsicsLen`) is declared for clients and never stored here: the executive holds it.

Source: polkadot-sdk substrate/frame/system.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from taonet.frame.call import DispatchInfo
from taonet.frame.dispatch_error import (
    ConsumerRemaining,
    ModuleError,
    NoProviders,
    TooManyConsumers,
)
from taonet.frame.dispatch_outcome import Failure
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.storage import (
    OptionValue,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    twox_64_concat,
)
from taonet.frame.weight import (
    READ_REF_TIME,
    WRITE_REF_TIME,
    DispatchClass,
    Weight,
    database_weight,
)
from taonet.pallets.block_limits import (
    BLOCK_HASH_COUNT,
    BLOCK_LENGTH,
    BLOCK_WEIGHTS,
    BlockLength,
    BlockWeights,
    PerDispatchClassWeight,
)
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.ss58 import SS58_PREFIX
from taonet.scale.types import (
    U32,
    U64,
    U128,
    CompactU32,
    CowStr,
    Late,
    Struct,
    TaggedUnion,
    Type,
    boolean,
    byte_array,
    byte_vec,
    pair,
    u16,
    u32,
    vec,
)

CONSUMERS_MAX = 16
"""How many pallets may keep one account alive."""

NEW_LOGIC = 1 << 127
"""The flag of accounts whose reserves and freezes count as consumers."""


class ExtraFlags(Struct, path="pallet_balances::types::ExtraFlags"):
    """The highest bit says that an account's references follow the new rules."""

    _0: U128


class AccountData(Struct, path="pallet_balances::types::AccountData"):
    """An account's balances, in rao: `frozen` is a floor under `free + reserved`."""

    free: U64
    reserved: U64
    frozen: U64
    flags: ExtraFlags


class AccountInfo(Struct, path="frame_system::AccountInfo"):
    """An account lives while `providers` or `sufficients` is positive."""

    nonce: U32
    consumers: U32
    providers: U32
    sufficients: U32
    data: AccountData


NEW_FLAGS = ExtraFlags(NEW_LOGIC)
NO_BALANCE = AccountData(0, 0, 0, NEW_FLAGS)
NO_ACCOUNT = AccountInfo(0, 0, 0, 0, NO_BALANCE)


class DigestItem(TaggedUnion, path="sp_runtime::generic::digest::DigestItem"):
    """A log in a block's header."""


class PreRuntime(DigestItem, index=6):
    """What the author says to the runtime: the slot."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class Consensus(DigestItem, index=4):
    """What the runtime says to consensus."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class Seal(DigestItem, index=5):
    """The author's signature."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class OtherLog(DigestItem, index=0, name="Other"):
    """Anything else."""

    _0: bytes


class RuntimeEnvironmentUpdated(DigestItem, index=8):
    """The code or the heap's size changed."""


class Digest(Struct, path="sp_runtime::generic::digest::Digest"):
    """A header's logs."""

    logs: tuple[DigestItem, ...]


class Phase(TaggedUnion, path="frame_system::Phase"):
    """When an event happened."""


class ApplyExtrinsic(Phase, index=0):
    """While the extrinsic of this index was applied."""

    _0: U32


class Finalization(Phase, index=1):
    """While the block ended."""


class Initialization(Phase, index=2):
    """While the block started."""


RUNTIME_EVENT: Type[Event] = Late("RuntimeEvent")


class EventRecord(
    Struct, path="frame_system::EventRecord", parameters={"E": RUNTIME_EVENT, "T": H256}
):
    """An event, when it happened, and the topics it can be found by."""

    phase: Phase
    event: Annotated[Event, RUNTIME_EVENT]
    topics: tuple[H256, ...]


class LastRuntimeUpgradeInfo(Struct, path="frame_system::LastRuntimeUpgradeInfo"):
    """The runtime that migrated the state last."""

    spec_version: CompactU32
    spec_name: CowStr


class CodeUpgradeAuthorization(Struct, path="frame_system::CodeUpgradeAuthorization"):
    """The hash of a runtime that anyone may apply."""

    code_hash: H256
    check_version: bool


class RuntimeDbWeight(Struct, path="sp_weights::RuntimeDbWeight"):
    """What a read and a write of the store weigh, in picoseconds."""

    read: U64
    write: U64


class ExtrinsicSuccess(Event, index=0):
    """An extrinsic completed successfully."""

    dispatch_info: DispatchInfo


class ExtrinsicFailed(Event, index=1):
    """An extrinsic failed."""

    dispatch_error: Failure
    dispatch_info: DispatchInfo


class CodeUpdated(Event, index=2):
    """The runtime was replaced."""


class NewAccount(Event, index=3):
    """A new account was created."""

    account: AccountId


class KilledAccount(Event, index=4):
    """An account was reaped."""

    account: AccountId


class Remarked(Event, index=5):
    """A remark was made."""

    sender: AccountId
    hash: H256


class UpgradeAuthorized(Event, index=6):
    """An upgrade was authorized."""

    code_hash: H256
    check_version: bool


class RejectedInvalidAuthorizedUpgrade(Event, index=7):
    """An authorized upgrade was refused, its runtime being unfit."""

    code_hash: H256
    error: Failure


class InvalidSpecName(ModuleError, index=0):
    """The name of specification does not match between the current runtime and the new runtime."""


class SpecVersionNeedsToIncrease(ModuleError, index=1):
    """The specification version may not decrease between the current and the new runtime."""


class FailedToExtractRuntimeVersion(ModuleError, index=2):
    """The new runtime does not tell its version: this chain's runtime is not replaced by a call."""


class NonDefaultComposite(ModuleError, index=3):
    """The account still has data and cannot be removed."""


class NonZeroRefCount(ModuleError, index=4):
    """There is a non-zero reference count preventing the account from being purged."""


class CallFiltered(ModuleError, index=5):
    """The origin filter prevents the call to be dispatched."""


class MultiBlockMigrationsOngoing(ModuleError, index=6):
    """A migration is running and prevents the current code from being replaced."""


class NothingAuthorized(ModuleError, index=7):
    """No upgrade authorized."""


class Unauthorized(ModuleError, index=8):
    """The submitted code is not authorized."""


def _items_weight(items: Sequence[Any]) -> Weight:
    return Weight(2_175_000 + (841_511 + WRITE_REF_TIME) * len(items), 0)


def _keys_weight(keys: Sequence[Any]) -> Weight:
    return Weight(2_255_000 + (662_473 + WRITE_REF_TIME) * len(keys), 0)


def _prefix_weight(_prefix: bytes, subkeys: int) -> Weight:
    keys = subkeys + 1
    each = 1_389_650 + READ_REF_TIME + WRITE_REF_TIME
    return Weight(4_270_000 + each * keys, 128 + 70 * keys)


_SET_CODE = Weight(87_586_619_000, 1485) + database_weight(reads=1, writes=2)
_APPLY_UPGRADE = Weight(118_101_992_000, 1518) + database_weight(reads=2, writes=3)


class System(Pallet, prefix="System"):
    events = (
        ExtrinsicSuccess,
        ExtrinsicFailed,
        CodeUpdated,
        NewAccount,
        KilledAccount,
        Remarked,
        UpgradeAuthorized,
        RejectedInvalidAuthorizedUpgrade,
    )
    errors = (
        InvalidSpecName,
        SpecVersionNeedsToIncrease,
        FailedToExtractRuntimeVersion,
        NonDefaultComposite,
        NonZeroRefCount,
        CallFiltered,
        MultiBlockMigrationsOngoing,
        NothingAuthorized,
        Unauthorized,
    )

    block_weights = Constant(BlockWeights, BLOCK_WEIGHTS, doc="Block and extrinsic weight limits.")
    block_length = Constant(
        BlockLength, BLOCK_LENGTH, doc="The maximum length of a block in bytes."
    )
    block_hash_count = Constant(
        u32, BLOCK_HASH_COUNT, doc="How many past blocks' hashes are kept, oldest pruned first."
    )
    db_weight = Constant(
        RuntimeDbWeight,
        RuntimeDbWeight(READ_REF_TIME, WRITE_REF_TIME),
        doc="The weight of the store's reads and writes.",
    )
    ss58_prefix = Constant(u16, SS58_PREFIX, doc="The prefix of addresses.", name="SS58Prefix")

    account = StorageMap(
        blake2_128_concat(AccountId),
        value=AccountInfo,
        default=NO_ACCOUNT,
        doc="The full account information for a particular account ID.",
    )
    extrinsic_count = OptionValue(u32, doc="Extrinsics of the current block.")
    inherents_applied = StorageValue(
        boolean, default=False, doc="Whether all inherents have been applied."
    )
    block_weight = StorageValue(
        PerDispatchClassWeight,
        default=PerDispatchClassWeight(Weight(0, 0), Weight(0, 0), Weight(0, 0)),
        doc="The weight of the current block, by dispatch class.",
    )
    all_extrinsics_len = OptionValue(u32, doc="Total bytes of the current block's extrinsics.")
    block_hash = StorageMap(
        twox_64_concat(u32), value=H256, default=H256.zero(), doc="Block numbers to block hashes."
    )
    extrinsic_data = StorageMap(
        twox_64_concat(u32), value=byte_vec, default=b"", doc="The current block's extrinsics."
    )
    number = StorageValue(u32, default=0, doc="The current block's number.")
    parent_hash = StorageValue(H256, default=H256.zero(), doc="Hash of the previous block.")
    digest = StorageValue(Digest, default=Digest(()), doc="The current block's digest.")
    events_ = StorageValue(
        vec(EventRecord),
        default=(),
        doc="Events of the current block. Read them off chain; their number is unbounded.",
        name="Events",
    )
    event_count = StorageValue(u32, default=0, doc="The number of events in `Events`.")
    event_topics = StorageMap(
        blake2_128_concat(H256),
        value=vec(pair(u32, u32)),
        default=(),
        doc="Where events with a topic are: block numbers and places in `Events`.",
    )
    last_runtime_upgrade = OptionValue(
        LastRuntimeUpgradeInfo, doc="The version and name of the runtime that last migrated."
    )
    upgraded_to_u32_ref_count = StorageValue(
        boolean,
        default=False,
        doc="True if references are counted in u32.",
        name="UpgradedToU32RefCount",
    )
    upgraded_to_triple_ref_count = StorageValue(
        boolean, default=False, doc="True if accounts have three kinds of reference."
    )
    execution_phase = OptionValue(Phase, doc="The execution phase of the block.")
    authorized_upgrade = OptionValue(
        CodeUpgradeAuthorization, doc="The upgrade that anyone may apply."
    )
    extrinsic_weight_reclaimed = StorageValue(
        Weight, default=Weight(0, 0), doc="The weight reclaimed for the current extrinsic."
    )

    @call(index=0, weight=lambda remark: Weight(2_119_000 + 390 * len(remark), 0))
    def remark(self, origin: Origin, remark: bytes) -> None:
        """Make some on-chain remark. Can be executed by every origin."""

    @call(
        index=1,
        weight=Weight(4_782_000, 1485) + database_weight(reads=1, writes=2),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def set_heap_pages(self, origin: Origin, pages: U64) -> None:
        """Set the number of pages in the WebAssembly environment's heap; only noted here."""
        ensure_root(origin)
        self.state.overlay.put(b":heappages", pages.to_bytes(8, "little"))
        self.digest = Digest((*self.digest.logs, RuntimeEnvironmentUpdated()))

    @call(index=2, weight=_SET_CODE, dispatch_class=DispatchClass.OPERATIONAL)
    def set_code(self, origin: Origin, code: bytes) -> None:  # noqa: ARG002
        """Refused: this chain's runtime is replaced with the node, at a height, not by a call."""
        ensure_root(origin)
        raise FailedToExtractRuntimeVersion

    @call(index=3, weight=_SET_CODE, dispatch_class=DispatchClass.OPERATIONAL)
    def set_code_without_checks(self, origin: Origin, code: bytes) -> None:  # noqa: ARG002
        """Refused: this chain's runtime is replaced with the node, at a height, not by a call."""
        ensure_root(origin)
        raise FailedToExtractRuntimeVersion

    @call(index=4, weight=_items_weight, dispatch_class=DispatchClass.OPERATIONAL)
    def set_storage(self, origin: Origin, items: tuple[tuple[bytes, bytes], ...]) -> None:
        """Set some items of storage."""
        ensure_root(origin)
        for key, value in items:
            self.state.overlay.put(key, value)

    @call(index=5, weight=_keys_weight, dispatch_class=DispatchClass.OPERATIONAL)
    def kill_storage(self, origin: Origin, keys: tuple[bytes, ...]) -> None:
        """Kill some items from storage."""
        ensure_root(origin)
        for key in keys:
            self.state.remove(key)

    @call(index=6, weight=_prefix_weight, dispatch_class=DispatchClass.OPERATIONAL)
    def kill_prefix(self, origin: Origin, prefix: bytes, subkeys: U32) -> None:
        """Kill all storage items with a key that starts with the given prefix."""
        ensure_root(origin)
        for number, key in enumerate(list(self.state.keys(prefix))):
            if number >= subkeys:
                break
            self.state.remove(key)

    @call(index=7, weight=lambda remark: Weight(8_097_000 + 1_455 * len(remark), 0))
    def remark_with_event(self, origin: Origin, remark: bytes) -> None:
        """Make some on-chain remark and emit event."""
        sender = ensure_signed(origin)
        self.deposit_event(Remarked(sender=sender, hash=H256(blake2_256(remark))))

    @call(
        index=9,
        weight=Weight(33_027_000, 0) + database_weight(writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def authorize_upgrade(self, origin: Origin, code_hash: H256) -> None:
        """Authorize an upgrade to a given `code_hash` for the runtime, to be applied later."""
        self._authorize(origin, CodeUpgradeAuthorization(code_hash, check_version=True))

    @call(
        index=10,
        weight=Weight(33_027_000, 0) + database_weight(writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def authorize_upgrade_without_checks(self, origin: Origin, code_hash: H256) -> None:
        """Authorize an upgrade to a given `code_hash` without checking its version."""
        self._authorize(origin, CodeUpgradeAuthorization(code_hash, check_version=False))

    @call(index=11, weight=_APPLY_UPGRADE, dispatch_class=DispatchClass.OPERATIONAL)
    def apply_authorized_upgrade(self, origin: Origin, code: bytes) -> None:  # noqa: ARG002
        """Refused, as `set_code` is, once the authorization and the code's hash are checked."""
        authorized = self.authorized_upgrade
        if authorized is None:
            raise NothingAuthorized
        if authorized.code_hash != blake2_256(code):
            raise Unauthorized
        raise FailedToExtractRuntimeVersion

    def _authorize(self, origin: Origin, authorization: CodeUpgradeAuthorization) -> None:
        ensure_root(origin)
        self.authorized_upgrade = authorization
        self.deposit_event(
            UpgradeAuthorized(
                code_hash=authorization.code_hash, check_version=authorization.check_version
            )
        )

    def increment_nonce(self, who: AccountId) -> None:
        """Count one more transaction of `who`."""
        info = self.account[who]
        self.account[who] = AccountInfo(
            info.nonce + 1, info.consumers, info.providers, info.sufficients, info.data
        )

    def increment_providers(self, who: AccountId) -> None:
        """Let one more reason provide for the account, which may create it."""
        self.settle(who, self.account[who], None, provides=1)

    def decrement_providers(self, who: AccountId) -> None:
        """Take one reason back; the last one kills the account. Raises `ConsumerRemaining`."""
        self.settle(who, self.account[who], None, provides=-1)

    def increment_consumers(self, who: AccountId) -> None:
        """Keep the account alive for one more reason; `NoProviders`, `TooManyConsumers`."""
        self.settle(who, self.account[who], None, consumes=1)

    def decrement_consumers(self, who: AccountId) -> None:
        """Take one such reason back."""
        self.settle(who, self.account[who], None, consumes=-1)

    def increment_sufficients(self, who: AccountId) -> None:
        """Let one more reason keep the account that needs no balance."""
        info = self.account[who]
        created = info.providers + info.sufficients == 0
        self.account[who] = AccountInfo(
            info.nonce, info.consumers, info.providers, info.sufficients + 1, info.data
        )
        if created:
            self.deposit_event(NewAccount(account=who))

    def decrement_sufficients(self, who: AccountId) -> None:
        """Take such a reason back; the last reason of all kills the account."""
        info = self.account[who]
        if info.sufficients == 0:
            return
        if info.sufficients == 1 and info.providers == 0:
            self._reap(who)
            return
        self.account[who] = AccountInfo(
            info.nonce, info.consumers, info.providers, info.sufficients - 1, info.data
        )

    def settle(
        self,
        who: AccountId,
        before: AccountInfo,
        data: AccountData | None,
        *,
        provides: int = 0,
        consumes: int = 0,
    ) -> None:
        """
        Write an account with new `data` (None keeps it) and references changed by one each.

        Raises `NoProviders` or `TooManyConsumers` for a consumer that cannot be added, and
        `ConsumerRemaining` where the last provider would leave while a consumer stays.
        """
        consumers = max(before.consumers + consumes, 0)
        providers = before.providers + provides
        if consumes > 0:
            if before.providers == 0 and provides <= 0:
                raise NoProviders
            if consumers > CONSUMERS_MAX:
                raise TooManyConsumers
        if provides < 0 and providers <= 0:
            if consumers > 0:
                raise ConsumerRemaining
            if before.sufficients == 0:
                self._reap(who)
                return
        if max(providers, 0) + before.sufficients == 0:
            # It was not alive and is not made so: what has no reason to be is not stored.
            return
        if data is None:
            data = before.data
        self.account[who] = AccountInfo(
            before.nonce, consumers, max(providers, 0), before.sufficients, data
        )
        if provides > 0 and before.providers == 0 and before.sufficients == 0:
            self.deposit_event(NewAccount(account=who))

    def _reap(self, who: AccountId) -> None:
        del self.account[who]
        self.deposit_event(KilledAccount(account=who))

    def begin_block(self, number: int, parent_hash: H256, digest: Digest) -> None:
        """Note the block that starts; its parent's hash is known from now on."""
        self.number = number
        self.parent_hash = parent_hash
        self.digest = digest
        self.block_hash[number - 1] = parent_hash

    def prune_block_hashes(self) -> None:
        """Forget the one hash that is too old now; genesis' stays."""
        oldest = self.number - BLOCK_HASH_COUNT - 1
        if oldest > 0:
            del self.block_hash[oldest]

    def try_state(self) -> None:
        """
        Every stored account is alive, or counts the calls that it made for free, which anyone may
        sign; what is not alive holds nothing else.
        """
        for who, info in self.account.items():
            alive = info.providers + info.sufficients > 0
            assert alive or info.nonce, f"{who.hex()} is stored but not alive"
            assert alive or info.data == NO_BALANCE, f"{who.hex()} holds TAO but is not alive"
            assert info.consumers == 0 or info.providers > 0, f"{who.hex()} has only consumers"
