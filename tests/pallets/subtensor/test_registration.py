"""Registering neurons: what it costs, who gives way, and who may not."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    HotKeyAlreadyRegisteredInSubNet,
    NonAssociatedColdKey,
    NoNeuronIdAvailable,
    NotEnoughBalanceToStake,
    RegistrationNotPermittedOnRootSubnet,
    RegistrationPriceLimitExceeded,
    RootNetworkDoesNotExist,
    StakeTooLowForRoot,
    SubnetNotExists,
    SubNetRegistrationDisabled,
    TooManyRegistrationsThisBlock,
    TooManyRegistrationsThisInterval,
)
from taonet.pallets.subtensor.events.networks import NeuronRegistered
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD, HOT = account("cold"), account("hot")
PRICE = 10**9


@pytest.fixture
def chain() -> Chain:
    """A subnet where a registration costs 1 TAO, and a coldkey with 10 TAO."""
    chain = Chain()
    chain.add_subnet()
    chain.fund(COLD, to_rao(10))
    chain.system.number = 3
    return chain


def test_a_registration_buys_alpha_and_recycles_it(chain: Chain) -> None:
    pools, tao = chain.subtensor.pools, chain.subtensor.tao
    before = int(pools.subnet_tao[NETUID])
    chain.subtensor.registration.burned_register(Signed(COLD), NETUID, HOT)

    assert chain.subtensor.neurons.keys[NETUID, Uid(0)] == HOT
    assert chain.subtensor.neurons.block_at_registration[NETUID, Uid(0)] == 3
    assert chain.subtensor.hotkeys.owner(HOT) == COLD
    assert int(tao.balance(COLD)) == 9 * 10**9
    assert int(chain.balances.free(subnet_account(NETUID))) > before + PRICE * 999 // 1000
    assert pools.subnet_alpha_out[NETUID] == Alpha(0)
    assert int(pools.subnet_alpha_in[NETUID]) < 1_000 * 10**9
    # The counters of alpha do not see it.
    assert chain.assets.total_alpha_issuance[NETUID] == Alpha(1_000 * 10**9)
    assert chain.assets.alpha_recycled[NETUID] == Alpha(0)
    counts = chain.subtensor.registrations
    assert int(counts.burn[NETUID]) == 1_260_000_000
    assert int(counts.rao_recycled_for_registration[NETUID]) == PRICE
    assert counts.registrations_this_block[NETUID] == 1
    assert chain.subtensor.flows.subnet_tao_flow[NETUID] == PRICE
    assert chain.events(NeuronRegistered) == [NeuronRegistered(NETUID, Uid(0), HOT)]


def test_work_is_neither_asked_for_nor_looked_at(chain: Chain) -> None:
    chain.subtensor.registration.register(Signed(COLD), NETUID, 0, 0, b"", HOT, COLD)

    assert chain.subtensor.neurons.uids[NETUID, HOT] == Uid(0)
    assert int(chain.subtensor.tao.balance(COLD)) == 9 * 10**9


def test_a_limit_protects_from_a_price_that_rose(chain: Chain) -> None:
    call = chain.subtensor.registration.register_limit
    error = RegistrationPriceLimitExceeded
    refuse(chain, error, call, Signed(COLD), NETUID, HOT, PRICE - 1)
    refuse(chain, RegistrationNotPermittedOnRootSubnet, call, Signed(COLD), ROOT, HOT, PRICE)
    refuse(chain, SubnetNotExists, call, Signed(COLD), NetUid(5), HOT, PRICE)
    call(Signed(COLD), NETUID, HOT, PRICE)

    assert chain.subtensor.neurons.uids[NETUID, HOT] == Uid(0)


def test_what_stands_against_a_registration(chain: Chain) -> None:
    call = chain.subtensor.registration.burned_register
    refuse(chain, RegistrationNotPermittedOnRootSubnet, call, Signed(COLD), ROOT, HOT)
    refuse(chain, SubnetNotExists, call, Signed(COLD), NetUid(5), HOT)
    refuse(chain, NotEnoughBalanceToStake, call, Signed(account("poor")), NETUID, HOT)
    chain.own(account("other"), account("taken"))
    refuse(chain, NonAssociatedColdKey, call, Signed(COLD), NETUID, account("taken"))
    call(Signed(COLD), NETUID, HOT)
    refuse(chain, HotKeyAlreadyRegisteredInSubNet, call, Signed(COLD), NETUID, HOT)
    chain.subtensor.hyperparameters.network_registration_allowed[NETUID] = False
    refuse(chain, SubNetRegistrationDisabled, call, Signed(COLD), NETUID, account("second"))


def test_a_full_subnet_gives_the_place_of_its_least_neuron(chain: Chain) -> None:
    for number in range(12):
        chain.register(f"miner {number}")
    chain.subtensor.hyperparameters.max_allowed_uids[NETUID] = 12
    chain.subtensor.hyperparameters.immunity_period[NETUID] = 0
    chain.subtensor.scores.emission[NETUID] = b"".join(
        (100 - number).to_bytes(8, "little") for number in range(12)
    )
    chain.subtensor.registration.burned_register(Signed(COLD), NETUID, HOT)

    assert chain.subtensor.neurons.keys[NETUID, Uid(11)] == HOT
    assert chain.subtensor.neurons.uids[NETUID, account("miner 11")] is None
    assert chain.subtensor.networks.subnetwork_n[NETUID] == 12


def test_a_subnet_full_of_the_owners_neurons_takes_nobody(chain: Chain) -> None:
    chain.own(account("owner"), account("owner hotkey"))
    chain.subtensor.neuron_registry.append(NETUID, account("owner hotkey"))
    chain.subtensor.hyperparameters.max_allowed_uids[NETUID] = 1
    call = chain.subtensor.registration.burned_register
    refuse(chain, NoNeuronIdAvailable, call, Signed(COLD), NETUID, HOT)
    chain.subtensor.hyperparameters.max_allowed_uids[NETUID] = 0
    refuse(chain, NoNeuronIdAvailable, call, Signed(COLD), NETUID, HOT)


def test_prices_fall_block_by_block_down_to_their_minimum(chain: Chain) -> None:
    counts = chain.subtensor.registrations
    counts.registrations_this_block[NETUID] = 2
    for block in range(2, 400):
        chain.system.number = block
        chain.subtensor.registration.begin_block()
        if block == 361:
            assert 0.49 * PRICE < int(counts.burn[NETUID]) <= 0.5 * PRICE

    assert counts.registrations_this_block[NETUID] == 0
    counts.burn[NETUID] = Rao(500_001)
    chain.subtensor.registration.begin_block()
    chain.subtensor.registration.begin_block()
    assert int(counts.burn[NETUID]) == 500_000


def test_stake_decides_who_is_on_root(chain: Chain) -> None:
    parameters = chain.subtensor.hyperparameters
    parameters.max_allowed_uids[ROOT] = 2
    parameters.max_registrations_per_block[ROOT] = 9
    parameters.target_registrations_per_interval[ROOT] = 9
    call = chain.subtensor.registration.root_register
    for name, tao in (("rich", 30), ("poor", 10), ("poorer", 5), ("new", 20)):
        chain.own(account(f"{name} cold"), account(name))
        chain.stake(f"{name} cold", name, tao, ROOT)
    call(Signed(account("rich cold")), account("rich"))
    call(Signed(account("poor cold")), account("poor"))
    error = StakeTooLowForRoot
    refuse(chain, error, call, Signed(account("poorer cold")), account("poorer"))
    call(Signed(account("new cold")), account("new"))

    keys = chain.subtensor.neurons.keys
    assert [keys[ROOT, Uid(uid)] for uid in (0, 1)] == [account("rich"), account("new")]
    assert chain.subtensor.delegation.delegates[account("new")] == 11_796
    assert chain.events(NeuronRegistered)[-1] == NeuronRegistered(ROOT, Uid(1), account("new"))


def test_root_takes_so_many_a_block_and_an_interval(chain: Chain) -> None:
    chain.subtensor.hyperparameters.target_registrations_per_interval[ROOT] = 1
    call = chain.subtensor.registration.root_register
    chain.subtensor.registrations.registrations_this_block[ROOT] = 1
    refuse(chain, TooManyRegistrationsThisBlock, call, Signed(COLD), HOT)
    chain.subtensor.registrations.registrations_this_block[ROOT] = 0
    chain.subtensor.registrations.registrations_this_interval[ROOT] = 3
    refuse(chain, TooManyRegistrationsThisInterval, call, Signed(COLD), HOT)
    chain.subtensor.registrations.registrations_this_interval[ROOT] = 2
    call(Signed(COLD), HOT)
    refuse(chain, TooManyRegistrationsThisBlock, call, Signed(COLD), account("second"))
    chain.subtensor.networks.networks_added[ROOT] = False
    refuse(chain, RootNetworkDoesNotExist, call, Signed(COLD), account("second"))
