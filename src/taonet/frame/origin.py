"""Who calls: a signed account, root (by sudo), or nobody (an inherent)."""

from dataclasses import dataclass

from taonet.frame.dispatch_error import BadOrigin
from taonet.primitives.ids import AccountId
from taonet.scale.construction import quicken


@quicken
@dataclass(frozen=True)
class Signed:
    """
    An account whose signature was checked.

    `in_batch_all` goes along with the origin into whatever a `batch_all` dispatches.
    """

    who: AccountId
    in_batch_all: bool = False


@dataclass(frozen=True)
class Root:
    """The network's authority: calls by way of Sudo, and genesis."""


@dataclass(frozen=True)
class Unsigned:
    """Nobody: inherents, and unsigned transactions that their pallet validated."""


Origin = Signed | Root | Unsigned


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
