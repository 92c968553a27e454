"""Staking, unstaking and moving stake: effects, events, and the order of refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor import errors
from taonet.pallets.subtensor.events import stake as events
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, to_rao
from tests.pallets.subtensor.chain import AUTHOR, NETUID, Chain, account

SECOND = NetUid(2)
ALICE, BOB = account("alice"), account("bob")
HOT, WARM = account("hot"), account("warm")


@pytest.fixture
def chain() -> Chain:
    return started()


def started(author: AccountId | None = AUTHOR) -> Chain:
    """Two subnets at a price of 1, two hotkeys of bob's, and alice with 1000 TAO."""
    chain = Chain(author)
    chain.add_subnet()
    chain.add_subnet(SECOND)
    chain.own(BOB, HOT)
    chain.own(BOB, WARM)
    chain.fund(ALICE, to_rao(1_000))
    chain.fund(BOB, to_rao(1_000))
    return chain


def alpha_is_conserved(chain: Chain) -> None:
    """All alpha that was issued is in the pool or outside."""
    pools = chain.subtensor.pools
    for netuid in (NETUID, SECOND):
        held = int(pools.subnet_alpha_in[netuid]) + int(pools.subnet_alpha_out[netuid])
        assert int(chain.assets.total_alpha_issuance[netuid]) == held


def test_staking_buys_alpha_and_pays_the_author(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(100))

    fee = 100 * 10**9 * 33 // 65535
    bought = chain.stake_of("alice", "hot")
    assert bought == pytest.approx(1_000e9 * 100 / 1_100, rel=1e-3)
    assert chain.events(events.StakeAdded) == [
        events.StakeAdded(ALICE, HOT, to_rao(100), Alpha(bought), NETUID, fee)
    ]
    assert chain.balances.free(ALICE) == to_rao(900)
    assert int(chain.balances.free(AUTHOR)) == 10**9 + fee
    assert int(chain.subtensor.pools.subnet_tao[NETUID]) == 1_100 * 10**9 - fee
    assert chain.subtensor.accounts.staking_hotkeys[ALICE] == (HOT,)
    assert chain.subtensor.pools.subnet_volume[NETUID] == 100 * 10**9
    chain.subtensor.block_step.try_state()
    alpha_is_conserved(chain)


def test_without_a_known_author_the_fee_is_burned() -> None:
    chain = started(author=None)
    issued = chain.balances.total_issuance
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(100))
    chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(10**9))

    assert chain.balances.total_issuance == issued
    assert int(chain.assets.alpha_burned[NETUID]) == 10**9 * 33 // 65535


def test_unstaking_everything_gives_back_all_but_the_fees(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(100))
    chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(chain.stake_of("alice", "hot")))

    assert chain.stake_of("alice", "hot") == 0
    lost = 1_000 * 10**9 - int(chain.balances.free(ALICE))
    assert 0.08e9 < lost < 0.11e9
    removed = chain.events(events.StakeRemoved)
    assert len(removed) == 1
    chain.subtensor.block_step.try_state()
    alpha_is_conserved(chain)


def test_a_limit_price_stops_a_purchase_or_refuses_it(chain: Chain) -> None:
    limit = Rao(1_100_000_000)
    with pytest.raises(errors.SlippageTooHigh), chain.refused():
        chain.calls.add_stake_limit(
            Signed(ALICE), HOT, NETUID, to_rao(500), limit, allow_partial=False
        )
    chain.calls.add_stake_limit(Signed(ALICE), HOT, NETUID, to_rao(500), limit, allow_partial=True)

    # The price of a constant product is 1.1 once its TAO grew by sqrt(1.1).
    spent = 1_000 * 10**9 - int(chain.balances.free(ALICE))
    assert spent == pytest.approx(1_000e9 * (1.1**0.5 - 1), rel=1e-3)
    assert chain.swap.price(NETUID) / 2**64 == pytest.approx(1.1, rel=1e-6)


