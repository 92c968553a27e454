"""An origin on the wire, as root names one to dispatch a call as it."""

from taonet.frame.origin import Origin, Root, Signed, Unsigned
from taonet.primitives.ids import AccountId
from taonet.scale.types import TaggedUnion


class RawOrigin(TaggedUnion, path="frame_support::dispatch::RawOrigin"):
    """Who calls."""


class RootOrigin(RawOrigin, index=0, name="Root"):
    """Root."""


class SignedOrigin(RawOrigin, index=1, name="Signed"):
    """An account."""

    _0: AccountId


class NobodyOrigin(RawOrigin, index=2, name="None"):
    """Nobody."""


class OriginCaller(TaggedUnion, path="node_subtensor_runtime::OriginCaller"):
    """Which pallet's origin it is; in this runtime only System's."""


class SystemOrigin(OriginCaller, index=0, name="system"):
    """Root, an account or nobody."""

    _0: RawOrigin


def origin_of(caller: OriginCaller) -> Origin:
    """The origin that is meant."""
    assert isinstance(caller, SystemOrigin)
    raw = caller._0
    if isinstance(raw, SignedOrigin):
        return Signed(raw._0)
    return Root() if isinstance(raw, RootOrigin) else Unsigned()
