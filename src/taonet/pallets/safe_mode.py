"""
SafeMode: for a while, the chain refuses all calls but those that it cannot do without.

Root enters, prolongs and leaves it; on this chain nobody else can, for no deposit. What may be
called meanwhile is the runtime's call filter's to say.

Source: polkadot-sdk substrate/frame/safe-mode/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.state import State
from taonet.frame.storage import OptionMap, OptionValue, twox_64_concat
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import SafeModeHold, SafeModeHoldReason
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U32, CLike, c_like, option, type_of, u32

SAFE_MODE_INDEX: Final = 20
"""The pallet's place in the runtime."""

ENTER_BLOCKS: Final = 5 * 60 * 24
EXTEND_BLOCKS: Final = 5 * 60 * 12

BLOCK_MAX: Final = 2**32 - 1


@c_like("pallet_safe_mode::pallet::ExitReason")
class ExitReason(CLike):
    """Why the safe mode ended."""

    TIMEOUT = 0
    FORCE = 1


class SafeModeEntered(Event, index=0, name="Entered"):
    """The safe mode was entered until inclusively this block."""

    until: U32


class SafeModeExtended(Event, index=1, name="Extended"):
    """The safe mode was extended until inclusively this block."""

    until: U32


class SafeModeExited(Event, index=2, name="Exited"):
    """Exited the safe mode for a specific reason."""

    reason: ExitReason


class DepositPlaced(Event, index=3):
    """An account reserved funds for either entering or extending the safe mode."""

    account: AccountId
    amount: Rao


class DepositReleased(Event, index=4):
    """An account had a reserve released that was reserved."""

    account: AccountId
    amount: Rao


class DepositSlashed(Event, index=5):
    """An account had a reserve slashed that was reserved."""

    account: AccountId
    amount: Rao


class CannotDeposit(Event, index=6):
    """Could not hold funds for entering or extending the safe mode."""


class CannotRelease(Event, index=7):
    """Could not release funds for entering or extending the safe mode."""


class Entered(ModuleError, index=0):
    """The safe-mode is (already or still) entered."""


class Exited(ModuleError, index=1):
    """The safe-mode is (already or still) exited."""


class NotConfigured(ModuleError, index=2):
    """This functionality of the pallet is disabled by the configuration."""


class NoDeposit(ModuleError, index=3):
    """There is no balance reserved."""


class AlreadyDeposited(ModuleError, index=4):
    """The account already has a deposit reserved and can therefore not enter or extend again."""


class CannotReleaseYet(ModuleError, index=5):
    """This deposit cannot be released yet."""


class CurrencyError(ModuleError, index=6):
    """An error from the underlying `Currency`."""


_HOLD: Final = SafeModeHold(SafeModeHoldReason.ENTER_OR_EXTEND)
_ONE: Final = database_weight(reads=1, writes=1)
_HELD: Final = database_weight(reads=2, writes=3)
_NOOP: Final = Weight(3_058_000, 1489) + database_weight(reads=1)
_EXIT: Final = Weight(8_029_000, 1489) + _ONE
_DEPOSIT: Final = database_weight(reads=2, writes=2)


def _nothing(_config: RuntimeConfig) -> None:
    return None


