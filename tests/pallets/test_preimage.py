"""Preimages: bytes by their hash, and who pays for them."""

from typing import Any

import pytest

from taonet.frame.dispatch_error import BadOrigin, DispatchError, TokenError
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.pallet import PostInfo
from taonet.frame.weight import Pays
from taonet.pallets import preimage as pallet
from taonet.pallets.balances_types import PreimageHold, PreimageHoldReason
from taonet.pallets.preimage import HoldConsideration, Requested, Unrequested
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, Chain, call_of

BYTES = b"z" * 1000
KEY = H256(blake2_256(BYTES))
DEPOSIT = Rao(104_000_000 + 1000 * 1_000_000)
HOLD = PreimageHold(PreimageHoldReason.PREIMAGE)
TICKET = (ALICE.account, HoldConsideration(DEPOSIT))
OWNER, STRANGER = Signed(ALICE.account), Signed(BOB.account)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


def make(chain: Chain, name: str, *arguments: Any, origin: Origin = OWNER) -> PostInfo:
    """Dispatch a call of the pallet and check the books."""
    info = chain.runtime.apply(call_of("Preimage", name, *arguments), origin)
    chain.runtime.try_state()
    return info


def refuse(
    chain: Chain, error: type[DispatchError], name: str, *arguments: Any, origin: Origin = OWNER
) -> None:
    refuses(chain.runtime, call_of("Preimage", name, *arguments), origin, error)


def held(chain: Chain) -> int:
    return chain.runtime.balances.held(ALICE.account, HOLD)


def status(chain: Chain) -> object:
    return chain.runtime.preimage.request_status_for[KEY]


def last(chain: Chain) -> Any:
    return chain.runtime.state.events[-1].event


def test_bytes_are_stored_for_a_deposit(chain: Chain) -> None:
    before = chain.free(ALICE)
    assert make(chain, "note_preimage", BYTES).pays is Pays.YES
    assert last(chain) == pallet.PreimageNoted(hash=KEY)
    assert chain.runtime.preimage.preimage_for[KEY, 1000] == BYTES
    assert status(chain) == Unrequested(TICKET, 1000)
    assert held(chain) == int(DEPOSIT) == before - chain.free(ALICE)
    refuse(chain, pallet.AlreadyNoted, "note_preimage", BYTES, origin=STRANGER)
    refuse(chain, pallet.NotAuthorized, "unnote_preimage", KEY, origin=STRANGER)
    make(chain, "unnote_preimage", KEY)
    assert last(chain) == pallet.PreimageCleared(hash=KEY)
    assert chain.free(ALICE) == before
    assert held(chain) == 0
    refuse(chain, pallet.NotNoted, "unnote_preimage", KEY)


def test_what_is_asked_for_is_free(chain: Chain) -> None:
    make(chain, "request_preimage", KEY, origin=Root())
    assert last(chain) == pallet.PreimageRequested(hash=KEY)
    assert status(chain) == Requested(None, 1, None)
    assert make(chain, "note_preimage", BYTES).pays is Pays.NO
    assert status(chain) == Requested(None, 1, 1000)
    assert held(chain) == 0
    refuse(chain, pallet.NotAuthorized, "unnote_preimage", KEY)
    make(chain, "request_preimage", KEY, origin=Root())
    make(chain, "unrequest_preimage", KEY, origin=Root())
    assert status(chain) == Requested(None, 1, 1000)
    make(chain, "unnote_preimage", KEY, origin=Root())
    assert last(chain) == pallet.PreimageCleared(hash=KEY)
    assert status(chain) is None


def test_what_was_paid_for_may_be_needed_too(chain: Chain) -> None:
    make(chain, "note_preimage", BYTES)
    make(chain, "request_preimage", KEY, origin=Root())
    assert status(chain) == Requested(TICKET, 1, 1000)
    make(chain, "unrequest_preimage", KEY, origin=Root())
    assert status(chain) == Unrequested(TICKET, 1000)
    refuse(chain, pallet.NotRequested, "unrequest_preimage", KEY, origin=Root())
    make(chain, "request_preimage", KEY, origin=Root())
    make(chain, "unnote_preimage", KEY)
    assert status(chain) == Requested(None, 1, 1000)
    assert held(chain) == 0
    make(chain, "unrequest_preimage", KEY, origin=Root())
    assert status(chain) is None


def test_root_stores_and_asks_for_nothing_in_return(chain: Chain) -> None:
    assert make(chain, "note_preimage", BYTES, origin=Root()).pays is Pays.NO
    assert status(chain) == Requested(None, 1, 1000)
    make(chain, "unrequest_preimage", KEY, origin=Root())
    make(chain, "note_preimage", BYTES)
    make(chain, "note_preimage", BYTES, origin=Root())
    assert status(chain) == Requested(TICKET, 1, 1000)
    make(chain, "request_preimage", H256.zero(), origin=Root())
    make(chain, "unrequest_preimage", H256.zero(), origin=Root())
    refuse(chain, pallet.NotRequested, "unrequest_preimage", H256.zero(), origin=Root())
    for name in ("request_preimage", "unrequest_preimage"):
        refuse(chain, BadOrigin, name, KEY)


def test_bytes_have_their_limits(chain: Chain) -> None:
    refuse(chain, pallet.TooBig, "note_preimage", bytes(4 * 1024 * 1024 + 1))
    poor = Signed(AccountId(bytes([9]) * 32))
    refuse(chain, TokenError, "note_preimage", BYTES, origin=poor)


def test_nothing_of_old_is_left_to_update(chain: Chain) -> None:
    refuse(chain, pallet.TooFew, "ensure_updated", ())
    refuse(chain, pallet.TooMany, "ensure_updated", (KEY,) * 1025)
    assert make(chain, "ensure_updated", (KEY,)).pays is Pays.YES
