"""
Crowdloans from their creation to their end.

The numbers follow subtensor pallets/crowdloan/src/tests.rs: a deposit of 10 TAO, contributions of
at least 0.1.
"""

from typing import Any

import pytest

from taonet.frame.dispatch_error import BadOrigin, DispatchError, TokenError
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.pallet import PostInfo
from taonet.pallets.crowdloan import errors, events
from taonet.pallets.crowdloan.storage import CrowdloanInfo, CrowdloanStorage
from taonet.pallets.preimage import Inline, Lookup
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao, to_rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, Chain, call_of

CREATOR = Signed(ALICE.account)
TARGET = DAVE.account
END = 60
REMARK = call_of("System", "remark_with_event", b"raised")


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.block()
    return chain


def create(**changed: Any) -> Any:
    arguments = {
        "deposit": to_rao(10),
        "min_contribution": to_rao(1),
        "cap": to_rao(100),
        "end": END,
        "call": None,
        "target_address": TARGET,
    } | changed
    return call_of("Crowdloan", "create", *arguments.values())


def make(chain: Chain, name: str, *arguments: Any, origin: Origin = CREATOR) -> PostInfo:
    """Dispatch a call of the pallet and check the books."""
    info = chain.runtime.apply(call_of("Crowdloan", name, *arguments), origin)
    chain.runtime.try_state()
    return info


def refuse(
    chain: Chain,
    error: type[DispatchError],
    name: str,
    *arguments: Any,
    origin: Origin = CREATOR,
) -> None:
    refuses(chain.runtime, call_of("Crowdloan", name, *arguments), origin, error)


def opened(chain: Chain, **changed: Any) -> None:
    chain.runtime.apply(create(**changed), CREATOR)


def storage(chain: Chain) -> CrowdloanStorage:
    return CrowdloanStorage(chain.runtime.state)


def loan(chain: Chain) -> CrowdloanInfo:
    found = storage(chain).crowdloans[0]
    assert found is not None
    return found


def last_event(chain: Chain) -> Any:
    return chain.runtime.state.events[-1].event


def full(chain: Chain, **changed: Any) -> None:
    """A crowdloan that raised its cap of 100: 10 of the creator, 60 of Bob, 30 of Charlie."""
    opened(chain, **changed)
    make(chain, "contribute", 0, to_rao(60), origin=Signed(BOB.account))
    make(chain, "contribute", 0, to_rao(30), origin=Signed(CHARLIE.account))


def test_a_crowdloan_begins_with_its_deposit(chain: Chain) -> None:
    before = chain.free(ALICE)
    opened(chain)
    account = AccountId(b"modlbt/cloan".ljust(32, b"\0"))

    assert loan(chain) == CrowdloanInfo(
        creator=ALICE.account,
        deposit=to_rao(10),
        min_contribution=to_rao(1),
        end=END,
        cap=to_rao(100),
        funds_account=account,
        raised=to_rao(10),
        target_address=TARGET,
        call=None,
        finalized=False,
        contributors_count=1,
    )
    assert storage(chain).contributions[0, ALICE.account] == to_rao(10)
    assert storage(chain).next_crowdloan_id == 1
    assert before - chain.free(ALICE) == int(to_rao(10))
    assert chain.runtime.balances.free(account) == to_rao(10)
    assert last_event(chain) == events.Created(
        crowdloan_id=0, creator=ALICE.account, end=END, cap=to_rao(100)
    )
    opened(chain)
    assert storage(chain).next_crowdloan_id == 2


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"deposit": Rao(9_999_999_999)}, errors.DepositTooLow),
        ({"cap": to_rao(10)}, errors.CapTooLow),
        ({"min_contribution": Rao(99_999_999)}, errors.MinimumContributionTooLow),
        ({"call": REMARK}, errors.InvalidFinalizationConfig),
        ({"target_address": None}, errors.InvalidFinalizationConfig),
        ({"end": 1}, errors.CannotEndInPast),
        ({"end": 50}, errors.BlockDurationTooShort),
        ({"end": 20_002}, errors.BlockDurationTooLong),
        ({"deposit": to_rao(2_000_000), "cap": to_rao(3_000_000)}, errors.InsufficientBalance),
    ],
)
def test_a_crowdloan_has_its_bounds(
    chain: Chain, changed: dict[str, Any], error: type[DispatchError]
) -> None:
    refuses(chain.runtime, create(**changed), CREATOR, error)


def test_many_contribute_until_the_cap(chain: Chain) -> None:
    opened(chain)
    before = chain.free(BOB)
    make(chain, "contribute", 0, to_rao(60), origin=Signed(BOB.account))
    make(chain, "contribute", 0, to_rao(20), origin=Signed(BOB.account))
    assert loan(chain).contributors_count == 2
    make(chain, "contribute", 0, to_rao(50), origin=Signed(CHARLIE.account))

    assert last_event(chain) == events.Contributed(
        crowdloan_id=0, contributor=CHARLIE.account, amount=to_rao(10)
    )
    assert before - chain.free(BOB) == int(to_rao(80))
    assert storage(chain).contributions[0, BOB.account] == to_rao(80)
    assert storage(chain).contributions[0, CHARLIE.account] == to_rao(10)
    assert loan(chain).raised == to_rao(100)
    assert loan(chain).contributors_count == 3
    refuse(chain, errors.CapRaised, "contribute", 0, to_rao(5))