class SafeMode(Pallet, prefix="SafeMode"):
    events = (
        SafeModeEntered,
        SafeModeExtended,
        SafeModeExited,
        DepositPlaced,
        DepositReleased,
        DepositSlashed,
        CannotDeposit,
        CannotRelease,
    )
    errors = (
        Entered,
        Exited,
        NotConfigured,
        NoDeposit,
        AlreadyDeposited,
        CannotReleaseYet,
        CurrencyError,
    )

    entered_until = OptionValue(
        u32, doc="The last block that the safe mode will be in; nothing outside of it."
    )
    deposits = OptionMap(
        twox_64_concat(AccountId),
        twox_64_concat(u32),
        value=Rao,
        doc="What is held of an account for entering or extending the safe mode at a block.",
    )

    enter_duration = Constant(u32, 0, doc="For how many blocks anyone may enter the safe mode.")
    extend_duration = Constant(u32, 0, doc="For how many blocks anyone may extend the safe mode.")
    enter_deposit_amount = Constant(
        option(type_of(Rao)), _nothing, doc="What entering costs; nothing: nobody but root can."
    )
    extend_deposit_amount = Constant(
        option(type_of(Rao)), _nothing, doc="What extending costs; nothing: nobody but root can."
    )
    release_delay = Constant(
        option(u32), _nothing, doc="When deposits may be taken back; nothing: only by root."
    )

    def __init__(self, state: State, system: System, balances: Balances) -> None:
        super().__init__(state)
        self._system = system
        self._balances = balances

    @property
    def is_entered(self) -> bool:
        """Whether the chain is in safe mode."""
        return self.entered_until is not None

    @call(index=0, weight=Weight(53_290_000, 3802) + _HELD)
    def enter(self, origin: Origin) -> None:
        """Enter the safe mode for a deposit: this chain takes none, so nobody can."""
        ensure_signed(origin)
        if self.is_entered:
            raise Entered
        raise NotConfigured

    @call(index=1, weight=Weight(8_818_000, 1489) + _ONE)
    def force_enter(self, origin: Origin) -> None:
        """Enter the safe mode for a day; only root can call this."""
        ensure_root(origin)
        if self.is_entered:
            raise Entered
        until = min(self._system.number + ENTER_BLOCKS, BLOCK_MAX)
        self.entered_until = until
        self.deposit_event(SafeModeEntered(until=until))

    @call(index=2, weight=Weight(54_027_000, 3802) + _HELD)
    def extend(self, origin: Origin) -> None:
        """Extend the safe mode for a deposit: this chain takes none, so nobody can."""
        ensure_signed(origin)
        if not self.is_entered:
            raise Exited
        raise NotConfigured

    @call(index=3, weight=Weight(10_066_000, 1489) + _ONE)
    def force_extend(self, origin: Origin) -> None:
        """Extend the safe mode by half a day; only root can call this."""
        ensure_root(origin)
        until = self.entered_until
        if until is None:
            raise Exited
        until = min(until + EXTEND_BLOCKS, BLOCK_MAX)
        self.entered_until = until
        self.deposit_event(SafeModeExtended(until=until))

    @call(index=4, weight=Weight(9_766_000, 1489) + _ONE)
    def force_exit(self, origin: Origin) -> None:
        """Leave the safe mode; only root can call this."""
        ensure_root(origin)
        if not self.is_entered:
            raise Exited
        self._exit(ExitReason.FORCE)

    @call(index=5, weight=Weight(35_510_000, 3802) + _DEPOSIT)
    def force_slash_deposit(self, origin: Origin, account: AccountId, block: U32) -> None:
        """Burn a deposit for entering or extending the safe mode; only root can call this."""
        ensure_root(origin)
        amount = self._take_deposit(account, block)
        self._balances.burn_held(account, _HOLD, amount)
        self.deposit_event(DepositSlashed(account=account, amount=amount))

    @call(index=6, weight=Weight(45_648_000, 3802) + database_weight(reads=3, writes=2))
    def release_deposit(self, origin: Origin, account: AccountId, block: U32) -> None:
        """Return a deposit for entering or extending: on this chain only root can."""
        ensure_signed(origin)
        self._take_deposit(account, block)
        if self.is_entered:
            raise Entered
        raise NotConfigured

    @call(index=7, weight=Weight(43_363_000, 3802) + _DEPOSIT)
    def force_release_deposit(self, origin: Origin, account: AccountId, block: U32) -> None:
        """Return a deposit for entering or extending the safe mode; only root can call this."""
        ensure_root(origin)
        amount = self._balances.release(account, _HOLD, self._take_deposit(account, block))
        self.deposit_event(DepositReleased(account=account, amount=amount))

    def on_initialize(self, number: int) -> Weight:
        """Leave the safe mode when its time is over."""
        until = self.entered_until
        if until is None or number <= until:
            return _NOOP
        self._exit(ExitReason.TIMEOUT)
        return _EXIT

    def _exit(self, reason: ExitReason) -> None:
        self.entered_until = None
        self.deposit_event(SafeModeExited(reason=reason))

    def _take_deposit(self, account: AccountId, block: int) -> Rao:
        amount = self.deposits[account, block]
        if amount is None:
            raise NoDeposit
        del self.deposits[account, block]
        return amount
