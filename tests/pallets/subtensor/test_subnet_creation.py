"""Creating subnets: the price, the pool, the owner, and the start."""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets.subtensor.errors import (
    CannotAffordLockCost,
    CannotUseSystemAccount,
    FirstEmissionBlockNumberAlreadySet,
    InvalidIdentity,
    NeedWaitingMoreBlocksToStarCall,
    NetworkTxRateLimitExceeded,
    NonAssociatedColdKey,
    SubnetLimitReached,
    SubnetNotExists,
    SubNetRegistrationDisabled,
    SymbolAlreadyInUse,
    SymbolDoesNotExist,
)
from taonet.pallets.subtensor.events.accounts import SetChildren
from taonet.pallets.subtensor.events.networks import (
    FirstEmissionBlockNumberSet,
    NetworkAdded,
    NetworkRemoved,
    SubnetIdentitySet,
    SymbolUpdated,
)
from taonet.pallets.subtensor.parentage import ALL_STAKE
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.symbols import subnet_name
from taonet.pallets.subtensor.types import SubnetIdentityV3
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Uid, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD, HOT = account("cold"), account("hot")
NEW = NetUid(2)
IDENTITY = SubnetIdentityV3(b"mine", b"", b"", b"", b"", b"", b"", b"")


@pytest.fixture
def chain() -> Chain:
    """Subnet 1 with alpha at 0.5 TAO, and a coldkey that can afford three subnets."""
    chain = Chain()
    chain.add_subnet(tao=500, alpha=1_000)
    chain.fund(COLD, to_rao(5_000))
    chain.system.number = 10
    return chain


def test_a_new_subnet_starts_at_the_median_price(chain: Chain) -> None:
    chain.subtensor.subnet_creation.register_network(Signed(COLD), HOT)

    networks, pools = chain.subtensor.networks, chain.subtensor.pools
    assert networks.networks_added[NEW]
    assert (networks.subnet_owner[NEW], networks.subnet_owner_hotkey[NEW]) == (COLD, HOT)
    assert (pools.subnet_tao[NEW], pools.subnet_alpha_in[NEW]) == (
        to_rao(1_000),
        Alpha(2_000 * 10**9),
    )
    assert chain.balances.free(subnet_account(NEW)) == to_rao(1_000)
    assert int(chain.subtensor.tao.balance(COLD)) == 4_000 * 10**9
    assert networks.subnet_locked[NEW] == to_rao(1_000)
    assert chain.subtensor.neurons.keys[NEW, Uid(0)] == HOT
    assert networks.token_symbol[NEW] == "β".encode()
    assert networks.network_registered_at[NEW] == 10
    assert networks.registered_subnet_counter[NEW] == 1
    assert chain.events(NetworkAdded) == [NetworkAdded(NEW, 1)]


def test_a_new_subnet_has_parameters_of_its_own(chain: Chain) -> None:
    chain.subtensor.subnet_creation.register_network(Signed(COLD), HOT)

    parameters = chain.subtensor.hyperparameters
    assert parameters.tempo[NEW] == 10
    assert parameters.max_allowed_validators[NEW] == 64
    assert parameters.min_allowed_weights[NEW] == 1
    assert parameters.immunity_period[NEW] == 5_000
    assert parameters.yuma3_on[NEW]
    assert not parameters.subnet_emission_enabled[NEW]
    assert chain.subtensor.registrations.burn[NEW] == to_rao(1)
    assert chain.subtensor.epochs.last_epoch_block[NEW] == 8
    assert NEW in parameters.kappa


def test_the_price_doubles_and_falls_again(chain: Chain) -> None:
    creation, parameters = chain.subtensor.subnet_creation, chain.subtensor.global_parameters
    parameters.network_rate_limit = 0
    assert creation.lock_cost() == to_rao(1_000)
    creation.register_network(Signed(COLD), HOT)
    assert creation.lock_cost() == to_rao(2_000)
    chain.system.number = 10 + 50_400
    assert int(creation.lock_cost()) == pytest.approx(1_500 * 10**9, rel=1e-6)
    chain.system.number = 10 + 1_000_000
    assert creation.lock_cost() == to_rao(1_000)


@pytest.mark.parametrize("with_identity", [False, True])
def test_what_stands_against_a_new_subnet(
    chain: Chain,
    with_identity: bool,
) -> None:
    creation, parameters = chain.subtensor.subnet_creation, chain.subtensor.global_parameters

    def call(origin: Origin, hotkey: AccountId) -> None:
        if with_identity:
            creation.register_network_with_identity(origin, hotkey, IDENTITY)
        else:
            creation.register_network(origin, hotkey)

    refuse(chain, CannotUseSystemAccount, call, Signed(COLD), subnet_account(NETUID))
    refuse(chain, NonAssociatedColdKey, call, Signed(COLD), account("owner hotkey"))
    refuse(chain, CannotAffordLockCost, call, Signed(account("poor")), HOT)
    parameters.network_registration_start_block = 11
    refuse(chain, SubNetRegistrationDisabled, call, Signed(COLD), HOT)
    parameters.network_registration_start_block = 10
    parameters.subnet_limit = 1
    refuse(chain, SubnetLimitReached, call, Signed(COLD), HOT)
    parameters.subnet_limit = 2
    call(Signed(COLD), HOT)
    refuse(chain, NetworkTxRateLimitExceeded, call, Signed(COLD), HOT)
    chain.system.number += 7_200
    refuse(chain, SubnetLimitReached, call, Signed(COLD), HOT)


