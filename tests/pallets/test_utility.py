"""Utility: calls of calls."""

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin, TokenError
from taonet.frame.dispatch_outcome import Err, Ok, TokenFailure, TokenReason
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Root, Signed
from taonet.frame.weight import Pays
from taonet.pallets.origin_caller import SignedOrigin, SystemOrigin
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.pallets.system import CallFiltered
from taonet.pallets.utility import (
    BATCHED_CALLS_MAX,
    BatchCompleted,
    BatchCompletedWithErrors,
    BatchInterrupted,
    DispatchedAs,
    IfElseFallbackCalled,
    IfElseMainSuccess,
    ItemCompleted,
    ItemFailed,
    TooManyCalls,
    derived_account,
)
from taonet.primitives.units import Rao, to_rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, call_of

UNAFFORDABLE = TokenFailure(TokenReason.FUNDS_UNAVAILABLE)
REMARK = call_of("System", "remark", b"")


@pytest.fixture
def chain() -> Chain:
    return Chain()


def transfer(rao: int) -> Call:
    return call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(rao))


TOO_MUCH = transfer(int(to_rao(10_000_000)))


def of_utility(chain: Chain) -> list[object]:
    return [e for e in chain.events() if type(e).__module__ == "taonet.pallets.utility"]


def test_a_batch_keeps_what_it_did_before_a_failure(chain: Chain) -> None:
    before = chain.free(BOB)
    outcome = chain.send(ALICE, call_of("Utility", "batch", (transfer(5), TOO_MUCH, transfer(7))))

    assert outcome is None
    assert chain.free(BOB) == before + 5
    assert of_utility(chain) == [
        ItemCompleted(),
        BatchInterrupted(index_=1, error=UNAFFORDABLE),
    ]


def test_batch_all_does_all_or_nothing(chain: Chain) -> None:
    before = chain.free(BOB)
    outcome = chain.send(ALICE, call_of("Utility", "batch_all", (transfer(5), TOO_MUCH)))

    assert isinstance(outcome, TokenError)
    assert chain.free(BOB) == before
    assert of_utility(chain) == []
    assert chain.send(ALICE, call_of("Utility", "batch_all", (transfer(5), transfer(6)))) is None
    assert chain.free(BOB) == before + 11


def test_force_batch_goes_on_after_failures(chain: Chain) -> None:
    before = chain.free(BOB)
    chain.send(ALICE, call_of("Utility", "force_batch", (TOO_MUCH, transfer(7))))

    assert chain.free(BOB) == before + 7
    assert of_utility(chain) == [
        ItemFailed(error=UNAFFORDABLE),
        ItemCompleted(),
        BatchCompletedWithErrors(),
    ]


