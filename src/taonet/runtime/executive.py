"""
The executive: blocks, from their first write to their last.

    executive.initialize_block(number=…, parent_hash=…, time_ms=…, digest=…)
    for raw in executive.inherents(time_ms): executive.apply_extrinsic(decode(raw))
    for extrinsic in …: executive.apply_extrinsic(extrinsic)
    executive.finalize_block()

What the block wrote is then in `runtime.state.overlay.changes()`. An extrinsic that may not stand
in the block raises `TransactionInvalid` and leaves no trace; one whose call is refused stays in the
block, pays its fee and says why in an event.

Source: polkadot-sdk substrate/frame/executive.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

from taonet.frame.call import RUNTIME_CALL, Call, DispatchInfo
from taonet.frame.config import ClientProfile
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin, Signed, Unsigned
from taonet.frame.pallet import PostInfo
from taonet.frame.state import Deposited
from taonet.frame.weight import DispatchClass, Pays, Weight
from taonet.pallets.block_limits import BASE_EXTRINSIC, BLOCK_WEIGHTS
from taonet.pallets.drand.beacon import Drand
from taonet.pallets.system import (
    Digest,
    DigestItem,
    ExtrinsicFailed,
    ExtrinsicSuccess,
    LastRuntimeUpgradeInfo,
    System,
)
from taonet.pallets.timestamp import InvalidInherent
from taonet.pallets.transaction_payment import (
    FeeDetails,
    fee_details,
    fee_of,
)
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.runtime.block_use import BlockUse, check_alone
from taonet.runtime.extrinsic import Extrinsic, encode_bare
from taonet.runtime.fee_payment import FeePayment
from taonet.runtime.pallets import CALLS
from taonet.runtime.pulse_validity import PulseValidity
from taonet.runtime.runtime import Runtime
from taonet.runtime.self_contained import SelfContained, is_self_contained
from taonet.runtime.transaction_checks import BlockView, TransactionChecks
from taonet.runtime.transaction_validity import (
    Invalid,
    TransactionInvalid,
    TransactionUnknown,
    ValidTransaction,
)
from taonet.runtime.version import SPEC_NAME, SPEC_VERSION
from taonet.scale.codec import encode_compact

_FREE = PostInfo()
_FINALIZATION, _INITIALIZATION = b"\x01", b"\x02"

INHERENTS = frozenset({"Timestamp.set", "MevShield.announce_next_key"})
"""What a block's author says at its start. Only the time is mandatory, and may not fail."""

INFOS_REMEMBERED = 1 << 10
"""Weights of extrinsics that are remembered: more than there are calls of a fixed one."""


@runtime_checkable
class UnsignedValidator(Protocol):
    """A pallet that lets strangers make calls without a signature."""

    def validate_unsigned(self, call: Call) -> ValidTransaction:
        """What the pool is told of a call that may stand in a block; else `TransactionInvalid`."""


