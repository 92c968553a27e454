"""
Utility: several calls in one, calls as another account, calls with a fallback.

Source: subtensor pallets/utility/src/lib.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Any

from taonet.frame.call import (
    Call,
    Dispatcher,
    DispatchInfo,
    RuntimeCall,
    any_pays,
    total_weight,
)
from taonet.frame.dispatch_error import BadOrigin, DispatchError, ModuleError
from taonet.frame.dispatch_outcome import DispatchResult, Err, Failure, Ok
from taonet.frame.origin import Origin, Root, Signed, Unsigned, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, PostInfo, call
from taonet.frame.state import State
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.origin_caller import OriginCaller, origin_of
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.scale.types import U16, U32, u32

BATCHED_CALLS_MAX = 10_922


class BatchInterrupted(Event, index=0):
    """Batch of dispatches did not complete fully. Index of first failing dispatch given, as well
    as the error."""

    index_: U32
    error: Failure


class BatchCompleted(Event, index=1):
    """Batch of dispatches completed fully with no error."""


class BatchCompletedWithErrors(Event, index=2):
    """Batch of dispatches completed but has errors."""


class ItemCompleted(Event, index=3):
    """A single item within a Batch of dispatches has completed with no error."""


class ItemFailed(Event, index=4):
    """A single item within a Batch of dispatches has completed with error."""

    error: Failure


class DispatchedAs(Event, index=5):
    """A call was dispatched."""

    result: DispatchResult


class IfElseMainSuccess(Event, index=6):
    """Main call was dispatched."""


class IfElseFallbackCalled(Event, index=7):
    """The fallback call was dispatched."""

    main_error: Failure


class TooManyCalls(ModuleError, index=0):
    """Too many calls batched."""


class InvalidDerivedAccount(ModuleError, index=1):
    """Bad input data for derived account ID."""


_READS = database_weight(reads=2)
_IF_ELSE = Weight(21_831_000, 3983) + _READS
_DISPATCH_AS = Weight(6_893_000, 0)
_DISPATCH_AS_FALLIBLE = Weight(7_113_000, 0)
_AS_DERIVATIVE = Weight(15_378_000, 3983) + _READS + database_weight(reads=1, writes=1)


def _batch_base(count: int) -> Weight:
    return Weight(19_446_696 + 5_450_264 * count, 3983) + _READS


def _batch_all_base(count: int) -> Weight:
    return Weight(13_428_230 + 5_663_250 * count, 3983) + _READS


def _force_batch_base(count: int) -> Weight:
    return Weight(12_134_867 + 5_477_293 * count, 3983) + _READS


def _batch_weight(base: Callable[[int], Weight]) -> Callable[[tuple[Call, ...]], Weight]:
    return lambda calls: base(len(calls)) + total_weight(calls)


def _nested_weight(base: Weight, place: int) -> Callable[..., Weight]:
    def weigh(*arguments: Any) -> Weight:
        inner: Call = arguments[place]
        return base + inner.info().weight

    return weigh


def derived_account(who: AccountId, index: int) -> AccountId:
    """The account of `who`'s pseudonym `index`."""
    entropy = b"modlpy/utilisuba" + who + index.to_bytes(2, "little")
    return AccountId(blake2_256(entropy))


