"""
Multisig: accounts that act when enough of their signatories say so.

The account of some signatories and a threshold has no key. The first approval of a call reserves a
deposit and opens an operation; the one that meets the threshold makes the call. The call's outcome
is an event.

Source: polkadot-sdk substrate/frame/multisig/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from taonet.frame.call import RUNTIME_CALL, Call, Dispatcher, RuntimeCall
from taonet.frame.call_length import encoded_length
from taonet.frame.dispatch_error import DispatchError, ModuleError
from taonet.frame.dispatch_outcome import DispatchResult, Err, Ok
from taonet.frame.origin import Origin, Signed, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, PostInfo, call
from taonet.frame.state import State
from taonet.frame.storage import OptionMap, blake2_128_concat, twox_64_concat
from taonet.frame.weight import DispatchClass, Pays, Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.deposit import storage_deposit
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.codec import Codecs, encode_compact
from taonet.scale.types import U16, U32, Struct, byte_array, option, type_of, u32, vec

MULTISIG_INDEX: Final = 13
"""The pallet's place in the runtime."""

SIGNATORIES_MAX: Final = 100

CallHash = Annotated[bytes, byte_array(32)]


class Timepoint(Struct, path="pallet_multisig::Timepoint", parameters={"BlockNumber": U32}):
    """Where an operation was opened: the block and the extrinsic in it."""

    height: U32
    index: U32


class Operation(
    Struct,
    path="pallet_multisig::Multisig",
    parameters={
        "BlockNumber": U32,
        "Balance": Rao,
        "AccountId": AccountId,
        "MaxApprovals": vec(AccountId, SIGNATORIES_MAX),
    },
):
    """An open operation: who opened it when for what deposit, and who has approved, in order."""

    when: Timepoint
    deposit: Rao
    depositor: AccountId
    approvals: Annotated[tuple[AccountId, ...], vec(AccountId, SIGNATORIES_MAX)]


OptionalTimepoint = Annotated[Timepoint | None, option(type_of(Timepoint))]


class NewMultisig(Event, index=0):
    """A new multisig operation has begun."""

    approving: AccountId
    multisig: AccountId
    call_hash: CallHash


class MultisigApproval(Event, index=1):
    """A multisig operation has been approved by someone."""

    approving: AccountId
    timepoint: Timepoint
    multisig: AccountId
    call_hash: CallHash


class MultisigExecuted(Event, index=2):
    """A multisig operation has been executed; the result is the call's."""

    approving: AccountId
    timepoint: Timepoint
    multisig: AccountId
    call_hash: CallHash
    result: DispatchResult


class MultisigCancelled(Event, index=3):
    """A multisig operation has been cancelled."""

    cancelling: AccountId
    timepoint: Timepoint
    multisig: AccountId
    call_hash: CallHash


class MultisigDepositPoked(Event, index=4, name="DepositPoked"):
    """The deposit for a multisig operation has been brought up to date."""

    who: AccountId
    call_hash: CallHash
    old_deposit: Rao
    new_deposit: Rao


class MinimumThreshold(ModuleError, index=0):
    """Threshold must be 2 or greater."""


class AlreadyApproved(ModuleError, index=1):
    """Call is already approved by this signatory."""


class NoApprovalsNeeded(ModuleError, index=2):
    """Call doesn't need any (more) approvals."""


class TooFewSignatories(ModuleError, index=3):
    """There are too few signatories in the list."""


class TooManySignatories(ModuleError, index=4):
    """There are too many signatories in the list."""


class SignatoriesOutOfOrder(ModuleError, index=5):
    """The signatories were provided out of order; they should be ordered."""


class SenderInSignatories(ModuleError, index=6):
    """The sender was contained in the other signatories; it shouldn't be."""


class OperationNotFound(ModuleError, index=7, name="NotFound"):
    """Multisig operation not found in storage."""


class NotOwner(ModuleError, index=8):
    """Only the account that created the multisig may cancel it or update its deposit."""


class NoTimepoint(ModuleError, index=9):
    """No timepoint was given, yet the multisig operation is already underway."""


class WrongTimepoint(ModuleError, index=10):
    """A different timepoint was given to the multisig operation that is underway."""


