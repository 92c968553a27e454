"""
Preimage: calls that other pallets store to dispatch them later.

A short call stays with whoever stores it; a long one is kept here under its hash and counted by
how many need it. Anyone may store bytes for a deposit, which is held as long as they are there.

Source: polkadot-sdk substrate/frame/preimage/src/lib.rs; frame/support/src/traits/preimages.rs;
subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Final

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.dispatch_error import ModuleError, Unavailable
from taonet.frame.origin import Origin, ensure_root, ensure_signed, ensure_signed_or_root
from taonet.frame.pallet import Event, Pallet, PostInfo, call
from taonet.frame.state import State
from taonet.frame.storage import OptionMap, identity
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import PreimageHold, PreimageHoldReason
from taonet.pallets.deposit import storage_deposit
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


_OLD_DEPOSIT = pair(AccountId, Rao)


class OldRequestStatus(TaggedUnion, path="pallet_preimage::OldRequestStatus"):
    """Who needs a preimage, in a form that chains older than this one had."""


class OldUnrequested(OldRequestStatus, index=0, name="Unrequested"):
    """It is there and nobody needs it."""

    deposit: Annotated[tuple[AccountId, Rao], _OLD_DEPOSIT]
    len: U32


class OldRequested(OldRequestStatus, index=1, name="Requested"):
    """It is needed `count` times."""

    deposit: Annotated[tuple[AccountId, Rao] | None, option(_OLD_DEPOSIT)]
    count: U32
    len: U32 | None


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


class TooMany(ModuleError, index=6):
    """More hashes were requested to be upgraded at once than may be."""


class TooFew(ModuleError, index=7):
    """Too few hashes were requested to be upgraded (i.e. zero)."""


BASE_DEPOSIT: Final = storage_deposit(2, 64)
"""What is held for any bytes; each byte costs 0.001 TAO more."""

UPGRADES_MAX: Final = 1024
COUNT_MAX: Final = 2**32 - 1

_HOLD: Final = PreimageHold(PreimageHoldReason.PREIMAGE)
_UNNOTE: Final = Weight(57_648_000, 3802) + database_weight(reads=3, writes=3)
_REQUEST: Final = Weight(25_485_000, 3556) + database_weight(reads=2, writes=1)
_UNREQUEST: Final = Weight(25_369_000, 3556) + database_weight(reads=2, writes=2)


def _note_weight(noted: bytes) -> Weight:
    base = Weight(129_485_531 + 2_133 * len(noted), 6012)
    return base + database_weight(reads=5, writes=3)


def _upgrade_weight(hashes: tuple[H256, ...]) -> Weight:
    count = len(hashes)
    base = Weight(61_821_000 + 58_427_064 * count, 6012 + 2812 * count)
    return base + database_weight(reads=2 + 3 * count, writes=4 * count)


class Preimage(Pallet, prefix="Preimage"):
    """Keeps calls for other pallets."""

    events = (PreimageNoted, PreimageRequested, PreimageCleared)
    errors = (
        TooBig,
        AlreadyNoted,
        NotAuthorized,
        NotNoted,
        StillRequested,
        NotRequested,
        TooMany,
        TooFew,
    )

    status_for = OptionMap(
        identity(H256),
        value=OldRequestStatus,
        doc="The request status of a given hash, in an old form; this chain has none.",
    )
    request_status_for = OptionMap(
        identity(H256), value=RequestStatus, doc="The request status of a given hash."
    )
    preimage_for = OptionMap(
        identity(pair(H256, u32)),
        value=bounded_bytes(PREIMAGE_BYTES_MAX),
        doc="Preimages by hash and length.",
    )

    def __init__(self, state: State, balances: Balances, codecs: Codecs) -> None:
        super().__init__(state)
        self._balances = balances
        self._codecs = codecs

    @call(index=0, weight=_note_weight)
    def note_preimage(self, origin: Origin, bytes_: bytes) -> PostInfo:
        """
        Store bytes. A deposit for their length is held, unless they are asked for: then it is
        free, as it is for root.
        """
        who = ensure_signed_or_root(origin)
        requested = self._note(bytes_, who)
        return PostInfo(pays=Pays.NO if requested or who is None else Pays.YES)

    @call(index=1, weight=_UNNOTE)
    def unnote_preimage(self, origin: Origin, hash: H256) -> None:
        """Take back your deposit, and the bytes with it unless somebody needs them."""
        who = ensure_signed_or_root(origin)
        status = self.request_status_for[hash]
        if status is None:
            raise NotNoted
        ticket = status.ticket if isinstance(status, Unrequested) else None
        if isinstance(status, Requested):
            ticket = status.maybe_ticket
        if who is not None and (ticket is None or ticket[0] != who):
            raise NotAuthorized
        if ticket is None:
            self._unrequest(hash)
            return
        self._balances.release(ticket[0], _HOLD, ticket[1]._0)
        if isinstance(status, Requested):
            self.request_status_for[hash] = replace(status, maybe_ticket=None)
        elif isinstance(status, Unrequested):
            self._clear(hash, status.len)

    @call(index=2, weight=_REQUEST)
    def request_preimage(self, origin: Origin, hash: H256) -> None:
        """Ask for bytes by their hash: whoever stores them need not pay; only root can."""
        ensure_root(origin)
        self.request(hash)

    @call(index=3, weight=_UNREQUEST)
    def unrequest_preimage(self, origin: Origin, hash: H256) -> None:
        """Take back that bytes were asked for; only root can."""
        ensure_root(origin)
        self._unrequest(hash)

    @call(index=4, weight=_upgrade_weight)
    def ensure_updated(self, origin: Origin, hashes: tuple[H256, ...]) -> PostInfo:
        """Bring what older chains stored into today's form: nothing on this one, so it costs."""
        ensure_signed(origin)
        if not hashes:
            raise TooFew
        if len(hashes) > UPGRADES_MAX:
            raise TooMany
        return PostInfo(pays=Pays.YES)

    def bound(self, call: Call) -> BoundedCall:
        """
        The call as it is stored; a long one is kept here, needed at least once from now on. Raises
        `TooBig`.
        """
        raw = self._codecs.of(RUNTIME_CALL).encode(call)
        if len(raw) <= INLINE_BYTES_MAX:
            return Inline(raw)
        self._note(raw, None)
        return Lookup(H256(blake2_256(raw)), len(raw))

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

    def request(self, key: H256) -> None:
        """Note that one more needs the bytes of a hash, whether they are there or not."""
        status = self.request_status_for[key]
        if isinstance(status, Requested):
            count = min(status.count + 1, COUNT_MAX)
            self.request_status_for[key] = replace(status, count=count)
            return
        if isinstance(status, Unrequested):
            self.request_status_for[key] = Requested(status.ticket, 1, status.len)
        else:
            self.request_status_for[key] = Requested(None, 1, None)
        self.deposit_event(PreimageRequested(hash=key))

    def drop(self, stored: BoundedCall) -> None:
        """Forget a call that one holder needs no more; if that was the last, it is removed."""
        if not isinstance(stored, Lookup):
            return
        with suppress(NotRequested):
            self._unrequest(stored.hash)

    def try_state(self) -> None:
        """The bytes that statuses tell of are there, and no others."""
        kept = set(self.preimage_for.keys())
        told = set()
        for key, status in self.request_status_for.items():
            length = status.len if isinstance(status, Unrequested) else None
            if isinstance(status, Requested):
                length = status.maybe_len
                assert status.count, f"{key.hex()} is needed by nobody"
            if length is not None:
                told.add((key, length))
        assert kept == told, "stored bytes and their statuses differ"

    def _note(self, raw: bytes, depositor: AccountId | None) -> bool:
        """Store bytes, for a deposit if somebody gives one; whether somebody needs them."""
        if len(raw) > PREIMAGE_BYTES_MAX:
            raise TooBig
        key, length = H256(blake2_256(raw)), len(raw)
        status, after = self.request_status_for[key], None
        if isinstance(status, Requested):
            # Who stores what is needed already does not count as one more who needs it.
            after = replace(status, maybe_len=length)
        elif depositor is None:
            ticket = status.ticket if isinstance(status, Unrequested) else None
            after = Requested(ticket, 1, length)
        elif status is not None:
            raise AlreadyNoted
        if after is None:
            assert depositor is not None
            deposit = BASE_DEPOSIT + storage_deposit(0, length)
            self._balances.hold(depositor, _HOLD, deposit)
            kept = Unrequested((depositor, HoldConsideration(deposit)), length)
            self.request_status_for[key] = kept
        else:
            self.request_status_for[key] = after
        self.preimage_for[key, length] = raw
        self.deposit_event(PreimageNoted(hash=key))
        return after is not None

    def _unrequest(self, key: H256) -> None:
        """Let one less need the bytes of a hash; raises `NotRequested`."""
        status = self.request_status_for[key]
        if not isinstance(status, Requested):
            raise NotRequested
        if status.count > 1:
            self.request_status_for[key] = replace(status, count=status.count - 1)
        elif status.maybe_len is None:
            del self.request_status_for[key]
        elif status.maybe_ticket is None:
            self._clear(key, status.maybe_len)
        else:
            # Whoever stored them may take them back now.
            self.request_status_for[key] = Unrequested(status.maybe_ticket, status.maybe_len)

    def _clear(self, key: H256, length: int) -> None:
        del self.request_status_for[key]
        del self.preimage_for[key, length]
        self.deposit_event(PreimageCleared(hash=key))
