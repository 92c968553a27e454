"""The events of Balances; amounts are in rao."""

from taonet.frame.pallet import Event
from taonet.pallets.balances_types import BalanceStatus
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao


class Endowed(Event, index=0):
    """An account was created with some free balance."""

    account: AccountId
    free_balance: Rao


class DustLost(Event, index=1):
    """An account was removed whose balance was non-zero but below the existential deposit."""

    account: AccountId
    amount: Rao


class Transfer(Event, index=2):
    """Transfer succeeded."""

    from_: AccountId
    to: AccountId
    amount: Rao


class BalanceSet(Event, index=3):
    """A balance was set by root."""

    who: AccountId
    free: Rao


class Reserved(Event, index=4):
    """Some balance was reserved (moved from free to reserved)."""

    who: AccountId
    amount: Rao


class Unreserved(Event, index=5):
    """Some balance was unreserved (moved from reserved to free)."""

    who: AccountId
    amount: Rao


class ReserveRepatriated(Event, index=6):
    """Some reserved balance moved to another account."""

    from_: AccountId
    to: AccountId
    amount: Rao
    destination_status: BalanceStatus


class Deposit(Event, index=7):
    """Some amount was deposited (e.g. for transaction fees)."""

    who: AccountId
    amount: Rao


class Withdraw(Event, index=8):
    """Some amount was withdrawn from the account (e.g. for transaction fees)."""

    who: AccountId
    amount: Rao


class Slashed(Event, index=9):
    """Some amount was removed from the account (e.g. for misbehavior)."""

    who: AccountId
    amount: Rao


class Minted(Event, index=10):
    """Some amount was minted into an account."""

    who: AccountId
    amount: Rao


class Burned(Event, index=11):
    """Some amount was burned from an account."""

    who: AccountId
    amount: Rao


class Suspended(Event, index=12):
    """Some amount was suspended from an account (it can be restored later)."""

    who: AccountId
    amount: Rao


class Restored(Event, index=13):
    """Some amount was restored into an account."""

    who: AccountId
    amount: Rao


class Upgraded(Event, index=14):
    """An account was upgraded."""

    who: AccountId


class Issued(Event, index=15):
    """Total issuance was increased by an amount, creating a credit to be balanced."""

    amount: Rao


class Rescinded(Event, index=16):
    """Total issuance was decreased by an amount, creating a debt to be balanced."""

    amount: Rao


class Locked(Event, index=17):
    """Some balance was locked."""

    who: AccountId
    amount: Rao


class Unlocked(Event, index=18):
    """Some balance was unlocked."""

    who: AccountId
    amount: Rao


class Frozen(Event, index=19):
    """Some balance was frozen."""

    who: AccountId
    amount: Rao


class Thawed(Event, index=20):
    """Some balance was thawed."""

    who: AccountId
    amount: Rao


class TotalIssuanceForced(Event, index=21):
    """The total issuance was changed by root."""

    old: Rao
    new: Rao


EVENTS: tuple[type[Event], ...] = (
    Endowed,
    DustLost,
    Transfer,
    BalanceSet,
    Reserved,
    Unreserved,
    ReserveRepatriated,
    Deposit,
    Withdraw,
    Slashed,
    Minted,
    Burned,
    Suspended,
    Restored,
    Upgraded,
    Issued,
    Rescinded,
    Locked,
    Unlocked,
    Frozen,
    Thawed,
    TotalIssuanceForced,
)
