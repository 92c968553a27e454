"""The networks that a local network starts with."""

import pytest

from taonet.economy.safe_float import SafeFloat
from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.origin import Signed
from taonet.frame.overlay import DictState
from taonet.frame.state import State
from taonet.pallets.subtensor.genesis import NOBODY
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid
from taonet.runtime.genesis import development_account, localnet_genesis
from taonet.runtime.runtime import Runtime

FIRST = NetUid(1)


@pytest.fixture
def runtime() -> Runtime:
    config = RuntimeConfig(timing=Timing.FAST)
    return Runtime(State(DictState(localnet_genesis(config)), config))


def test_there_are_root_and_one_subnet(runtime: Runtime) -> None:
    networks, parameters = runtime.subtensor.networks, runtime.subtensor.hyperparameters

    assert networks.total_networks == 2
    assert list(networks.networks_added.keys()) == [ROOT, FIRST]
    assert [parameters.tempo[netuid] for netuid in (ROOT, FIRST)] == [100, 100]
    assert [parameters.max_allowed_uids[netuid] for netuid in (ROOT, FIRST)] == [64, 256]
    assert [networks.token_symbol[n] for n in (ROOT, FIRST)] == ["Τ".encode(), "α".encode()]
    assert networks.subnet_owner[ROOT] == development_account("Alice")
    assert networks.subnet_owner_hotkey[ROOT] == development_account("Alice_hk")
    assert runtime.subtensor.subnet_creation.next_netuid() == NetUid(2)


def test_the_first_subnet_trades_at_one(runtime: Runtime) -> None:
    pools, stake = runtime.subtensor.pools, runtime.subtensor.stake

    assert runtime.subtensor.networks.subnet_owner[FIRST] == NOBODY
    assert runtime.subtensor.neurons.keys[FIRST, Uid(0)] == NOBODY
    assert (pools.subnet_tao[FIRST], pools.subnet_alpha_in[FIRST]) == (Rao(10**10), Alpha(10**10))
    assert pools.subnet_alpha_out[FIRST] == Alpha(10**9)
    shares = SafeFloat.from_u64(10**9)
    stored = stake.alpha_v2[NOBODY, NOBODY, FIRST]
    assert (stored.mantissa, stored.exponent) == (shares.mantissa, shares.exponent)
    assert runtime.subtensor.staking.pools.stake(NOBODY, NOBODY, FIRST) == Alpha(10**9)


def test_all_tao_is_there_and_counted(runtime: Runtime) -> None:
    issued = runtime.balances.total_issuance

    assert runtime.subtensor.emission.total_issuance == issued
    assert runtime.balances.free(subnet_account(FIRST)) == Rao(10**10)


def test_anyone_may_create_the_next_subnet_at_once(runtime: Runtime) -> None:
    alice = development_account("Alice")
    hotkey = development_account("Alice_hk")
    runtime.subtensor.subnet_creation.register_network(Signed(alice), hotkey)

    assert runtime.subtensor.networks.subnet_owner[NetUid(2)] == alice


def test_root_belongs_to_nobody_on_the_real_timing() -> None:
    config = RuntimeConfig()
    runtime = Runtime(State(DictState(localnet_genesis(config)), config))

    assert runtime.subtensor.networks.subnet_owner[ROOT] == NOBODY
