"""The emission of a block: every rao of it is somewhere, and switches do what they say."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.balancer import WEIGHT_ONE, Balancer
from taonet.economy.subnet_emission import (
    Root,
    Subnet,
    Terms,
    emit,
    inject,
    root_sells,
    shares,
    tao_emissions,
)
from taonet.economy.swap import Pool
from taonet.primitives.fixed_point import I96F32, U96F32, u64f64, u96f32
from taonet.primitives.units import Alpha, Rao, to_rao

ROOT_STAKE = Root.from_stored(to_rao(1_000_000), 3_320_413_933_267_719_290, 11_796)
POOL = Pool(to_rao(10_000), Alpha(10**15))
SUBNET = Subnet(POOL, Alpha(2 * 10**15), I96F32(1 << 27))

subnets = st.builds(
    Subnet,
    st.builds(Pool, st.integers(10**10, 10**14).map(Rao), st.integers(10**11, 10**15).map(Alpha)),
    st.integers(0, 10**16).map(Alpha),
    st.integers(0, 2**32).map(I96F32),
    st.integers(0, 2**32).map(U96F32),
    emission_enabled=st.booleans(),
    owner_cut_enabled=st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(subnets, min_size=1, max_size=6), st.sampled_from([10**9, 5 * 10**8, 1, 0]))
def test_a_block_s_tao_is_conserved(network: list[Subnet], emission: int) -> None:
    done, left = emit(network, Rao(emission), ROOT_STAKE)

    spent = sum(int(result.injection.tao_spent) for result in done)
    assert spent + int(left) == emission
    for before, after in zip(network, done, strict=True):
        injection, pending = after.injection, after.pending
        reached = injection.tao_in + injection.tao_bought_with
        assert after.subnet.pool.tao_reserve == before.pool.tao_reserve + reached
        grown = int(after.subnet.alpha_issuance()) - int(before.alpha_issuance())
        assert grown == int(injection.alpha_in + pending.minted) - int(pending.recycled)
        parts = pending.owner_cut + pending.server + pending.validator
        parts += pending.root + pending.recycled
        assert int(pending.minted) - 4 <= int(parts) <= int(pending.minted)


def test_shares_follow_prices_and_what_miners_are_let_have() -> None:
    withholding = replace(SUBNET, miner_burned=U96F32(1 << 31))

    assert shares([SUBNET, SUBNET]) == [u64f64.one // 2] * 2
    generous, stingy = shares([SUBNET, withholding])
    assert abs(generous - 2 * stingy) <= 2


def test_if_all_withhold_everything_prices_decide_alone() -> None:
    withholding = replace(SUBNET, miner_burned=u96f32.one)

    assert shares([withholding, withholding]) == [u64f64.one // 2] * 2


def test_a_disabled_subnet_s_part_goes_to_the_others() -> None:
    disabled = replace(SUBNET, emission_enabled=False)

    assert tao_emissions([disabled, SUBNET], to_rao(1)) == [0, 10**9 << 32]
    assert tao_emissions([disabled, disabled], to_rao(1)) == [0, 0]


def test_root_dividends_need_prices_above_one() -> None:
    priced = replace(SUBNET, moving_price=I96F32(1 << 31))

    assert not root_sells([priced, priced])
    assert root_sells([priced, priced, SUBNET])


def test_a_refused_buy_still_spends_the_credit() -> None:
    """Odd 3."""
    empty = replace(SUBNET, pool=Pool(to_rao(10_000), Alpha(999_999)))
    granted = Terms(u96f32.zero, u96f32.zero, u96f32.zero, u96f32.from_int(1_000))

    injection = inject(empty, granted, to_rao(1))

    assert (injection.tao_spent, injection.tao_bought_with) == (Rao(1_000), Rao(0))
    assert injection.subnet.pool.tao_reserve == to_rao(10_000)


def test_what_exceeds_the_credit_is_left_out() -> None:
    granted = Terms(*(u96f32.from_int(amount) for amount in (700, 0, 0, 600)))

    both, one, none = (inject(SUBNET, granted, Rao(credit)) for credit in (1_300, 1_299, 599))

    assert (both.tao_in, both.tao_spent) == (Rao(700), Rao(1_300))
    assert (one.tao_in, one.tao_spent) == (Rao(0), Rao(600))
    assert (none.tao_in, none.tao_spent) == (Rao(0), Rao(0))


def test_liquidity_that_would_unbalance_the_pool_is_not_added() -> None:
    edge = replace(SUBNET, pool=replace(POOL, balancer=Balancer(WEIGHT_ONE * 99 // 100)))
    granted = Terms(u96f32.from_int(10**15), u96f32.zero, u96f32.zero, u96f32.zero)

    injection = inject(edge, granted, to_rao(10**7))

    assert injection.subnet == edge
    assert injection.tao_spent == Rao(0)
