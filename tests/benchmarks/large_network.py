"""A network of the real one's size: 128 subnets of 256 neurons, made by the chain's own code."""

import struct
from collections.abc import Mapping
from random import Random

from taonet.frame.config import RuntimeConfig
from taonet.frame.origin import Signed
from taonet.frame.overlay import DictState
from taonet.frame.state import State
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.primitives.fixed_point import i96f32
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Uid, to_rao
from taonet.runtime.genesis import localnet_genesis
from taonet.runtime.runtime import Runtime

VALIDATORS = 64
FIRST_NETUID = 2
OWNERS_TAO = to_rao(1_000_000)
ROOT_STAKERS = 64
"""Subnets at most whose second neuron has stake on the root, of a nominator."""

ROOT_STAKE_TAO = 10_000
ALPHA_PER_TAO_MAX = 100


def account(*parts: int) -> AccountId:
    """A made-up account."""
    return AccountId(blake2_256(repr(parts).encode()))


def large_network(
    subnets: int, neurons: int, *, tempo: int = 360, seed: int = 1
) -> Mapping[bytes, bytes]:
    """
    The raw state of a network: every subnet with `neurons` neurons, of which up to 64 validate and
    weigh every miner. Epochs are staggered over the tempo. Alpha has prices from 0.01 up, and some
    stake on the root: so emission is liquidity here and a buy there, the weights of pools move, and
    the root has dividends.
    """
    config = RuntimeConfig()
    runtime = Runtime(State(DictState(localnet_genesis(config)), config))
    rng = Random(seed)
    owner = account(0)
    runtime.balances.mint(owner, OWNERS_TAO)
    runtime.subtensor.emission.total_issuance += OWNERS_TAO
    for offset in range(subnets):
        netuid = NetUid(FIRST_NETUID + offset)
        _add_subnet(runtime, owner, netuid, neurons, tempo, rng)
        runtime.subtensor.epochs.pending_epoch_at[netuid] = 1 + offset * tempo // subnets
    # Only now: a new subnet starts at the others' price.
    pools = runtime.subtensor.pools
    for netuid in map(NetUid, range(FIRST_NETUID, FIRST_NETUID + subnets)):
        dilution = rng.randrange(1, ALPHA_PER_TAO_MAX)
        pools.subnet_alpha_in[netuid] *= dilution
        pools.subnet_moving_price[netuid] = i96f32.from_ratio(1, dilution)
    _stake_on_root(runtime, min(subnets, ROOT_STAKERS))
    runtime.state.events.clear()
    runtime.try_state()
    entries = dict(localnet_genesis(config))
    for key, value in runtime.state.overlay.changes().items():
        if value is None:
            entries.pop(key, None)
        else:
            entries[key] = value
    return entries


def _stake_on_root(runtime: Runtime, stakers: int) -> None:
    module, amount = runtime.subtensor, to_rao(ROOT_STAKE_TAO)
    module.networks.subtoken_enabled[ROOT] = True
    for netuid in range(FIRST_NETUID, FIRST_NETUID + stakers):
        coldkey, hotkey = account(netuid, 1, 0), account(netuid, 1)
        runtime.balances.mint(coldkey, amount + to_rao(1))
        module.emission.total_issuance += amount + to_rao(1)
        module.staking_calls.add_stake(Signed(coldkey), hotkey, ROOT, amount)


def _add_subnet(
    runtime: Runtime, owner: AccountId, netuid: NetUid, neurons: int, tempo: int, rng: Random
) -> None:
    module = runtime.subtensor
    module.global_parameters.network_last_lock_cost = to_rao(1)
    module.global_parameters.network_rate_limit = 0
    module.global_parameters.subnet_limit = 1024
    hotkeys = [account(int(netuid), uid) for uid in range(neurons)]
    module.subnet_creation.register_network(Signed(owner), hotkeys[0])
    module.networks.first_emission_block_number[netuid] = 1
    module.networks.subtoken_enabled[netuid] = True
    module.hyperparameters.subnet_emission_enabled[netuid] = True
    module.hyperparameters.tempo[netuid] = tempo
    module.hyperparameters.weights_set_rate_limit[netuid] = 0
    for hotkey in hotkeys[1:]:
        module.hotkeys.associate(account(int(netuid)), hotkey)
        module.neuron_registry.append(netuid, hotkey)
    validators = range(min(VALIDATORS, neurons // 2))
    for uid in validators:
        coldkey = owner if uid == 0 else account(int(netuid))
        amount = Alpha(rng.randrange(10**12, 10**13))
        module.staking.grant(hotkeys[uid], coldkey, netuid, amount)
        out = module.pools.subnet_alpha_out
        out[netuid] = out[netuid] + amount
        row = b"".join(
            struct.pack("<HH", miner, rng.randrange(1, 65536))
            for miner in range(len(validators), neurons)
        )
        module.weights.weights[mechanism_index(netuid), Uid(uid)] = row