def test_a_contribution_is_refused(chain: Chain) -> None:
    refuse(chain, errors.InvalidCrowdloanId, "contribute", 0, to_rao(5))
    opened(chain, cap=to_rao(3_000_000))
    refuse(chain, errors.ContributionTooLow, "contribute", 0, Rao(999_999_999))
    refuse(chain, errors.InsufficientBalance, "contribute", 0, to_rao(2_000_000))
    refuse(chain, BadOrigin, "contribute", 0, to_rao(5), origin=Root())
    info = loan(chain)
    storage(chain).crowdloans[0] = CrowdloanInfo(**{**vars(info), "contributors_count": 500})
    refuse(chain, errors.MaxContributorsReached, "contribute", 0, to_rao(5))
    storage(chain).crowdloans[0] = info
    chain.runtime.system.number = END
    refuse(chain, errors.ContributionPeriodEnded, "contribute", 0, to_rao(5))


def test_one_contributors_part_is_limited(chain: Chain) -> None:
    opened(chain)
    refuse(chain, errors.MaximumContributionTooLow, "set_max_contribution", 0, to_rao(9))
    make(chain, "set_max_contribution", 0, to_rao(30))
    assert last_event(chain) == events.MaxContributionUpdated(
        crowdloan_id=0, new_max_contribution=to_rao(30)
    )
    bob = Signed(BOB.account)
    make(chain, "contribute", 0, Rao(29_500_000_000), origin=bob)
    make(chain, "contribute", 0, to_rao(5), origin=bob)
    assert storage(chain).contributions[0, BOB.account] == to_rao(30)
    refuse(chain, errors.MaxContributionReached, "contribute", 0, to_rao(5), origin=bob)
    refuse(chain, errors.MinimumContributionTooHigh, "update_min_contribution", 0, to_rao(31))
    make(chain, "set_max_contribution", 0, None)
    assert storage(chain).max_contributions[0] is None
    make(chain, "contribute", 0, to_rao(5), origin=bob)


def test_a_contribution_is_taken_back(chain: Chain) -> None:
    opened(chain)
    before = chain.free(BOB)
    make(chain, "contribute", 0, to_rao(60), origin=Signed(BOB.account))
    make(chain, "contribute", 0, to_rao(5))
    make(chain, "withdraw", 0, origin=Signed(BOB.account))
    assert last_event(chain) == events.Withdrew(
        crowdloan_id=0, contributor=BOB.account, amount=to_rao(60)
    )
    assert chain.free(BOB) == before
    assert loan(chain).contributors_count == 1
    make(chain, "withdraw", 0)

    assert loan(chain).raised == to_rao(10)
    refuse(chain, errors.DepositCannotBeWithdrawn, "withdraw", 0)
    refuse(chain, errors.NoContribution, "withdraw", 0, origin=Signed(BOB.account))
    refuse(chain, errors.InvalidCrowdloanId, "withdraw", 1)


def test_the_target_gets_what_was_raised(chain: Chain) -> None:
    full(chain)
    before = chain.free(DAVE)
    refuse(chain, errors.InvalidOrigin, "finalize", 0, origin=Signed(BOB.account))
    make(chain, "finalize", 0)

    assert chain.free(DAVE) - before == int(to_rao(100))
    assert loan(chain).finalized
    assert last_event(chain) == events.Finalized(crowdloan_id=0)
    for name in ("finalize", "withdraw", "refund", "dissolve"):
        refuse(chain, errors.AlreadyFinalized, name, 0)
    refuse(chain, errors.AlreadyFinalized, "update_cap", 0, to_rao(200))


def test_the_creators_call_is_dispatched(chain: Chain) -> None:
    full(chain, call=REMARK, target_address=None)
    assert isinstance(loan(chain).call, Inline)
    make(chain, "finalize", 0)

    assert loan(chain).finalized
    remarked = [type(d.event).__name__ for d in chain.runtime.state.events]
    assert "Remarked" in remarked
    assert storage(chain).current_crowdloan_id is None


def test_a_long_call_is_stored_once_and_goes_with_its_first_crowdloan(chain: Chain) -> None:
    """As on the real chain: storing what is there already does not count as one more need."""
    remark = call_of("System", "remark_with_event", b"x" * 200)
    full(chain, call=remark, target_address=None)
    opened(chain, call=remark, target_address=None)
    stored = loan(chain).call
    assert isinstance(stored, Lookup)
    assert chain.runtime.preimage.peek(stored) == remark
    make(chain, "dissolve", 1)
    assert list(chain.runtime.preimage.preimage_for.keys()) == []
    refuse(chain, errors.CallUnavailable, "finalize", 0)
    make(chain, "refund", 0)
    make(chain, "dissolve", 0)


