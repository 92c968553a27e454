"""
Who calls: a signed account, root (by sudo), or nobody (an inherent).

What acts for an account may be allowed less than the account itself. Its origin then carries what
it is held to, through every batch and pseudonym, until another account acts in its own right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from taonet.frame.dispatch_error import BadOrigin
from taonet.primitives.ids import AccountId
from taonet.scale.construction import quicken

if TYPE_CHECKING:
    from taonet.frame.call import Call

CallFilter = Callable[["Call"], bool]
"""Whether a call may be made."""


@quicken
@dataclass(frozen=True)
class Signed:
    """An account whose signature was checked, or for which another one may act."""

    who: AccountId
    filters: tuple[CallFilter, ...] = field(default=(), compare=False, repr=False)

    def narrowed(self, allows: CallFilter) -> "Signed":
        """The same account, held to one filter more."""
        return Signed(self.who, (*self.filters, allows))

    def acting_as(self, who: AccountId) -> "Signed":
        """Another account, held to the same filters."""
        return Signed(who, self.filters)

    def allows(self, call: "Call") -> bool:
        """Whether every filter lets the call through."""
        return not self.filters or all(allows(call) for allows in self.filters)


@dataclass(frozen=True)
class Root:
    """The network's authority: calls by way of Sudo, and genesis."""


@dataclass(frozen=True)
class Unsigned:
    """Nobody: inherents, and unsigned transactions that their pallet validated."""


@dataclass(frozen=True)
class EthereumTransaction:
    """An Ethereum address whose signature was checked."""

    sender: bytes


Origin = Signed | Root | Unsigned | EthereumTransaction


def ensure_signed(origin: Origin) -> AccountId:
    """The account that signed; raises `BadOrigin` for another origin."""
    if isinstance(origin, Signed):
        return origin.who
    raise BadOrigin


def ensure_root(origin: Origin) -> None:
    """Raises `BadOrigin` unless the call comes from root."""
    if not isinstance(origin, Root):
        raise BadOrigin


def ensure_none(origin: Origin) -> None:
    """Raises `BadOrigin` unless nobody signed."""
    if not isinstance(origin, Unsigned):
        raise BadOrigin


def ensure_signed_or_root(origin: Origin) -> AccountId | None:
    """The account that signed, None for root; raises `BadOrigin` for nobody."""
    if isinstance(origin, Root):
        return None
    return ensure_signed(origin)