class Executive:
    """Runs blocks over a runtime's state, one at a time."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._fees = FeePayment(runtime)
        self._checks = TransactionChecks(runtime, self._fees)
        self._pulses = PulseValidity(runtime.pulses)
        self._self_contained = SelfContained(runtime)
        self._use = BlockUse(BLOCK_WEIGHTS.base_block)
        self._block = BlockView(0, H256.zero())
        self._index = 0
        self._inherents = 0
        self._author: AccountId | None = None
        # What the pool does not say to older clients, the dispatch has still to say.
        self._guards_passed = runtime.config.client_profile is not ClientProfile.SDK10

    def validate_transaction(
        self, extrinsic: Extrinsic, *, parent_hash: bytes, signature_checked: bool = False
    ) -> ValidTransaction:
        """
        Whether the next block, on the head `parent_hash` that the state is after, may hold it.

        Raises `TransactionInvalid`; a nonce ahead of the account's is valid and `requires` the one
        before. Writes nothing.
        """
        info = extrinsic.call.info()
        if extrinsic.signer is None:
            valid = self._validate_bare(extrinsic, info, self.runtime.system.number + 1)
            if extrinsic.call.pallet == Drand.prefix:
                self._pulses.check_beacon(extrinsic.call)
            return valid
        block = BlockView(self.runtime.system.number + 1, parent_hash)
        account, _ = self._checks.check(extrinsic, info, block, signature_checked=signature_checked)
        return self._checks.valid(extrinsic, info, account, block)

    def payload_of(self, extrinsic: Extrinsic, parent_hash: bytes) -> bytes:
        """What a signed extrinsic's signer signed, if the next block is to hold it."""
        block = BlockView(self.runtime.system.number + 1, parent_hash)
        return self._checks.payload(extrinsic, block)

    def initialize_block(
        self, *, number: int, parent_hash: bytes, time_ms: int, digest: Sequence[bytes] = ()
    ) -> None:
        """Start block `number`; `digest` are its header's encoded logs, the slot among them."""
        runtime, state = self.runtime, self.runtime.state
        assert number == runtime.system.number + 1, f"block {number} after {runtime.system.number}"
        assert time_ms > runtime.timestamp.now, "time goes forward from block to block"
        state.events.clear()
        state.extrinsic, state.finalizing = None, False
        logs = tuple(runtime.codecs.of(DigestItem).decode(log) for log in digest)
        self._block, self._index, self._inherents = BlockView(number, parent_hash), 0, 0
        runtime.system.begin_block(number, H256(parent_hash), Digest(logs))
        self._author = runtime.aura.author()
        self._note_upgrade()
        ref_time, proof_size = BLOCK_WEIGHTS.base_block.ref_time, 0
        for pallet in runtime.pallets:
            weight = pallet.on_initialize(number)
            ref_time += weight.ref_time
            proof_size += weight.proof_size
        self._use = BlockUse(Weight(ref_time, proof_size))

    def inherents(self, time_ms: int, shield_key: bytes | None = None) -> list[bytes]:
        """The extrinsics that the block must start with: its time, and the key it announces."""
        calls = [Call(*CALLS["Timestamp", "set"], (time_ms,))]
        # In safe mode nobody may announce a key, its author included.
        if shield_key is not None and not self.runtime.safe_mode.is_entered:
            calls.append(Call(*CALLS["MevShield", "announce_next_key"], (shield_key,)))
        encode = self.runtime.codecs.of(RUNTIME_CALL).encode
        return [encode_bare(encode(call)) for call in calls]

    def apply_extrinsic(
        self, extrinsic: Extrinsic, *, signature_checked: bool = False
    ) -> DispatchError | None:
        """
        Apply an extrinsic; the refusal of its call is the answer and stands in an event.

        Raises `TransactionInvalid` if it may not stand in this block: then it left no trace.
        """
        info = extrinsic.call.info()
        if extrinsic.signer is None:
            return self._apply_bare(extrinsic, info)
        account, fee = self._checks.check(
            extrinsic, info, self._block, signature_checked=signature_checked
        )
        if extrinsic.nonce > account.nonce:
            raise TransactionInvalid(Invalid.FUTURE)
        length = len(extrinsic.raw)
        self._use.add(info, length)
        self.runtime.state.extrinsic = self._index
        try:
            charge = self._fees.charge(extrinsic.signer, account, extrinsic.call, fee)
        except TransactionInvalid:
            self._use.remove(info, length)
            raise
        error, post = self._dispatch(extrinsic.call, Signed(extrinsic.signer))
        actual, tip = self._reclaim(info, post), Rao(extrinsic.tip)
        if actual is not info:
            fee = fee_of(length, actual, tip)
        self._fees.settle(charge, fee, tip, self._author)
        self._note_applied(info, actual, error)
        return error

    def finalize_block(self) -> None:
        """End the block: hooks, then the events and the weight are written."""
        runtime, state = self.runtime, self.runtime.state
        state.extrinsic, state.finalizing = None, True
        # Before the hooks: the price of gas follows from it.
        runtime.system.block_weight = self._use.weights()
        for pallet in runtime.pallets:
            pallet.on_finalize(self._block.number)
        system = runtime.system
        system.prune_block_hashes()
        system.event_count = len(state.events)
        state.overlay.put(System.events_.prefix, self._encode_events(state.events))

    def query_info(self, extrinsic: Extrinsic, length: int) -> tuple[DispatchInfo, Rao]:
        """What the extrinsic may cost, and its fee without a tip; nothing is checked."""
        info = extrinsic.call.info()
        if extrinsic.signer is None:
            return info, Rao(0)
        return info, fee_of(length, info, Rao(0))

    def query_fee_details(self, extrinsic: Extrinsic, length: int) -> FeeDetails:
        """The fee in its parts."""
        if extrinsic.signer is None:
            return FeeDetails(None, Rao(0))
        return fee_details(length, extrinsic.call.info())

    def _note_upgrade(self) -> None:
        system = self.runtime.system
        last = system.last_runtime_upgrade
        if last is None or last.spec_version < SPEC_VERSION:
            system.last_runtime_upgrade = LastRuntimeUpgradeInfo(SPEC_VERSION, SPEC_NAME)

    def _validator_of(self, call: Call) -> UnsignedValidator:
        for pallet in self.runtime.pallets:
            if pallet.prefix == call.pallet and isinstance(pallet, UnsignedValidator):
                return pallet
        raise TransactionUnknown

    def _validate_bare(
        self, extrinsic: Extrinsic, info: DispatchInfo, number: int
    ) -> ValidTransaction:
        if info.class_ is DispatchClass.MANDATORY:
            raise TransactionInvalid(Invalid.MANDATORY_VALIDATION)
        check_alone(info, extrinsic.length)
        if is_self_contained(extrinsic.call):
            return self._self_contained.validate(extrinsic.call)
        if extrinsic.call.pallet == Drand.prefix:
            return self._pulses.check(extrinsic.call, number)
        return self._validator_of(extrinsic.call).validate_unsigned(extrinsic.call)

    def _apply_bare(self, extrinsic: Extrinsic, info: DispatchInfo) -> DispatchError | None:
        inherent = extrinsic.call.name in INHERENTS
        if inherent and self._index > self._inherents:
            # Inherents come first, and only from the block's author.
            raise TransactionInvalid(Invalid.BAD_MANDATORY)
        origin: Origin = Unsigned()
        if is_self_contained(extrinsic.call):
            check_alone(info, extrinsic.length)
            origin = self._self_contained.origin(extrinsic.call)
        elif not inherent:
            self._validate_bare(extrinsic, info, self._block.number)
        self._use.add(info, extrinsic.length)
        self.runtime.state.extrinsic = self._index
        error: DispatchError | None = None
        post = _FREE
        try:
            post = self.runtime.apply(extrinsic.call, origin)
        except InvalidInherent as refusal:
            self._use.remove(info, extrinsic.length)
            raise TransactionInvalid(Invalid.BAD_MANDATORY) from refusal
        except DispatchError as refusal:
            if info.class_ is DispatchClass.MANDATORY:
                self._use.remove(info, extrinsic.length)
                raise TransactionInvalid(Invalid.BAD_MANDATORY) from refusal
            error = refusal
        self._inherents += inherent
        self._note_applied(info, self._reclaim(info, post), error)
        return error

    def _dispatch(self, call: Call, origin: Signed) -> tuple[DispatchError | None, PostInfo]:
        runtime = self.runtime
        try:
            if self._guards_passed:
                return None, runtime.apply_guarded(call, origin)
            return None, runtime.apply(call, origin)
        except DispatchError as error:
            return error, _FREE if error.spent is None else PostInfo(error.spent)

    def _reclaim(self, info: DispatchInfo, post: PostInfo) -> DispatchInfo:
        """What the call cost after all: never more than it declared."""
        declared, weight = info.weight, post.weight
        pays = Pays.NO if post.pays is Pays.NO else info.pays_fee
        if weight is None:
            return info if pays is info.pays_fee else DispatchInfo(declared, info.class_, pays)
        actual = Weight(
            min(weight.ref_time, declared.ref_time), min(weight.proof_size, declared.proof_size)
        )
        self._use.give_back(
            info.class_,
            declared.ref_time - actual.ref_time,
            declared.proof_size - actual.proof_size,
        )
        return DispatchInfo(actual, info.class_, pays)

    def _note_applied(
        self, info: DispatchInfo, actual: DispatchInfo, error: DispatchError | None
    ) -> None:
        weight, state = actual.weight, self.runtime.state
        spent = _spent(weight.ref_time, weight.proof_size, info.class_, actual.pays_fee)
        if error is None:
            state.deposit(ExtrinsicSuccess(spent))
        else:
            failure = self.runtime.failure_of(error)
            state.deposit(ExtrinsicFailed(dispatch_error=failure, dispatch_info=spent))
        self._index += 1
        state.extrinsic = None

    def _encode_events(self, events: Sequence[Deposited]) -> bytes:
        encode = self.runtime.codecs.late("RuntimeEvent").encode
        parts = [encode_compact(len(events))]
        previous: int | None = None
        during = b""
        for event, topics, extrinsic, finalizing in events:
            if extrinsic is None:
                parts.append(_FINALIZATION if finalizing else _INITIALIZATION)
            else:
                if extrinsic != previous:
                    previous, during = extrinsic, b"\x00" + extrinsic.to_bytes(4, "little")
                parts.append(during)
            parts.append(encode(event))
            parts.append(encode_compact(len(topics)) + b"".join(topics) if topics else b"\x00")
        return b"".join(parts)


@lru_cache(maxsize=INFOS_REMEMBERED)
def _spent(
    ref_time: int, proof_size: int, dispatch_class: DispatchClass, pays: Pays
) -> DispatchInfo:
    """What an extrinsic weighed, its own base included."""
    weight = Weight(ref_time, proof_size) + BASE_EXTRINSIC
    return DispatchInfo(weight, dispatch_class, pays)