def test_a_call_that_fails_ends_nothing(chain: Chain) -> None:
    give = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), to_rao(3_000_000))
    full(chain, call=give, target_address=None)
    refuse(chain, TokenError, "finalize", 0)
    assert not loan(chain).finalized
    chain.runtime.try_state()


def test_a_lost_call_cannot_be_dispatched(chain: Chain) -> None:
    remark = call_of("System", "remark_with_event", b"x" * 200)
    full(chain, call=remark, target_address=None)
    chain.runtime.preimage.preimage_for.clear()
    refuse(chain, errors.CallUnavailable, "finalize", 0)


def test_a_crowdloan_does_not_finalize_itself(chain: Chain) -> None:
    full(chain, call=call_of("Crowdloan", "finalize", 0), target_address=None)
    refuse(chain, errors.InvalidFinalizationConfig, "finalize", 0)


def test_finalizing_needs_the_cap(chain: Chain) -> None:
    opened(chain)
    refuse(chain, errors.CapNotRaised, "finalize", 0)
    refuse(chain, errors.InvalidCrowdloanId, "finalize", 1)


def test_all_are_refunded_and_the_crowdloan_dissolved(chain: Chain) -> None:
    before = [chain.free(who) for who in (ALICE, BOB, CHARLIE)]
    full(chain)
    account = loan(chain).funds_account
    refuse(chain, errors.InvalidOrigin, "refund", 0, origin=Signed(BOB.account))
    refuse(chain, errors.NotReadyToDissolve, "dissolve", 0)
    info = make(chain, "refund", 0)
    assert last_event(chain) == events.AllRefunded(crowdloan_id=0)
    assert info.weight is not None
    assert info.weight.ref_time == 110_703_000 + 2 * 39_503_253 + 6 * 25_000_000 + 4 * 100_000_000
    assert (loan(chain).raised, loan(chain).contributors_count) == (to_rao(10), 1)
    refuse(chain, errors.InvalidOrigin, "dissolve", 0, origin=Signed(BOB.account))
    make(chain, "dissolve", 0)

    assert last_event(chain) == events.Dissolved(crowdloan_id=0)
    assert [chain.free(who) for who in (ALICE, BOB, CHARLIE)] == before
    assert storage(chain).crowdloans[0] is None
    assert list(storage(chain).contributions.items()) == []
    assert account not in chain.runtime.system.account


def test_fifty_are_refunded_at_once(chain: Chain) -> None:
    opened(chain, cap=to_rao(1_000))
    for number in range(51):
        who = AccountId(bytes([number]) + b"contributor".ljust(31, b"\0"))
        give = call_of("Balances", "transfer_keep_alive", AddressId(who), to_rao(2))
        chain.runtime.apply(give, Signed(BOB.account))
        make(chain, "contribute", 0, to_rao(1), origin=Signed(who))
    assert make(chain, "refund", 0).weight is None
    assert last_event(chain) == events.PartiallyRefunded(crowdloan_id=0)
    assert loan(chain).contributors_count == 2
    make(chain, "refund", 0)
    assert last_event(chain) == events.AllRefunded(crowdloan_id=0)
    assert loan(chain).raised == to_rao(10)


def test_the_creator_changes_its_terms(chain: Chain) -> None:
    opened(chain)
    make(chain, "update_min_contribution", 0, to_rao(2))
    assert last_event(chain) == events.MinContributionUpdated(
        crowdloan_id=0, new_min_contribution=to_rao(2)
    )
    make(chain, "update_end", 0, 100)
    assert last_event(chain) == events.EndUpdated(crowdloan_id=0, new_end=100)
    make(chain, "update_cap", 0, to_rao(10))
    assert last_event(chain) == events.CapUpdated(crowdloan_id=0, new_cap=to_rao(10))
    assert (loan(chain).min_contribution, loan(chain).end) == (to_rao(2), 100)
    refuse(chain, errors.MinimumContributionTooLow, "update_min_contribution", 0, Rao(99_999_999))
    refuse(chain, errors.CapTooLow, "update_cap", 0, to_rao(9))
    refuse(chain, errors.CannotEndInPast, "update_end", 0, 1)
    refuse(chain, errors.BlockDurationTooShort, "update_end", 0, 50)
    refuse(chain, errors.BlockDurationTooLong, "update_end", 0, 20_002)
    for name, value in (
        ("update_min_contribution", to_rao(2)),
        ("update_end", 100),
        ("update_cap", to_rao(20)),
        ("set_max_contribution", None),
    ):
        refuse(chain, errors.InvalidOrigin, name, 0, value, origin=Signed(BOB.account))
        refuse(chain, errors.InvalidCrowdloanId, name, 1, value)