class UnexpectedTimepoint(ModuleError, index=11):
    """A timepoint was given, yet no multisig operation is underway."""


class MaxWeightTooLow(ModuleError, index=12):
    """The maximum weight information provided was too low."""


class AlreadyStored(ModuleError, index=13):
    """The data to be stored is already stored."""


def _threshold_1(length: int) -> Weight:
    return Weight(20_727_356 + 572 * length, 3997) + database_weight(reads=2)


def _create(others: int, length: int) -> Weight:
    return Weight(32_052_125 + 111_179 * others + 1_447 * length, 6811) + _ONE


def _approve(others: int, length: int) -> Weight:
    return Weight(17_940_334 + 106_203 * others + 1_441 * length, 6811) + _ONE


def _complete(others: int, length: int) -> Weight:
    base = Weight(42_418_863 + 164_555 * others + 1_573 * length, 6811)
    return base + database_weight(reads=4, writes=2)


_ONE: Final = database_weight(reads=1, writes=1)


def _threshold_1_weight(_others: Sequence[AccountId], inner: Call) -> Weight:
    return _threshold_1(encoded_length(inner)) + _ONE + inner.info().weight


def _as_multi_weight(
    _threshold: int, others: Sequence[AccountId], _when: object, inner: Call, most: Weight
) -> Weight:
    # To complete an operation is the dearest of what may come of it.
    return _complete(len(others), encoded_length(inner)) + most


def _approval_weight(
    _threshold: int, others: Sequence[AccountId], _when: object, _hash: bytes, most: Weight
) -> Weight:
    return Weight(30_237_756 + 107_619 * len(others), 6811) + _ONE + most


def _cancel_weight(_threshold: int, others: Sequence[AccountId], *_: Any) -> Weight:
    return Weight(31_473_005 + 107_460 * len(others), 6811) + _ONE


def _poke_weight(_threshold: int, others: Sequence[AccountId], *_: Any) -> Weight:
    return Weight(34_135_440 + 161_074 * len(others), 6811) + _ONE


def _class_of_inner(_others: Sequence[AccountId], inner: Call) -> DispatchClass:
    return inner.info().class_


def multisig_account(signatories: Sequence[AccountId], threshold: int) -> AccountId:
    """The account of signatories, who have to be in order, and a threshold."""
    accounts = encode_compact(len(signatories)) + b"".join(signatories)
    return AccountId(blake2_256(b"modlpy/utilisuba" + accounts + threshold.to_bytes(2, "little")))