def test_a_limit_price_stops_a_sale(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(500))
    had = chain.stake_of("alice", "hot")
    chain.calls.remove_stake_limit(
        Signed(ALICE), HOT, NETUID, Alpha(had), Rao(2_000_000_000), allow_partial=True
    )

    # The author sells the fee on top.
    assert chain.swap.price(NETUID) / 2**64 == pytest.approx(2, rel=1e-4)
    assert 0 < chain.stake_of("alice", "hot") < had
    with pytest.raises(errors.SlippageTooHigh):
        chain.calls.remove_stake_full_limit(Signed(ALICE), HOT, NETUID, Rao(1_900_000_000))
    chain.calls.remove_stake_full_limit(Signed(ALICE), HOT, NETUID, Rao(900_000_000))
    assert chain.stake_of("alice", "hot") == 0


def test_root_stakes_one_for_one_without_fee(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, ROOT, to_rao(10))

    assert chain.stake_of("alice", "hot", ROOT) == 10 * 10**9
    assert chain.subtensor.root_claims.staking_coldkeys_by_index[0] == ALICE
    chain.calls.remove_stake(Signed(ALICE), HOT, ROOT, Alpha(10 * 10**9))
    assert chain.balances.free(ALICE) == to_rao(1_000)
    assert chain.subtensor.root_claims.num_staking_coldkeys == 0


def test_all_stake_can_leave_at_once_or_for_root(chain: Chain) -> None:
    for netuid in (NETUID, SECOND):
        chain.calls.add_stake(Signed(ALICE), HOT, netuid, to_rao(10))
    chain.calls.unstake_all_alpha(Signed(ALICE), HOT)

    assert chain.stake_of("alice", "hot", ROOT) == pytest.approx(20e9, rel=2e-3)
    assert chain.stake_of("alice", "hot") == chain.stake_of("alice", "hot", SECOND) == 0
    chain.calls.unstake_all(Signed(ALICE), HOT)
    assert int(chain.balances.free(ALICE)) == pytest.approx(1_000e9, rel=1e-3)


