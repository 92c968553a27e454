"""A state of root and two subnets with a few neurons, asked as the field's own SDK asks."""

from functools import cache
from typing import Any

import bittensor_core

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.subtensor.packed_vectors import BOOL, U16, U64, pack, pack_pairs
from taonet.pallets.subtensor.types import AxonInfo, SubnetIdentityV3
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import encode_ss58
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid
from taonet.runtime.composition import api_table, metadata_v15
from taonet.runtime.runtime import Runtime
from taonet.runtime.version import SPEC_VERSION, TRANSACTION_VERSION

CONFIG = RuntimeConfig()
APEX, OMRON = NetUid(1), NetUid(2)
UNIT = 10**9
NOW = 1_000


def account(number: int) -> AccountId:
    """One of many accounts without keys."""
    return AccountId(bytes([number]) * 32)


def ss58(who: AccountId) -> str:
    """An account as the SDK shows it."""
    return encode_ss58(who)


OWNER, ALICE, BOB = account(1), account(2), account(3)
"""Coldkeys."""
HOTKEYS = tuple(account(number) for number in (11, 12, 13))
"""Neurons 0, 1 and 2 of subnet 1, of the coldkeys above."""
STRANGER = account(99)


@cache
def sdk() -> Any:
    """The SDK's decoder over our metadata."""
    return bittensor_core.Runtime(metadata_v15(CONFIG), SPEC_VERSION, TRANSACTION_VERSION)


class SmallChain:
    """
    Subnet 1 has three neurons with scores, weights, axons and stake, and a pool of 100 TAO and 400
    alpha; subnet 2 and root are empty but for one neuron of subnet 2.
    """

    def __init__(self) -> None:
        self.runtime = Runtime(State(EmptyState(), CONFIG))
        self.table = api_table(self.runtime.codecs)
        self.runtime.system.number = 10
        self._add_networks()
        self._add_neurons()
        self._add_scores()
        self.runtime.system.number = NOW

    def ask(self, trait: str, method: str, *arguments: Any) -> Any:
        """What the SDK makes of the answer to `trait`'s `method`."""
        declared = sdk().runtime_api_map()[trait][method]
        data = b"".join(
            bytes(sdk().encode(kind, argument))
            for (_, kind), argument in zip(declared["inputs"], arguments, strict=True)
        )
        raw = self.table.call(self.runtime, f"{trait}_{method}", data)
        return sdk().decode(declared["output"], raw)

    def _add_networks(self) -> None:
        subtensor = self.runtime.subtensor
        subtensor.subnet_creation.add(ROOT, 100)
        for netuid in (APEX, OMRON):
            subtensor.subnet_creation.add(netuid, 360)
            subtensor.networks.subnet_mechanism[netuid] = 1
            subtensor.networks.network_registered_at[netuid] = 10
            subtensor.networks.subnet_owner[netuid] = OWNER
            subtensor.pools.subnet_tao[netuid] = Rao(100 * UNIT)
            subtensor.pools.subnet_alpha_in[netuid] = Alpha(400 * UNIT)
            subtensor.pools.subnet_moving_price[netuid] = I96F32((1 << 32) // (2 * int(netuid)))
        subtensor.networks.subnet_owner_hotkey[APEX] = HOTKEYS[0]
        subtensor.networks.token_symbol[APEX] = "α".encode()
        subtensor.networks.subnet_identities_v3[OMRON] = SubnetIdentityV3(
            b"Two", b"", b"", b"", b"", b"The second", b"", b""
        )

    def _add_neurons(self) -> None:
        subtensor = self.runtime.subtensor
        for coldkey, hotkey in zip((OWNER, ALICE, BOB), HOTKEYS, strict=True):
            subtensor.hotkeys.associate(coldkey, hotkey)
            subtensor.neuron_registry.append(APEX, hotkey)
        subtensor.neuron_registry.append(OMRON, HOTKEYS[1])
        subtensor.neurons.axons[APEX, HOTKEYS[1]] = AxonInfo(7, 1, 0x7F000001, 8091, 4, 4, 0, 0)
        staking = subtensor.staking
        staking.grant(HOTKEYS[0], OWNER, APEX, Alpha(50 * UNIT))
        staking.grant(HOTKEYS[1], ALICE, APEX, Alpha(30 * UNIT))
        staking.grant(HOTKEYS[1], BOB, APEX, Alpha(10 * UNIT))
        staking.grant(HOTKEYS[1], ALICE, ROOT, Alpha(200 * UNIT))
        subtensor.delegation.delegates[HOTKEYS[1]] = 6_553

    def _add_scores(self) -> None:
        scores, weights = self.runtime.subtensor.scores, self.runtime.subtensor.weights
        index = self.runtime.subtensor.mechanisms
        main = next(iter(index.indices(APEX)))
        scores.active[APEX] = pack((1, 1, 0), BOOL)
        scores.validator_permit[APEX] = pack((1, 1, 0), BOOL)
        scores.emission[APEX] = pack((5 * UNIT, 3 * UNIT, UNIT), U64)
        scores.dividends[APEX] = pack((40_000, 25_535, 0), U16)
        scores.incentive[main] = pack((0, 0, 65_535), U16)
        scores.consensus[APEX] = pack((0, 0, 65_535), U16)
        scores.validator_trust[APEX] = pack((65_535, 65_535, 0), U16)
        scores.last_update[main] = pack((900, 950, 10), U64)
        weights.weights[main, Uid(0)] = pack_pairs([(1, 0), (2, 65_535)])
        weights.bonds[main, Uid(0)] = pack_pairs([(2, 65_535)])
        dividends = self.runtime.subtensor.emission
        dividends.alpha_dividends_per_subnet[APEX, HOTKEYS[1]] = Alpha(3 * UNIT)
        dividends.last_hotkey_emission_on_netuid[HOTKEYS[2], APEX] = Alpha(UNIT)
        dividends.pending_server_emission[APEX] = Alpha(7)
        dividends.pending_validator_emission[APEX] = Alpha(8)
        self.runtime.subtensor.epochs.last_mechansim_step_block[APEX] = 720
        self.runtime.subtensor.epochs.blocks_since_last_step[APEX] = 281
        self.runtime.subtensor.epochs.last_epoch_block[APEX] = 720
