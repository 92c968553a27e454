"""The end of a subnet: who is paid, and that nothing stays."""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor import errors
from taonet.pallets.subtensor.events.networks import NetworkRemoved
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.units import ROOT, Alpha, NetUid, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

SECOND = NetUid(2)
ALICE, BOB = account("alice"), account("bob")


@pytest.fixture
def chain() -> Chain:
    """Alice has three times bob's alpha; the protocol has the pool's."""
    chain = Chain()
    chain.add_subnet(alpha=400)
    chain.add_subnet(SECOND)
    chain.register("hot")
    for name, amount in (("alice", 300), ("bob", 100)):
        alpha = Alpha(amount * 10**9)
        chain.subtensor.pools.subnet_alpha_out[NETUID] += alpha
        chain.staking.grant(account("hot"), account(name), NETUID, alpha)
    chain.subtensor.networks.network_registered_at[NETUID] = 1
    return chain


def test_the_pools_tao_is_shared_by_alpha_and_the_rest_recycled(chain: Chain) -> None:
    issued = int(chain.balances.total_issuance)
    chain.subtensor.dissolution.root_dissolve_network(Root(), NETUID)

    # 1000 TAO for 300 + 100 alpha of stakers and 400 of the protocol.
    assert chain.balances.free(ALICE) == to_rao(375)
    assert chain.balances.free(BOB) == to_rao(125)
    recycled = issued - int(chain.balances.total_issuance)
    assert recycled == 500 * 10**9 - 500
    assert chain.subtensor.emission.total_issuance == chain.balances.total_issuance
    assert int(chain.balances.free(subnet_account(NETUID))) == 500
    assert chain.subtensor.stake.total_stake == to_rao(1_000)
    assert chain.events(NetworkRemoved) == [NetworkRemoved(NETUID)]


def test_nothing_of_a_dissolved_subnet_stays(chain: Chain) -> None:
    chain.block(25)
    chain.staking.locks.lock(ALICE, NETUID, account("hot"), Alpha(10**9))
    told: list[NetUid] = []
    chain.subtensor.dissolution.listeners.append(told.append)
    chain.subtensor.dissolution.dissolve(NETUID)

    module = chain.subtensor
    assert told == [NETUID]
    assert chain.staking.subnets.without_root() == [SECOND]
    assert chain.stake_of("alice", "hot") == 0
    assert module.neurons.uids[NETUID, account("hot")] is None
    assert not module.neurons.is_network_member[account("hot"), NETUID]
    assert module.locks.lock[ALICE, NETUID, account("hot")] is None
    assert chain.swap.price(NETUID) == 1 << 64
    left = [
        type(view).__name__ + "." + item.name
        for view in vars(module).values()
        if type(view).__module__.startswith("taonet.pallets.subtensor.storage")
        for item in type(view).storage_items
        for key in chain.state.keys(item.prefix)
        if item.parts and NETUID in _keys(item.decode_key(key))
    ]
    # Owners may not set these anew, and how often a number was used is counted for good.
    kept = {"OwnerCutEnabled", "SubnetEmissionEnabled", "RootProp", "RegisteredSubnetCounter"}
    names = {name.split(".")[1] for name in left}
    assert "SubnetEmissionEnabled" in names
    assert names <= kept
    chain.block(25)


def _keys(key: object) -> list[object]:
    """The parts of a key that are subnets' numbers."""
    parts = key if isinstance(key, tuple) else (key,)
    return [part for part in parts if type(part) is NetUid or type(part) is int]


def test_root_and_missing_subnets_cannot_be_dissolved_nor_by_anyone(chain: Chain) -> None:
    for netuid in (ROOT, NetUid(9)):
        with pytest.raises(errors.SubnetNotExists):
            chain.subtensor.dissolution.dissolve_network(Root(), ALICE, netuid)
    with pytest.raises(BadOrigin):
        chain.subtensor.dissolution.root_dissolve_network(Signed(ALICE), NETUID)


def test_the_cheapest_subnet_that_is_not_immune_gives_way(chain: Chain) -> None:
    chain.subtensor.global_parameters.network_immunity_period = 10
    networks, prices = chain.subtensor.networks, chain.subtensor.pools.subnet_moving_price
    networks.network_registered_at[SECOND] = 5
    chain.system.number = 10
    assert chain.subtensor.dissolution.candidate() is None

    chain.system.number = 15
    assert chain.subtensor.dissolution.candidate() == NETUID
    prices[NETUID] = I96F32(2)
    assert chain.subtensor.dissolution.candidate() == SECOND
    networks.networks_added[SECOND] = False
    assert chain.subtensor.dissolution.candidate() == NETUID
