"""
Sudo: one account that may call as root.

Source: polkadot-sdk substrate/frame/sudo.
"""

from taonet.frame.call import Call, Dispatcher, RuntimeCall
from taonet.frame.dispatch_error import DispatchError, ModuleError
from taonet.frame.dispatch_outcome import DispatchResult, Err, Ok
from taonet.frame.multi_address import MultiAddress, lookup
from taonet.frame.origin import Origin, Root, Signed, ensure_signed_or_root
from taonet.frame.pallet import Event, Pallet, PostInfo, call
from taonet.frame.state import State
from taonet.frame.storage import OptionValue
from taonet.frame.weight import DispatchClass, Pays, Weight, database_weight
from taonet.primitives.ids import AccountId


class Sudid(Event, index=0):
    """A sudo call just took place."""

    sudo_result: DispatchResult


class KeyChanged(Event, index=1):
    """The sudo key has been updated."""

    old: AccountId | None
    new: AccountId


class KeyRemoved(Event, index=2):
    """The key was permanently removed."""


class SudoAsDone(Event, index=3):
    """A `sudo_as` call just took place."""

    sudo_result: DispatchResult


class RequireSudo(ModuleError, index=0):
    """Sender must be the Sudo account."""


_SUDO = Weight(10_729_000, 1517) + database_weight(reads=1)
_SUDO_AS = Weight(11_003_000, 1517) + database_weight(reads=1)
_KEY = database_weight(reads=1, writes=1)


class Sudo(Pallet, prefix="Sudo"):
    events = (Sudid, KeyChanged, KeyRemoved, SudoAsDone)
    errors = (RequireSudo,)

    key = OptionValue(AccountId, doc="The `AccountId` of the sudo key.")

    def __init__(self, state: State, dispatcher: Dispatcher) -> None:
        super().__init__(state)
        self.dispatcher = dispatcher

    @call(
        index=0,
        weight=lambda inner: _SUDO + inner.info().weight,
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo(self, origin: Origin, call: RuntimeCall) -> PostInfo:
        """Authenticates the sudo key and dispatches a function call with `Root` origin."""
        self._ensure_sudo(origin)
        self.deposit_event(Sudid(sudo_result=self._result(call, Root())))
        return PostInfo(pays=Pays.NO)

    @call(
        index=1,
        weight=lambda _inner, weight: weight,
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_unchecked_weight(
        self,
        origin: Origin,
        call: RuntimeCall,
        weight: Weight,  # noqa: ARG002
    ) -> PostInfo:
        """Dispatches a call with `Root` origin and a weight that the sudo key vouches for."""
        self._ensure_sudo(origin)
        self.deposit_event(Sudid(sudo_result=self._result(call, Root())))
        return PostInfo(pays=Pays.NO)

    @call(index=2, weight=Weight(9_663_000, 1517) + _KEY)
    def set_key(self, origin: Origin, new: MultiAddress) -> PostInfo:
        """Sets the given account as the new sudo key."""
        self._ensure_sudo(origin)
        account, old = lookup(new), self.key
        self.key = account
        self.deposit_event(KeyChanged(old=old, new=account))
        return PostInfo(pays=Pays.NO)

    @call(
        index=3,
        weight=lambda _who, inner: _SUDO_AS + inner.info().weight,
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_as(self, origin: Origin, who: MultiAddress, call: RuntimeCall) -> PostInfo:
        """Dispatches a call as if a given account had signed it."""
        self._ensure_sudo(origin)
        self.deposit_event(SudoAsDone(sudo_result=self._result(call, Signed(lookup(who)))))
        return PostInfo(pays=Pays.NO)

    @call(index=4, weight=Weight(9_127_000, 1517) + _KEY)
    def remove_key(self, origin: Origin) -> PostInfo:
        """Permanently removes the sudo key."""
        self._ensure_sudo(origin)
        self.key = None
        self.deposit_event(KeyRemoved())
        return PostInfo(pays=Pays.NO)

    def _ensure_sudo(self, origin: Origin) -> None:
        who = ensure_signed_or_root(origin)
        if who is not None and who != self.key:
            raise RequireSudo

    def _result(self, inner: Call, origin: Origin) -> DispatchResult:
        try:
            self.dispatcher.apply_unfiltered(inner, origin)
        except DispatchError as error:
            return Err(self.dispatcher.failure_of(error))
        return Ok()