class Utility(Pallet, prefix="Utility"):
    events = (
        BatchInterrupted,
        BatchCompleted,
        BatchCompletedWithErrors,
        ItemCompleted,
        ItemFailed,
        DispatchedAs,
        IfElseMainSuccess,
        IfElseFallbackCalled,
    )
    errors = (TooManyCalls, InvalidDerivedAccount)

    batched_calls_limit = Constant(
        u32,
        BATCHED_CALLS_MAX,
        doc="The limit on the number of batched calls.",
        name="batched_calls_limit",
    )

    def __init__(self, state: State, dispatcher: Dispatcher) -> None:
        super().__init__(state)
        self.dispatcher = dispatcher

    @call(index=0, weight=_batch_weight(_batch_base), pays=any_pays)
    def batch(self, origin: Origin, calls: tuple[RuntimeCall, ...]) -> PostInfo:
        """Send a batch of dispatch calls; the first that fails interrupts it, and what was done
        stays done."""
        self._check_batch(origin, calls)
        spent = Weight(0, 0)
        for index, inner in enumerate(calls):
            weight, error = self._attempt(inner, origin)
            spent += weight
            if error is not None:
                self.deposit_event(BatchInterrupted(index_=index, error=self._failure(error)))
                return PostInfo(_batch_base(index + 1) + spent)
            self.deposit_event(ItemCompleted())
        self.deposit_event(BatchCompleted())
        return PostInfo(_batch_base(len(calls)) + spent)

    @call(index=1, weight=_nested_weight(_AS_DERIVATIVE, 1))
    def as_derivative(self, origin: Origin, index: U16, call: RuntimeCall) -> PostInfo:
        """Send a call through an indexed pseudonym of the sender."""
        pseudonym = derived_account(ensure_signed(origin), index)
        if isinstance(origin, Signed):
            # A pseudonym is held to what its owner is: a proxy cannot escape into one.
            origin = origin.acting_as(pseudonym)
        spent, error = self._attempt(call, origin)
        if error is not None:
            error.spent = _AS_DERIVATIVE + spent
            raise error
        return PostInfo(_AS_DERIVATIVE + spent)

    @call(index=2, weight=_batch_weight(_batch_all_base), pays=any_pays)
    def batch_all(self, origin: Origin, calls: tuple[RuntimeCall, ...]) -> PostInfo:
        """Send a batch of dispatch calls and atomically execute them: all succeed, or none."""
        self._check_batch(origin, calls)
        if isinstance(origin, Signed):
            origin = origin.narrowed(_is_no_batch_all)
        spent = Weight(0, 0)
        for index, inner in enumerate(calls):
            weight, error = self._attempt(inner, origin)
            spent += weight
            if error is not None:
                error.spent = _batch_all_base(index + 1) + spent
                raise error
            self.deposit_event(ItemCompleted())
        self.deposit_event(BatchCompleted())
        return PostInfo(_batch_all_base(len(calls)) + spent)

    @call(index=3, weight=_nested_weight(_DISPATCH_AS, 1))
    def dispatch_as(self, origin: Origin, as_origin: OriginCaller, call: RuntimeCall) -> None:
        """Dispatches a function call with a provided origin; only root can call this."""
        ensure_root(origin)
        try:
            self.dispatcher.apply_unfiltered(call, origin_of(as_origin))
        except DispatchError as error:
            self.deposit_event(DispatchedAs(result=Err(self._failure(error))))
        else:
            self.deposit_event(DispatchedAs(result=Ok()))

    @call(index=4, weight=_batch_weight(_force_batch_base), pays=any_pays)
    def force_batch(self, origin: Origin, calls: tuple[RuntimeCall, ...]) -> PostInfo:
        """Send a batch of dispatch calls, which failures do not interrupt."""
        self._check_batch(origin, calls)
        spent, failed = Weight(0, 0), False
        for inner in calls:
            weight, error = self._attempt(inner, origin)
            spent += weight
            if error is None:
                self.deposit_event(ItemCompleted())
            else:
                failed = True
                self.deposit_event(ItemFailed(error=self._failure(error)))
        self.deposit_event(BatchCompletedWithErrors() if failed else BatchCompleted())
        return PostInfo(_force_batch_base(len(calls)) + spent)

    @call(index=5, weight=lambda _inner, weight: weight)
    def with_weight(
        self,
        origin: Origin,
        call: RuntimeCall,
        weight: Weight,  # noqa: ARG002
    ) -> None:
        """Dispatch a function call with a specified weight; only root can call this."""
        ensure_root(origin)
        self._forward(call, Root())

    @call(index=6, weight=lambda main, fallback: _IF_ELSE + total_weight((main, fallback)))
    def if_else(self, origin: Origin, main: RuntimeCall, fallback: RuntimeCall) -> PostInfo:
        """Dispatch a fallback call in the event the main call fails to execute."""
        if isinstance(origin, Unsigned):
            raise BadOrigin
        spent, error = self._attempt(main, origin)
        if error is None:
            self.deposit_event(IfElseMainSuccess())
            return PostInfo(_IF_ELSE + spent)
        weight, fallback_error = self._attempt(fallback, origin)
        spent += weight
        if fallback_error is not None:
            fallback_error.spent = _IF_ELSE + spent
            raise fallback_error
        self.deposit_event(IfElseFallbackCalled(main_error=self._failure(error)))
        return PostInfo(_IF_ELSE + spent)

    @call(index=7, weight=_nested_weight(_DISPATCH_AS_FALLIBLE, 1))
    def dispatch_as_fallible(
        self, origin: Origin, as_origin: OriginCaller, call: RuntimeCall
    ) -> None:
        """Dispatches a function call with a provided origin, and fails if it does."""
        ensure_root(origin)
        self._forward(call, origin_of(as_origin))
        self.deposit_event(DispatchedAs(result=Ok()))

    def _check_batch(self, origin: Origin, calls: tuple[Call, ...]) -> None:
        if isinstance(origin, Unsigned):
            raise BadOrigin
        if len(calls) > BATCHED_CALLS_MAX:
            raise TooManyCalls

    def _apply(self, inner: Call, origin: Origin) -> PostInfo:
        if isinstance(origin, Root):
            return self.dispatcher.apply_unfiltered(inner, origin)
        return self.dispatcher.apply(inner, origin)

    def _attempt(self, inner: Call, origin: Origin) -> tuple[Weight, DispatchError | None]:
        info = inner.info()
        try:
            post = self._apply(inner, origin)
        except DispatchError as error:
            return _actual(info, error.spent), error
        return _actual(info, post.weight), None

    def _forward(self, inner: Call, origin: Origin) -> None:
        """Dispatch; a refusal is passed on without what it cost."""
        try:
            self.dispatcher.apply_unfiltered(inner, origin)
        except DispatchError as error:
            error.spent = None
            raise

    def _failure(self, error: DispatchError) -> Failure:
        return self.dispatcher.failure_of(error)


def _is_no_batch_all(inner: Call) -> bool:
    return inner.name != "Utility.batch_all"


def _actual(info: DispatchInfo, actual: Weight | None) -> Weight:
    """What a call cost: never more than it declared, and that if it does not say."""
    declared = info.weight
    if actual is None:
        return declared
    return Weight(
        min(declared.ref_time, actual.ref_time), min(declared.proof_size, actual.proof_size)
    )
