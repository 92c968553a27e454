"""
What a subnet's neurons are, in columns by uid: decoded once from packed vectors, on demand.

A metagraph of 256 neurons is read constantly and mostly in parts, so nothing is computed that is
not asked for.
"""

import struct
from functools import cached_property

from taonet.economy.dividends import Stake
from taonet.economy.stake_weight import stake_weight
from taonet.pallets.subtensor.mechanisms import MAIN, mechanism_index
from taonet.pallets.subtensor.types import AxonInfo, ChainIdentityV2, PrometheusInfo
from taonet.primitives.fixed_point import i64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, MechId, NetUid, Rao, Uid
from taonet.runtime.runtime import Runtime

NO_AXON = AxonInfo(0, 0, 0, 0, 0, 0, 0, 0)
NO_PROMETHEUS = PrometheusInfo(0, 0, 0, 0, 0)


def u16s(packed: bytes) -> tuple[int, ...]:
    """A packed vector of u16."""
    return struct.unpack(f"<{len(packed) // 2}H", packed)


def u64s(packed: bytes) -> tuple[int, ...]:
    """A packed vector of u64."""
    return struct.unpack(f"<{len(packed) // 8}Q", packed)


class NeuronColumns:
    """
    The neurons of one subnet; those attributes that stand in metagraphs are named as there.

    Vectors of scores are as long as they are stored, which may be shorter than the subnet.
    """

    trust: tuple[int, ...] = ()
    """Not computed any more."""
    rank: tuple[int, ...] = ()
    """Not computed any more."""
    pruning_score: tuple[int, ...] = ()
    """Not computed any more."""
    commitments: tuple[tuple[AccountId, bytes], ...] = ()
    """Nobody's: this runtime has no Commitments pallet."""

    def __init__(self, runtime: Runtime, netuid: NetUid, mechanism: MechId = MAIN) -> None:
        self._runtime = runtime
        self._subtensor = runtime.subtensor
        self.netuid = netuid
        self.index = mechanism_index(netuid, mechanism)

    @cached_property
    def size(self) -> int:
        """How many neurons there are."""
        return self._subtensor.networks.subnetwork_n[self.netuid]

    @cached_property
    def hotkeys(self) -> tuple[AccountId, ...]:
        """Hotkeys; zeros where a uid is free."""
        keys, netuid = self._subtensor.neurons.keys, self.netuid
        return tuple(keys[netuid, Uid(uid)] for uid in range(self.size))

    @cached_property
    def coldkeys(self) -> tuple[AccountId, ...]:
        """Owners of the hotkeys; zeros where a hotkey has none."""
        owner = self._subtensor.accounts.owner
        return tuple(owner[hotkey] for hotkey in self.hotkeys)

    @cached_property
    def identities(self) -> tuple[ChainIdentityV2 | None, ...]:
        """What the owners say about themselves."""
        stored = self._subtensor.accounts.identities_v2
        return tuple(stored[coldkey] for coldkey in self.coldkeys)

    @cached_property
    def axons(self) -> tuple[AxonInfo, ...]:
        """Where the neurons answer; zeros if nowhere."""
        return tuple(self.axon(hotkey) for hotkey in self.hotkeys)

    def axon(self, hotkey: AccountId) -> AxonInfo:
        """Where one neuron answers; zeros if nowhere."""
        return self._subtensor.neurons.axons[self.netuid, hotkey] or NO_AXON

    def prometheus(self, hotkey: AccountId) -> PrometheusInfo:
        """Where one neuron shows its metrics; zeros if nowhere."""
        return self._subtensor.neurons.prometheus[self.netuid, hotkey] or NO_PROMETHEUS

    @cached_property
    def active(self) -> bytes:
        """Who set weights lately, a byte each."""
        return self._subtensor.scores.active[self.netuid]

    @cached_property
    def validator_permit(self) -> bytes:
        """Who may weigh others, a byte each."""
        return self._subtensor.scores.validator_permit[self.netuid]

    @cached_property
    def last_update(self) -> tuple[int, ...]:
        """Blocks of the last weights."""
        return u64s(self._subtensor.scores.last_update[self.index])

    @cached_property
    def emission(self) -> tuple[int, ...]:
        """Alpha of the last epoch."""
        return u64s(self._subtensor.scores.emission[self.netuid])

    @cached_property
    def dividends(self) -> tuple[int, ...]:
        """Shares of the validators' emission."""
        return u16s(self._subtensor.scores.dividends[self.netuid])

    @cached_property
    def incentives(self) -> tuple[int, ...]:
        """Shares of the miners' emission."""
        return u16s(self._subtensor.scores.incentive[self.index])

    @cached_property
    def consensus(self) -> tuple[int, ...]:
        """Weights that a majority supports."""
        return u16s(self._subtensor.scores.consensus[self.netuid])

    @cached_property
    def validator_trust(self) -> tuple[int, ...]:
        """How much of a neuron's weights were within consensus."""
        return u16s(self._subtensor.scores.validator_trust[self.netuid])

    @cached_property
    def block_at_registration(self) -> tuple[int, ...]:
        """Blocks of registration."""
        blocks, netuid = self._subtensor.neurons.block_at_registration, self.netuid
        return tuple(blocks[netuid, Uid(uid)] for uid in range(self.size))

    @cached_property
    def _inherited(self) -> tuple[Stake, ...]:
        weights = self._subtensor.stake_weights
        return tuple(weights.inherited(hotkey, self.netuid) for hotkey in self.hotkeys)

    @cached_property
    def alpha_stake(self) -> tuple[int, ...]:
        """Alpha that neurons count with, after child keys."""
        return tuple(int(stake.alpha) for stake in self._inherited)

    @cached_property
    def tao_stake(self) -> tuple[int, ...]:
        """Root stake that neurons count with, after child keys, in rao."""
        return tuple(int(stake.root) for stake in self._inherited)

    @cached_property
    def total_stake(self) -> tuple[int, ...]:
        """Alpha and weighted root stake together, rounded down."""
        tao_weight = self._subtensor.stake_weights.tao_weight
        totals = (stake_weight(stake, tao_weight) for stake in self._inherited)
        return tuple(i64f64.to_u64_floor(total) for total in totals)

    @cached_property
    def tao_dividends_per_hotkey(self) -> tuple[tuple[AccountId, Rao], ...]:
        """Nothing for everyone: root's dividends are alpha."""
        return tuple((hotkey, Rao(0)) for hotkey in self.hotkeys)

    @cached_property
    def alpha_dividends_per_hotkey(self) -> tuple[tuple[AccountId, Alpha], ...]:
        """Dividends of the last epoch."""
        dividends = self._subtensor.emission.alpha_dividends_per_subnet
        return tuple((hotkey, dividends[self.netuid, hotkey]) for hotkey in self.hotkeys)

    @cached_property
    def validators(self) -> tuple[int, ...]:
        """
        Uids with a permit and more stake than the network's threshold, by rising stake.

        Source: subtensor pallets/subtensor/src/rpc_info/metagraph.rs @ 14bc6f9.
        """
        threshold = i64f64.from_int(self._subtensor.global_parameters.stake_threshold)
        permits, weights = self.validator_permit, self._subtensor.stake_weights
        ranked = []
        for (_, uid), hotkey in self._subtensor.neurons.keys.under(self.netuid):
            number = int(uid)
            if number < len(permits) and permits[number]:
                ranked.append((weights.total(hotkey, self.netuid), number))
        ranked.sort(key=lambda entry: entry[0])
        return tuple(uid for total, uid in ranked if total > threshold)
