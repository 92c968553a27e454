"""
The networks that exist from the start: root, and subnet 1, which nobody owns.

Two things differ from the real chain's local network. The TAO in subnet 1's pool is there: it is
minted to the subnet's account, where the real genesis only writes it down, so that selling its
alpha fails. And the module's count of all TAO starts from the balances, not from 0.

Source: subtensor pallets/subtensor/src/macros/genesis.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.economy.safe_float import SafeFloat
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.subnet_creation import DYNAMIC
from taonet.pallets.subtensor.symbols import SYMBOLS
from taonet.pallets.subtensor.types import SafeFloatStruct
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao

FIRST_SUBNET: Final = NetUid(1)
NOBODY: Final = AccountId.zero()
FIRST_TEMPO: Final = 100
ROOT_MEMBERS: Final = 64
FIRST_MAX_UIDS: Final = 256
FIRST_MAX_VALIDATORS: Final = 64
FIRST_POOL: Final = 10_000_000_000
"""The TAO and the alpha in the first subnet's pool, in rao each."""

FIRST_STAKE: Final = 1_000_000_000
"""The alpha that nobody holds in the first subnet."""


@dataclass(frozen=True)
class RootOwner:
    """Who owns the root network; on the real chain nobody does."""

    coldkey: AccountId = NOBODY
    hotkey: AccountId = NOBODY


def subtensor_genesis(subtensor: Subtensor, issuance: Rao, root: RootOwner | None = None) -> None:
    """Write the first networks; `issuance` is the sum of all balances."""
    subtensor.emission.total_issuance = issuance
    _add_root(subtensor, root or RootOwner())
    _add_first_subnet(subtensor)


def _add_root(subtensor: Subtensor, owner: RootOwner) -> None:
    _add_network(subtensor, ROOT, ROOT_MEMBERS, ROOT_MEMBERS)
    subtensor.networks.subnet_owner[ROOT] = owner.coldkey
    subtensor.networks.subnet_owner_hotkey[ROOT] = owner.hotkey
    subtensor.hyperparameters.target_registrations_per_interval[ROOT] = 1


def _add_first_subnet(subtensor: Subtensor) -> None:
    netuid = FIRST_SUBNET
    _add_network(subtensor, netuid, FIRST_MAX_UIDS, FIRST_MAX_VALIDATORS)
    networks = subtensor.networks
    networks.subnet_mechanism[netuid] = DYNAMIC
    networks.subnet_owner[netuid] = NOBODY
    networks.subnet_locked[netuid] = Rao(1)
    networks.largest_locked[netuid] = 1
    subtensor.accounts.owner[NOBODY] = NOBODY
    subtensor.accounts.staking_hotkeys[NOBODY] = (NOBODY,)
    _fill_pool(subtensor)
    subtensor.neuron_registry.append(netuid, NOBODY)


def _add_network(subtensor: Subtensor, netuid: NetUid, uids: int, validators: int) -> None:
    networks, parameters = subtensor.networks, subtensor.hyperparameters
    networks.networks_added[netuid] = True
    networks.total_networks += 1
    networks.subnetwork_n[netuid] = 0
    networks.token_symbol[netuid] = SYMBOLS[int(netuid)].encode()
    parameters.max_allowed_uids[netuid] = uids
    parameters.max_allowed_validators[netuid] = validators
    parameters.min_allowed_weights[netuid] = 0
    parameters.tempo[netuid] = FIRST_TEMPO
    parameters.network_registration_allowed[netuid] = True


def _fill_pool(subtensor: Subtensor) -> None:
    netuid, pools, stake = FIRST_SUBNET, subtensor.pools, subtensor.stake
    tao = subtensor.tao.mint(Rao(FIRST_POOL))
    subtensor.tao.spend(netuid, tao)
    pools.subnet_tao[netuid] = tao
    stake.total_stake = tao
    pools.subnet_alpha_in[netuid] = Alpha(FIRST_POOL)
    pools.subnet_alpha_out[netuid] = Alpha(FIRST_STAKE)
    shares = SafeFloat.from_u64(FIRST_STAKE)
    stored = SafeFloatStruct(shares.mantissa, shares.exponent)
    stake.alpha_v2[NOBODY, NOBODY, netuid] = stored
    stake.total_hotkey_alpha[NOBODY, netuid] = Alpha(FIRST_STAKE)
    stake.total_hotkey_shares_v2[NOBODY, netuid] = stored
