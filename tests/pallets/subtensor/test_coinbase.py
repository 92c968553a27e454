"""A block's emission: what reaches pools, what waits, and what one bad subnet cannot do."""

import pytest

from taonet.economy.subnet_emission import emit, inject
from taonet.frame.overlay import DictState
from taonet.pallets.subtensor import coinbase
from taonet.pallets.subtensor.storage.pools import Pools
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

SECOND = NetUid(2)
ONE = I96F32(1 << 32)


@pytest.fixture
def chain() -> Chain:
    """Two subnets, one three times the other's price; half of all TAO is on root."""
    chain = Chain()
    chain.add_subnet(NETUID, tao=3_000, alpha=3_000)
    chain.add_subnet(SECOND, tao=1_000, alpha=3_000)
    chain.subtensor.pools.subnet_moving_price[NETUID] = ONE
    chain.subtensor.pools.subnet_moving_price[SECOND] = I96F32(ONE // 3)
    chain.own(account("root cold"), account("root hot"))
    chain.stake("root cold", "root hot", 4_000, ROOT)
    return chain


def test_a_block_mints_one_tao_and_shares_it_by_moving_price(chain: Chain) -> None:
    issued = int(chain.balances.total_issuance)
    held = [int(chain.subtensor.pools.subnet_tao[n]) for n in (NETUID, SECOND)]
    chain.block()

    gained = [
        int(chain.subtensor.pools.subnet_tao[n]) - before
        for n, before in zip((NETUID, SECOND), held, strict=True)
    ]
    assert gained == pytest.approx([0.75e9, 0.25e9], abs=3)
    recycled = 10**9 - (int(chain.balances.total_issuance) - issued)
    assert 0 <= recycled <= 4
    assert chain.subtensor.emission.block_emission == 10**9


def test_storage_says_what_the_mathematics_say(chain: Chain) -> None:
    subnets = [chain.subtensor.coinbase._subnet(netuid) for netuid in (NETUID, SECOND)]
    expected, _ = emit(subnets, Rao(10**9), chain.subtensor.coinbase._root())
    chain.block()

    emission, pools = chain.subtensor.emission, chain.subtensor.pools
    for netuid, result in zip((NETUID, SECOND), expected, strict=True):
        pool, pending = result.subnet.pool, result.pending
        assert pools.subnet_tao[netuid] == pool.tao_reserve
        assert pools.subnet_alpha_in[netuid] == pool.alpha_reserve
        assert pools.subnet_alpha_out[netuid] == result.subnet.alpha_out
        assert chain.swap.swap_balancer[netuid].quote._0 == pool.balancer.quote_weight
        assert pools.subnet_protocol_alpha[netuid] == result.injection.alpha_bought
        assert emission.subnet_tao_in_emission[netuid] == result.injection.tao_in
        assert emission.subnet_excess_tao[netuid] == result.injection.tao_bought_with
        assert emission.pending_owner_cut[netuid] == pending.owner_cut
        assert emission.pending_server_emission[netuid] == pending.server
        assert emission.pending_validator_emission[netuid] == pending.validator
        assert emission.pending_root_alpha_divs[netuid] == pending.root
    assert int(pending.root) > 0
    assert int(result.injection.tao_bought_with) > 0


def test_moving_prices_and_root_proportions_follow(chain: Chain) -> None:
    chain.block()

    assert chain.subtensor.pools.subnet_moving_price[SECOND] > ONE // 3 - 100
    root_part = chain.subtensor.emission.root_prop[NETUID] / 2**32
    weighted = 4_000 * 971_718_665_099_567_868 / 2**64
    assert root_part == pytest.approx(weighted / (weighted + 3_001), rel=1e-3)


def test_a_subnet_that_has_not_started_gets_nothing(chain: Chain) -> None:
    chain.subtensor.networks.subtoken_enabled[SECOND] = False
    before = chain.subtensor.pools.subnet_tao[SECOND]
    chain.block()

    assert chain.subtensor.pools.subnet_tao[SECOND] == before
    assert chain.subtensor.emission.pending_server_emission[SECOND] == Alpha(0)


def test_halving_follows_the_issuance(chain: Chain) -> None:
    missing = 10_500_000 * 10**9 - int(chain.balances.total_issuance)
    chain.fund(account("hoard"), Rao(missing))
    before = int(chain.balances.total_issuance)
    chain.block()

    assert int(chain.balances.total_issuance) - before == pytest.approx(5 * 10**8, abs=4)


def test_a_subnet_whose_numbers_fail_is_left_alone(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflowing(subnet: object, granted: object, credit: Rao) -> object:
        if subnet == broken:
            raise OverflowError("out of range")
        return inject(subnet, granted, credit)  # type: ignore[arg-type]

    broken = chain.subtensor.coinbase._subnet(SECOND)
    monkeypatch.setattr(coinbase, "inject", overflowing)
    pools = Pools(chain.state)
    before = pools.subnet_tao[SECOND], pools.subnet_alpha_in[SECOND]
    issued = int(chain.balances.total_issuance)
    chain.block()

    assert (pools.subnet_tao[SECOND], pools.subnet_alpha_in[SECOND]) == before
    assert int(chain.balances.total_issuance) - issued == pytest.approx(0.75e9, abs=4)
    (failure,) = chain.subtensor.block_step.failures
    assert (failure.netuid, failure.reason) == (SECOND, "OverflowError: out of range")
    monkeypatch.setattr(coinbase, "inject", inject)
    chain.block()
    assert not chain.subtensor.block_step.failures


def test_a_block_writes_only_what_changed(chain: Chain) -> None:
    """Each write costs the state's root: 128 subnets must fit into a block many times a second."""
    chain.block(2)
    written = {key: raw for key, raw in chain.state.overlay.changes().items() if raw is not None}
    chain.state.overlay.rebase(DictState(written))
    chain.block()

    changed = chain.state.overlay.changes()
    vain = [key.hex() for key, raw in changed.items() if written.get(key) == raw]
    assert vain == []
    assert len(changed) <= 2 * 22 + 8


def test_registration_gets_cheaper_every_block(chain: Chain) -> None:
    chain.subtensor.registrations.burn[NETUID] = to_rao(1)
    chain.subtensor.hyperparameters.burn_half_life[NETUID] = 10
    chain.block(11)

    assert int(chain.subtensor.registrations.burn[NETUID]) == pytest.approx(5 * 10**8, rel=1e-6)