def test_stake_moves_between_hotkeys_without_a_swap(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    had, price = chain.stake_of("alice", "hot"), chain.swap.price(NETUID)
    chain.calls.move_stake(Signed(ALICE), HOT, WARM, NETUID, NETUID, Alpha(had))

    assert (chain.stake_of("alice", "hot"), chain.stake_of("alice", "warm")) == (0, had)
    assert chain.swap.price(NETUID) == price
    moved = chain.events(events.StakeMoved)
    assert moved[0] == events.StakeMoved(ALICE, HOT, NETUID, WARM, NETUID, Rao(had * price >> 64))


def test_stake_is_transferred_to_another_coldkey_and_subnet(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    had = Alpha(chain.stake_of("alice", "hot"))
    chain.subtensor.hyperparameters.transfer_toggle[SECOND] = False
    with pytest.raises(errors.TransferDisallowed), chain.refused():
        chain.calls.transfer_stake(Signed(ALICE), account("carol"), HOT, NETUID, SECOND, had)
    chain.subtensor.hyperparameters.transfer_toggle[SECOND] = True
    chain.calls.transfer_stake(Signed(ALICE), account("carol"), HOT, NETUID, SECOND, had)

    assert chain.stake_of("alice", "hot") == 0
    assert chain.stake_of("carol", "hot", SECOND) == pytest.approx(9.9e9, rel=1e-2)
    alpha_is_conserved(chain)


def test_swapping_subnets_pays_one_fee(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    fees = int(chain.balances.free(AUTHOR))
    chain.calls.swap_stake(
        Signed(ALICE), HOT, NETUID, SECOND, Alpha(chain.stake_of("alice", "hot"))
    )

    assert int(chain.balances.free(AUTHOR)) - fees == pytest.approx(10e9 * 33 / 65535, rel=0.02)
    added = chain.events(events.StakeAdded)[-1]
    assert isinstance(added, events.StakeAdded)
    assert (added._4, added._5) == (SECOND, 0)


def test_a_limit_between_subnets_lets_a_part_through(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(100))
    had = Alpha(chain.stake_of("alice", "hot"))
    arguments = (Signed(ALICE), HOT, NETUID, SECOND, had, Rao(1_150_000_000))
    with pytest.raises(errors.SlippageTooHigh):
        chain.calls.swap_stake_limit(*arguments, allow_partial=False)
    chain.calls.swap_stake_limit(*arguments, allow_partial=True)

    assert 0 < chain.stake_of("alice", "hot") < int(had)


def test_alpha_can_be_recycled_or_burned(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    issued = chain.assets.total_alpha_issuance[NETUID]
    chain.calls.recycle_alpha(Signed(ALICE), HOT, Alpha(10**9), NETUID)
    chain.calls.burn_alpha(Signed(ALICE), HOT, Alpha(2 * 10**9), NETUID)

    assert int(issued) - int(chain.assets.total_alpha_issuance[NETUID]) == 10**9
    assert chain.assets.alpha_burned[NETUID] == Alpha(2 * 10**9)
    alpha_is_conserved(chain)
    with pytest.raises(errors.CannotBurnOrRecycleOnRootSubnet):
        chain.calls.burn_alpha(Signed(ALICE), HOT, Alpha(1), ROOT)


def test_alpha_can_be_bought_to_be_burned(chain: Chain) -> None:
    chain.calls.add_stake_burn(Signed(ALICE), HOT, NETUID, to_rao(10), None)

    assert chain.stake_of("alice", "hot") == 0
    burned = chain.assets.alpha_burned[NETUID]
    assert chain.events(events.AddStakeBurn) == [
        events.AddStakeBurn(netuid=NETUID, hotkey=HOT, amount=to_rao(10), alpha=burned)
    ]


def test_staking_on_another_ones_hotkey_with_a_limit_makes_it_a_delegate(chain: Chain) -> None:
    limit = Rao(2 * 10**9)
    chain.calls.add_stake_limit(Signed(ALICE), HOT, NETUID, to_rao(1), limit, allow_partial=False)

    assert HOT in chain.subtensor.delegation.delegates


Call = Callable[[Chain], Any]

REFUSALS: list[tuple[type[DispatchError], Call]] = [
    (BadOrigin, lambda c: c.calls.add_stake(Root(), HOT, NETUID, to_rao(1))),
    (
        errors.InsufficientLiquidity,
        lambda c: c.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(1_000_001)),
    ),
    (
        errors.SubnetNotExists,
        lambda c: c.calls.add_stake(Signed(ALICE), HOT, NetUid(9), to_rao(1)),
    ),
    (errors.AmountTooLow, lambda c: c.calls.add_stake(Signed(ALICE), HOT, NETUID, Rao(2_000_000))),
    (
        errors.NotEnoughBalanceToStake,
        lambda c: c.calls.add_stake(Signed(ALICE), account("nobody"), NETUID, to_rao(2_000)),
    ),
    (
        errors.HotKeyAccountNotExists,
        lambda c: c.calls.add_stake(Signed(ALICE), account("nobody"), NETUID, to_rao(1)),
    ),
    (
        errors.NotEnoughStakeToWithdraw,
        lambda c: c.calls.remove_stake_limit(
            Signed(ALICE), HOT, NETUID, Alpha(10**9), Rao(1), allow_partial=False
        ),
    ),
    (errors.AmountTooLow, lambda c: c.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(1))),
    (
        errors.SameNetuid,
        lambda c: c.calls.move_stake(Signed(ALICE), HOT, HOT, NETUID, NETUID, Alpha(1)),
    ),
    (errors.HotKeyAccountNotExists, lambda c: c.calls.unstake_all(Signed(ALICE), account("x"))),
    (errors.AmountTooLow, lambda c: c.calls.unstake_all_alpha(Signed(ALICE), HOT)),
]


@pytest.mark.parametrize(("refusal", "call"), REFUSALS)
def test_a_refusal_names_its_reason_and_leaves_no_trace(
    chain: Chain, refusal: type[DispatchError], call: Call
) -> None:
    with chain.refused(), pytest.raises(refusal), chain.state.transaction():
        call(chain)


def test_a_subnet_that_has_not_started_is_not_staked_on(chain: Chain) -> None:
    chain.subtensor.networks.subtoken_enabled[NETUID] = False

    with pytest.raises(errors.SubtokenDisabled):
        chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(1))
    with pytest.raises(errors.SubtokenDisabled):
        chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(1))


def test_a_small_rest_of_a_nominator_is_paid_out(chain: Chain) -> None:
    chain.subtensor.global_parameters.nominator_min_required_stake = 500_000_000
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    had = chain.stake_of("alice", "hot")
    chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(had - 5 * 10**8))

    assert chain.stake_of("alice", "hot") == 0
    assert len(chain.events(events.StakeRemoved)) == 2