def test_an_interrupted_batch_pays_only_for_what_ran(chain: Chain) -> None:
    calls = (TOO_MUCH, *(transfer(1),) * 20)
    extrinsic = chain.sign(ALICE, call_of("Utility", "batch", calls))
    _, quoted = chain.executive.query_info(extrinsic, extrinsic.length)
    chain.block(extrinsic)

    assert chain.fee() < quoted
    guard = COLDKEY_SWAP.ref_time
    # What says what it weighed pays for no look before it: the batch itself.
    saved = 20 * (5_450_264 + 38_159_000 + 125_000_000 + guard) + guard
    assert int(quoted) - int(chain.fee()) == pytest.approx(saved // 2000, abs=1)


def test_batches_do_not_nest(chain: Chain) -> None:
    inner = call_of("Utility", "batch", (REMARK,))
    for name in ("batch", "batch_all", "force_batch"):
        call = call_of("Utility", name, (inner,))
        refuses(chain.runtime, call, Signed(ALICE.account), CallFiltered)
    chain.runtime.apply(call_of("Utility", "batch", (inner,)), Root())


def test_a_batch_has_a_limit(chain: Chain) -> None:
    call = call_of("Utility", "batch_all", (REMARK,) * (BATCHED_CALLS_MAX + 1))
    refuses(chain.runtime, call, Signed(ALICE.account), TooManyCalls)


def test_a_batch_of_free_calls_is_free() -> None:
    assert call_of("Utility", "batch", ()).info().pays_fee is Pays.NO
    assert call_of("Utility", "batch", (REMARK,)).info().pays_fee is Pays.YES


def test_a_pseudonym_spends_its_own_money(chain: Chain) -> None:
    pseudonym = derived_account(ALICE.account, 3)
    give = call_of("Balances", "transfer_keep_alive", AddressId(pseudonym), to_rao(1))
    call = call_of("Utility", "as_derivative", 3, transfer(9))

    assert isinstance(chain.send(ALICE, call), TokenError)
    chain.send(ALICE, give)
    assert chain.send(ALICE, call) is None
    assert chain.runtime.balances.free(pseudonym) == Rao(int(to_rao(1)) - 9)


def test_if_else_falls_back(chain: Chain) -> None:
    before = chain.free(BOB)
    chain.send(ALICE, call_of("Utility", "if_else", TOO_MUCH, transfer(3)))
    assert of_utility(chain) == [IfElseFallbackCalled(main_error=UNAFFORDABLE)]
    chain.send(ALICE, call_of("Utility", "if_else", transfer(4), transfer(3)))
    assert of_utility(chain) == [IfElseMainSuccess()]
    assert chain.free(BOB) == before + 7
    outcome = chain.send(ALICE, call_of("Utility", "if_else", TOO_MUCH, TOO_MUCH))
    assert isinstance(outcome, TokenError)


def test_root_dispatches_as_anyone(chain: Chain) -> None:
    origin = SystemOrigin(SignedOrigin(CHARLIE.account))
    before = chain.free(CHARLIE)
    as_charlie = call_of("Utility", "dispatch_as", origin, transfer(8))
    assert chain.send(ALICE, call_of("Sudo", "sudo", as_charlie)) is None

    assert chain.free(CHARLIE) == before - 8
    assert DispatchedAs(result=Ok()) in chain.events()
    in_vain = call_of("Utility", "dispatch_as", origin, TOO_MUCH)
    chain.send(ALICE, call_of("Sudo", "sudo", in_vain))
    assert DispatchedAs(result=Err(UNAFFORDABLE)) in chain.events()
    for name in ("dispatch_as", "dispatch_as_fallible"):
        call = call_of("Utility", name, origin, transfer(8))
        refuses(chain.runtime, call, Signed(DAVE.account), BadOrigin)
    fallible = call_of("Utility", "dispatch_as_fallible", origin, TOO_MUCH)
    refuses(chain.runtime, fallible, Root(), TokenError)
    weighed = call_of(
        "Utility", "with_weight", REMARK, call_of("System", "remark", b"").info().weight
    )
    refuses(chain.runtime, weighed, Signed(DAVE.account), BadOrigin)
    chain.runtime.apply(weighed, Root())


def test_all_batches_say_when_they_complete(chain: Chain) -> None:
    for name in ("batch", "batch_all", "force_batch"):
        chain.send(ALICE, call_of("Utility", name, (REMARK, REMARK)))
        assert of_utility(chain) == [ItemCompleted(), ItemCompleted(), BatchCompleted()]


def test_a_refused_batch_pays_only_for_what_ran(chain: Chain) -> None:
    calls = (transfer(1), TOO_MUCH, *(transfer(1),) * 20)
    extrinsic = chain.sign(ALICE, call_of("Utility", "batch_all", calls))
    _, quoted = chain.executive.query_info(extrinsic, extrinsic.length)
    (outcome,) = chain.block(extrinsic)

    assert isinstance(outcome, TokenError)
    guard = COLDKEY_SWAP.ref_time
    saved = 20 * (5_663_250 + 38_159_000 + 125_000_000 + guard) + guard
    assert int(quoted) - int(chain.fee()) == pytest.approx(saved // 2000, abs=1)


def test_what_was_spent_is_known_of_nested_refusals(chain: Chain) -> None:
    calls = (TOO_MUCH, *(REMARK,) * 9)
    inner = call_of("Utility", "as_derivative", 1, call_of("Utility", "batch_all", calls))
    with pytest.raises(TokenError) as refused:
        chain.runtime.apply(inner, Signed(ALICE.account))
    first = TOO_MUCH.info().weight
    remark = REMARK.info().weight
    declared = inner.info().weight
    assert refused.value.spent is not None
    unused = 9 * (remark.ref_time + 5_663_250) + 2 * COLDKEY_SWAP.ref_time
    assert refused.value.spent.ref_time == declared.ref_time - unused
    assert refused.value.spent.ref_time > first.ref_time

    weighed = call_of("Utility", "with_weight", call_of("Utility", "batch_all", (inner,)), declared)
    with pytest.raises(BadOrigin) as refused_by_root:
        chain.runtime.apply(weighed, Root())
    assert refused_by_root.value.spent is None


def test_what_a_batch_all_dispatches_is_no_batch_all_at_any_depth(chain: Chain) -> None:
    inner = call_of("Utility", "batch_all", (REMARK,))
    by_pseudonym = call_of("Utility", "as_derivative", 1, inner)
    chain.runtime.apply(call_of("Utility", "batch", (by_pseudonym,)), Signed(ALICE.account))
    call = call_of("Utility", "batch_all", (by_pseudonym,))
    refuses(chain.runtime, call, Signed(ALICE.account), CallFiltered)