def test_a_full_network_gives_up_its_cheapest_subnet(chain: Chain) -> None:
    chain.add_subnet(NEW, tao=100)
    prices = chain.subtensor.pools.subnet_moving_price
    prices[NETUID], prices[NEW] = I96F32(2), I96F32(1)
    chain.subtensor.global_parameters.subnet_limit = 2
    chain.subtensor.global_parameters.network_immunity_period = 11
    call = chain.subtensor.subnet_creation.register_network
    refuse(chain, SubnetLimitReached, call, Signed(COLD), HOT)
    chain.system.number = 11
    refuse(chain, CannotAffordLockCost, call, Signed(account("poor")), HOT)
    call(Signed(COLD), HOT)

    networks = chain.subtensor.networks
    assert list(networks.networks_added.keys()) == [ROOT, NETUID, NEW]
    assert networks.subnet_owner[NEW] == COLD
    assert networks.registered_subnet_counter[NEW] == 1
    assert chain.events(NetworkRemoved) == [NetworkRemoved(NEW)]
    assert chain.events(NetworkAdded) == [NetworkAdded(NEW, 1)]


def test_a_subnet_can_introduce_itself(chain: Chain) -> None:
    call = chain.subtensor.subnet_creation.register_network_with_identity
    too_long = SubnetIdentityV3(bytes(257), b"", b"", b"", b"", b"", b"", b"")
    refuse(chain, InvalidIdentity, call, Signed(COLD), HOT, too_long)
    call(Signed(COLD), HOT, IDENTITY)

    assert chain.subtensor.networks.subnet_identities_v3[NEW] == IDENTITY
    assert chain.events(SubnetIdentitySet) == [SubnetIdentitySet(NEW)]
    names = [subnet_name(chain.subtensor, NetUid(n)) for n in (0, 1, 2, 438, 439)]
    assert names == [b"root", b"apex", b"mine", b"ra", b"unknown"]


def test_root_validators_lend_their_stake_to_the_new_owner(chain: Chain) -> None:
    for name in ("willing", "unwilling"):
        chain.own(account(f"{name} cold"), account(name))
        chain.subtensor.neuron_registry.append(ROOT, account(name))
    disable = chain.subtensor.parentage.set_auto_parent_delegation_enabled
    disable(Signed(account("unwilling cold")), account("unwilling"), False)
    chain.subtensor.subnet_creation.register_network(Signed(COLD), HOT)

    child_keys = chain.subtensor.children.child_keys
    assert child_keys[account("willing"), NEW] == ((ALL_STAKE, HOT),)
    assert child_keys[account("unwilling"), NEW] == ()
    assert chain.events(SetChildren) == [SetChildren(account("willing"), NEW, ((ALL_STAKE, HOT),))]


def test_an_owner_starts_its_subnet_once(chain: Chain) -> None:
    chain.subtensor.subnet_creation.register_network(Signed(COLD), HOT)
    call = chain.subtensor.subnet_creation.start_call
    chain.subtensor.global_parameters.start_call_delay = 5
    refuse(chain, SubnetNotExists, call, Signed(COLD), NetUid(9))
    refuse(chain, BadOrigin, call, Signed(HOT), NEW)
    chain.system.number = 14
    refuse(chain, NeedWaitingMoreBlocksToStarCall, call, Signed(COLD), NEW)
    chain.system.number = 15
    call(Signed(COLD), NEW)

    assert chain.subtensor.networks.first_emission_block_number[NEW] == 16
    assert chain.subtensor.networks.subtoken_enabled[NEW]
    assert chain.events(FirstEmissionBlockNumberSet) == [FirstEmissionBlockNumberSet(NEW, 16)]
    refuse(chain, FirstEmissionBlockNumberAlreadySet, call, Signed(COLD), NEW)


def test_symbols_are_chosen_among_those_that_are_free(chain: Chain) -> None:
    call, owner = chain.subtensor.subnet_creation.update_symbol, Signed(account("owner"))
    call(owner, NETUID, "ア".encode())
    call(Root(), NETUID, "β".encode())

    assert chain.subtensor.networks.token_symbol[NETUID] == "β".encode()
    assert chain.events(SymbolUpdated)[-1] == SymbolUpdated(NETUID, "β".encode())
    refuse(chain, SymbolAlreadyInUse, call, owner, NETUID, "β".encode())
    refuse(chain, SymbolDoesNotExist, call, owner, NETUID, "Τ".encode())
    refuse(chain, SymbolDoesNotExist, call, owner, NETUID, b"$")
    refuse(chain, BadOrigin, call, Signed(COLD), NETUID, "α".encode())


def test_a_taken_symbol_is_passed_over(chain: Chain) -> None:
    chain.subtensor.subnet_creation.update_symbol(Root(), NETUID, "β".encode())
    chain.subtensor.subnet_creation.register_network(Signed(COLD), HOT)

    assert chain.subtensor.networks.token_symbol[NEW] == "α".encode()