def test_locked_alpha_stays(chain: Chain) -> None:
    chain.calls.add_stake(Signed(ALICE), HOT, NETUID, to_rao(10))
    had = chain.stake_of("alice", "hot")
    chain.staking.locks.lock(ALICE, NETUID, HOT, Alpha(had - 10**9))

    with pytest.raises(errors.StakeUnavailable):
        chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(2 * 10**9))
    chain.calls.remove_stake(Signed(ALICE), HOT, NETUID, Alpha(10**9))


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "swap", "transfer", "recycle", "block"]),
        st.sampled_from([ALICE, BOB]),
        st.sampled_from([HOT, WARM]),
        st.sampled_from([ROOT, NETUID, SECOND]),
        st.integers(10**6, 3 * 10**11),
    ),
    max_size=12,
)


def perform(chain: Chain, kind: str, who: AccountId, hotkey: AccountId, at: NetUid, n: int) -> None:
    """One operation of a random sequence."""
    origin, other = Signed(who), SECOND if at == NETUID else NETUID
    if kind == "add":
        chain.calls.add_stake(origin, hotkey, at, Rao(n))
    elif kind == "remove":
        chain.calls.remove_stake(origin, hotkey, at, Alpha(n))
    elif kind == "swap":
        chain.calls.swap_stake(origin, hotkey, at, other, Alpha(n))
    elif kind == "transfer":
        chain.calls.transfer_stake(origin, BOB, hotkey, at, at, Alpha(n))
    elif kind == "recycle":
        chain.calls.recycle_alpha(origin, hotkey, Alpha(n), at)
    else:
        chain.block()


@settings(max_examples=20, deadline=None)
@given(OPERATIONS)
def test_no_sequence_of_calls_and_blocks_makes_or_loses_tao_or_alpha(
    operations: list[tuple[str, AccountId, AccountId, NetUid, int]],
) -> None:
    chain = started()
    for operation in operations:
        try:
            with chain.state.transaction():
                perform(chain, *operation)
        except DispatchError:
            continue
    accounts = sum(info.data.free for info in chain.system.account.values())
    assert accounts == int(chain.balances.total_issuance)
    assert chain.subtensor.emission.total_issuance == chain.balances.total_issuance
    alpha_is_conserved(chain)
    chain.subtensor.block_step.try_state()
    assert int(chain.balances.free(subnet_account(ROOT))) >= int(
        chain.subtensor.pools.subnet_tao[ROOT]
    )


def test_whoever_is_given_root_stake_is_claimed_for(chain: Chain) -> None:
    chain.stake("alice", "hot", 10, ROOT)
    given = Alpha(5 * 10**9)
    chain.calls.transfer_stake(Signed(account("alice")), account("dave"), HOT, ROOT, ROOT, given)
    claims = chain.subtensor.root_claims
    assert claims.staking_coldkeys[account("dave")] is None
    chain.block()
    number = claims.staking_coldkeys[account("dave")]
    assert number is not None
    assert claims.staking_coldkeys_by_index[number] == account("dave")


def test_a_small_nomination_that_cannot_be_paid_out_stays_sold(chain: Chain) -> None:
    """As on the real chain: what is too little to open an account is left with the subnet."""
    chain.own(account("nominator owner"), account("nominated"))
    nominator, hotkey = account("nominator"), account("nominated")
    chain.subtensor.pools.subnet_alpha_out[NETUID] += Alpha(400)
    chain.staking.grant(hotkey, nominator, NETUID, Alpha(400))
    chain.subtensor.global_parameters.nominator_min_required_stake = 1_000_000
    held = chain.balances.free(subnet_account(NETUID))
    before = int(chain.subtensor.pools.subnet_tao[NETUID])
    chain.staking.clear_small_nomination(hotkey, nominator, NETUID)

    assert chain.stake_of("nominator", "nominated") == 0
    assert chain.balances.free(nominator) == Rao(0)
    assert chain.balances.free(subnet_account(NETUID)) == held
    assert 0 < before - int(chain.subtensor.pools.subnet_tao[NETUID]) < 500