class Multisig(Pallet, prefix="Multisig"):
    events = (
        NewMultisig,
        MultisigApproval,
        MultisigExecuted,
        MultisigCancelled,
        MultisigDepositPoked,
    )
    errors = (
        MinimumThreshold,
        AlreadyApproved,
        NoApprovalsNeeded,
        TooFewSignatories,
        TooManySignatories,
        SignatoriesOutOfOrder,
        SenderInSignatories,
        OperationNotFound,
        NotOwner,
        NoTimepoint,
        WrongTimepoint,
        UnexpectedTimepoint,
        MaxWeightTooLow,
        AlreadyStored,
    )

    multisigs = OptionMap(
        twox_64_concat(AccountId),
        blake2_128_concat(byte_array(32)),
        value=Operation,
        doc="The set of open multisig operations, by account and hash of the call.",
    )

    deposit_base = Constant(
        Rao, storage_deposit(1, 112), doc="What is reserved of an account for an operation."
    )
    deposit_factor = Constant(
        Rao, storage_deposit(0, 32), doc="What is reserved more for each needed approval."
    )
    max_signatories = Constant(u32, SIGNATORIES_MAX, doc="How many signatories there may be.")

    def __init__(
        self,
        state: State,
        system: System,
        balances: Balances,
        dispatcher: Dispatcher,
        codecs: Codecs,
    ) -> None:
        super().__init__(state)
        self._system = system
        self._balances = balances
        self._dispatcher = dispatcher
        self._codecs = codecs

    @call(index=0, weight=_threshold_1_weight, dispatch_class=_class_of_inner)
    def as_multi_threshold_1(
        self, origin: Origin, other_signatories: tuple[AccountId, ...], call: RuntimeCall
    ) -> PostInfo:
        """Make a call as the account of which any one signatory is enough."""
        signatories = self._signatories(ensure_signed(origin), other_signatories)
        base = _threshold_1(encoded_length(call))
        try:
            post = self._dispatcher.apply(call, Signed(multisig_account(signatories, 1)))
        except DispatchError as error:
            error.spent = None if error.spent is None else base + error.spent
            raise
        return PostInfo(None if post.weight is None else base + post.weight)

    @call(index=1, weight=_as_multi_weight)
    def as_multi(
        self,
        origin: Origin,
        threshold: U16,
        other_signatories: tuple[AccountId, ...],
        maybe_timepoint: OptionalTimepoint,
        call: RuntimeCall,
        max_weight: Weight,
    ) -> PostInfo:
        """
        Approve a call, and make it if that meets the threshold. The first approval has no
        timepoint and reserves a deposit until the call is made or cancelled; others name the block
        and extrinsic of the first.
        """
        who = ensure_signed(origin)
        raw = self._codecs.of(RUNTIME_CALL).encode(call)
        found = self._find(who, threshold, other_signatories, blake2_256(raw))
        account, call_hash, operation = found
        others, length = len(other_signatories), len(raw)
        if operation is None:
            self._open(who, account, call_hash, threshold, maybe_timepoint)
            return PostInfo(_create(others, length))
        self._check_timepoint(operation, maybe_timepoint)
        approvals = operation.approvals
        approves = who not in approvals and len(approvals) < threshold
        if len(approvals) + approves < threshold:
            self._record(who, account, call_hash, operation, approves=approves)
            return PostInfo(_approve(others, length))
        if call.info().weight.exceeds(max_weight):
            raise MaxWeightTooLow
        spent = self._execute(who, account, call_hash, operation, call)
        return PostInfo(None if spent is None else _complete(others, length) + spent)

    @call(index=2, weight=_approval_weight)
    def approve_as_multi(
        self,
        origin: Origin,
        threshold: U16,
        other_signatories: tuple[AccountId, ...],
        maybe_timepoint: OptionalTimepoint,
        call_hash: CallHash,
        max_weight: Weight,  # noqa: ARG002
    ) -> PostInfo:
        """Approve a call by its hash; the last approval has to be by as_multi, which has it."""
        who = ensure_signed(origin)
        account, _, operation = self._find(who, threshold, other_signatories, call_hash)
        others = len(other_signatories)
        if operation is None:
            self._open(who, account, call_hash, threshold, maybe_timepoint)
            return PostInfo(_create(others, 0))
        self._check_timepoint(operation, maybe_timepoint)
        approvals = operation.approvals
        approves = who not in approvals and len(approvals) < threshold
        self._record(who, account, call_hash, operation, approves=approves)
        return PostInfo(_approve(others, 0))

    @call(index=3, weight=_cancel_weight)
    def cancel_as_multi(
        self,
        origin: Origin,
        threshold: U16,
        other_signatories: tuple[AccountId, ...],
        timepoint: Timepoint,
        call_hash: CallHash,
    ) -> None:
        """Cancel an operation that you opened; your deposit is returned."""
        who = ensure_signed(origin)
        account, _, operation = self._find(who, threshold, other_signatories, call_hash)
        if operation is None:
            raise OperationNotFound
        if operation.when != timepoint:
            raise WrongTimepoint
        if operation.depositor != who:
            raise NotOwner
        self._balances.unreserve(who, operation.deposit)
        del self.multisigs[account, call_hash]
        self.deposit_event(
            MultisigCancelled(
                cancelling=who, timepoint=timepoint, multisig=account, call_hash=call_hash
            )
        )

    @call(index=4, weight=_poke_weight)
    def poke_deposit(
        self,
        origin: Origin,
        threshold: U16,
        other_signatories: tuple[AccountId, ...],
        call_hash: CallHash,
    ) -> PostInfo:
        """Bring your deposit for an operation up to date; free if it changes."""
        who = ensure_signed(origin)
        account, _, operation = self._find(who, threshold, other_signatories, call_hash)
        if operation is None:
            raise OperationNotFound
        if operation.depositor != who:
            raise NotOwner
        old, new = operation.deposit, self._deposit(threshold)
        if new == old:
            return PostInfo()
        if new > old:
            self._balances.reserve(who, new - old)
        else:
            self._balances.unreserve(who, old - new)
        self.multisigs[account, call_hash] = replace(operation, deposit=new)
        self.deposit_event(
            MultisigDepositPoked(who=who, call_hash=call_hash, old_deposit=old, new_deposit=new)
        )
        return PostInfo(pays=Pays.NO)

    def try_state(self) -> None:
        """Whoever has approved stands in order, and has done so once."""
        for (account, _), operation in self.multisigs.items():
            assert operation is not None
            approvals = operation.approvals
            in_order = list(approvals) == sorted(set(approvals)) != []
            assert in_order, f"approvals of {account.hex()} are in disorder"

    def _deposit(self, threshold: int) -> Rao:
        return Rao(int(self.deposit_base) + int(self.deposit_factor) * threshold)

    def _find(
        self, who: AccountId, threshold: int, others: tuple[AccountId, ...], call_hash: bytes
    ) -> tuple[AccountId, bytes, Operation | None]:
        if threshold < 2:
            raise MinimumThreshold
        account = multisig_account(self._signatories(who, others), threshold)
        return account, call_hash, self.multisigs[account, call_hash]

    def _signatories(self, who: AccountId, others: tuple[AccountId, ...]) -> list[AccountId]:
        """All signatories in order, the sender among them."""
        if not others:
            raise TooFewSignatories
        if len(others) >= self.max_signatories:
            raise TooManySignatories
        last: AccountId | None = None
        for other in others:
            if last is not None and last >= other:
                raise SignatoriesOutOfOrder
            if other == who:
                raise SenderInSignatories
            last = other
        signatories = list(others)
        insort(signatories, who)
        return signatories

    def _open(
        self,
        who: AccountId,
        account: AccountId,
        call_hash: bytes,
        threshold: int,
        timepoint: Timepoint | None,
    ) -> None:
        if timepoint is not None:
            raise UnexpectedTimepoint
        deposit = self._deposit(threshold)
        self._balances.reserve(who, deposit)
        now = Timepoint(self._system.number, self.state.extrinsic or 0)
        self.multisigs[account, call_hash] = Operation(now, deposit, who, (who,))
        self.deposit_event(NewMultisig(approving=who, multisig=account, call_hash=call_hash))

    def _check_timepoint(self, operation: Operation, timepoint: Timepoint | None) -> None:
        if timepoint is None:
            raise NoTimepoint
        if operation.when != timepoint:
            raise WrongTimepoint

    def _record(
        self,
        who: AccountId,
        account: AccountId,
        call_hash: bytes,
        operation: Operation,
        *,
        approves: bool,
    ) -> None:
        """Note an approval that does not make the call; raises `AlreadyApproved`."""
        if not approves:
            raise AlreadyApproved
        approvals = tuple(sorted((*operation.approvals, who)))
        self.multisigs[account, call_hash] = replace(operation, approvals=approvals)
        self.deposit_event(
            MultisigApproval(
                approving=who, timepoint=operation.when, multisig=account, call_hash=call_hash
            )
        )

    def _execute(
        self,
        who: AccountId,
        account: AccountId,
        call_hash: bytes,
        operation: Operation,
        inner: Call,
    ) -> Weight | None:
        """Close the operation and make its call; what the call says that it cost."""
        # Closed before: the call could come back to it.
        del self.multisigs[account, call_hash]
        self._balances.unreserve(operation.depositor, operation.deposit)
        result: DispatchResult = Ok()
        try:
            spent = self._dispatcher.apply(inner, Signed(account)).weight
        except DispatchError as error:
            spent = error.spent
            result = Err(self._dispatcher.failure_of(error))
        self.deposit_event(
            MultisigExecuted(
                approving=who,
                timepoint=operation.when,
                multisig=account,
                call_hash=call_hash,
                result=result,
            )
        )
        return spent
