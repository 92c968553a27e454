"""What proxies report."""

from taonet.frame.dispatch_outcome import DispatchResult
from taonet.frame.pallet import Event
from taonet.pallets.proxy.types import DepositKind, ProxyType
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U16, U32


class ProxyExecuted(Event, index=0):
    """A proxy made a call; the result is the call's."""

    result: DispatchResult


class PureCreated(Event, index=1):
    """An account without a key was created, which its proxies alone act for."""

    pure: AccountId
    who: AccountId
    proxy_type: ProxyType
    disambiguation_index: U16


class PureKilled(Event, index=2):
    """A pure proxy was killed by its spawner."""

    pure: AccountId
    spawner: AccountId
    proxy_type: ProxyType
    disambiguation_index: U16


class Announced(Event, index=3):
    """An announcement was placed to make a call in the future."""

    real: AccountId
    proxy: AccountId
    call_hash: H256


class ProxyAdded(Event, index=4):
    """A proxy was added."""

    delegator: AccountId
    delegatee: AccountId
    proxy_type: ProxyType
    delay: U32


class ProxyRemoved(Event, index=5):
    """A proxy was removed."""

    delegator: AccountId
    delegatee: AccountId
    proxy_type: ProxyType
    delay: U32


class ProxyDepositPoked(Event, index=6, name="DepositPoked"):
    """A deposit for proxies or announcements was brought up to date."""

    who: AccountId
    kind: DepositKind
    old_deposit: Rao
    new_deposit: Rao


class RealPaysFeeSet(Event, index=7):
    """Whether an account pays the fees of one of its proxies was set."""

    real: AccountId
    delegate: AccountId
    pays_fee: bool
