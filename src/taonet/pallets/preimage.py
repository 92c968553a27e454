"""
Preimage: calls that other pallets store to dispatch them later.

A short call stays with whoever stores it; a long one is kept here under its hash and counted by
how many need it. The calls by which anyone could deposit bytes are not offered: nothing in this
runtime would look them up.

Source: polkadot-sdk substrate/frame/preimage/src/lib.rs; frame/support/src/traits/preimages.rs.
"""

from typing import Annotated, Final

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.dispatch_error import ModuleError, Unavailable
from taonet.frame.pallet import Event, Pallet
from taonet.frame.state import State
from taonet.frame.storage import OptionMap, identity
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.scale.codec import Codecs, MalformedScale
from taonet.scale.types import (
    U32,
    Struct,
    TaggedUnion,
    bounded_bytes,
    option,
    pair,
    u32,
)

PREIMAGE_INDEX: Final = 14

PREIMAGE_BYTES_MAX: Final = 4 * 1024 * 1024
"""The longest call that is kept."""

INLINE_BYTES_MAX: Final = 128
"""A call up to this long is kept where it is needed."""


class BoundedCall(
    TaggedUnion, path="frame_support::traits::preimages::Bounded", parameters={"T": RUNTIME_CALL}
):
    """A stored call."""


class Legacy(BoundedCall, index=0):
    """A call by its hash, of unknown length; no longer made."""

    hash: H256


class Inline(BoundedCall, index=1):
    """The call itself."""

    _0: Annotated[bytes, bounded_bytes(INLINE_BYTES_MAX)]


class Lookup(BoundedCall, index=2):
    """A call by its hash and length."""

    hash: H256
    len: U32


class HoldConsideration(Struct, path="frame_support::traits::tokens::fungible::HoldConsideration"):
    """What is held of a depositor for the bytes, in rao."""

    _0: Rao


_TICKET = pair(AccountId, HoldConsideration)


class RequestStatus(TaggedUnion, path="pallet_preimage::RequestStatus"):
    """Who needs a preimage, and whether it is there."""


class Unrequested(RequestStatus, index=0):
    """It is there and nobody needs it."""

    ticket: Annotated[tuple[AccountId, HoldConsideration], _TICKET]
    len: U32


class Requested(RequestStatus, index=1):
    """It is needed `count` times; `maybe_len` is its length if it is there."""

    maybe_ticket: Annotated[tuple[AccountId, HoldConsideration] | None, option(_TICKET)]
    count: U32
    maybe_len: U32 | None


class PreimageNoted(Event, index=0, name="Noted"):
    """A preimage has been noted."""

    hash: H256


class PreimageRequested(Event, index=1, name="Requested"):
    """A preimage has been requested."""

    hash: H256


class PreimageCleared(Event, index=2, name="Cleared"):
    """A preimage has been cleared."""

    hash: H256


class TooBig(ModuleError, index=0):
    """Preimage is too large to store on-chain."""


class AlreadyNoted(ModuleError, index=1):
    """Preimage has already been noted on-chain."""


class NotAuthorized(ModuleError, index=2):
    """The user is not authorized to perform this action."""


class NotNoted(ModuleError, index=3):
    """The preimage cannot be removed since it has not yet been noted."""


class StillRequested(ModuleError, index=4, name="Requested"):
    """A preimage may not be removed when there are outstanding requests."""


class NotRequested(ModuleError, index=5):
    """The preimage request cannot be removed since no outstanding requests exist."""


class Preimage(Pallet, prefix="Preimage"):
    """Keeps calls for other pallets."""

    events = (PreimageNoted, PreimageRequested, PreimageCleared)
    errors = (TooBig, AlreadyNoted, NotAuthorized, NotNoted, StillRequested, NotRequested)

    request_status_for = OptionMap(
        identity(H256), value=RequestStatus, doc="The request status of a given hash."
    )
    preimage_for = OptionMap(
        identity(pair(H256, u32)),
        value=bounded_bytes(PREIMAGE_BYTES_MAX),
        doc="Preimages by hash and length.",
    )

    def __init__(self, state: State, codecs: Codecs) -> None:
        super().__init__(state)
        self._codecs = codecs

    def bound(self, call: Call) -> BoundedCall:
        """The call as it is stored; a long one is kept here from now on. Raises `TooBig`."""
        raw = self._codecs.of(RUNTIME_CALL).encode(call)
        if len(raw) <= INLINE_BYTES_MAX:
            return Inline(raw)
        if len(raw) > PREIMAGE_BYTES_MAX:
            raise TooBig
        key = H256(blake2_256(raw))
        needed = self._needed(key)
        self.request_status_for[key] = Requested(None, needed + 1, len(raw))
        if not needed:
            self.preimage_for[key, len(raw)] = raw
            self.deposit_event(PreimageNoted(hash=key))
        return Lookup(key, len(raw))

    def peek(self, stored: BoundedCall) -> Call:
        """The stored call; raises `Unavailable` if it is gone or is no call any more."""
        raw: bytes | None = None
        if isinstance(stored, Inline):
            raw = stored._0
        elif isinstance(stored, Lookup):
            raw = self.preimage_for[stored.hash, stored.len]
        if raw is None:
            raise Unavailable
        try:
            return self._codecs.of(RUNTIME_CALL).decode(raw)
        except MalformedScale as error:
            raise Unavailable from error

    def drop(self, stored: BoundedCall) -> None:
        """Forget a call that one holder needs no more; the last one's is removed."""
        if not isinstance(stored, Lookup):
            return
        needed = self._needed(stored.hash)
        if needed > 1:
            self.request_status_for[stored.hash] = Requested(None, needed - 1, stored.len)
        elif needed:
            del self.request_status_for[stored.hash]
            del self.preimage_for[stored.hash, stored.len]
            self.deposit_event(PreimageCleared(hash=stored.hash))

    def try_state(self) -> None:
        """Every kept call is needed, and every needed one is kept."""
        kept = {key for (key, _), _ in self.preimage_for.items()}
        assert kept == set(self.request_status_for.keys()), "a stored call and its count differ"

    def _needed(self, key: H256) -> int:
        status = self.request_status_for[key]
        return status.count if isinstance(status, Requested) else 0
