"""
Making a subnet smaller: neurons of least emission leave, and those that stay close up.

Source: subtensor pallets/subtensor/src/subnets/uids.rs `trim_to_max_allowed_uids` @ 14bc6f9.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from taonet.frame.storage import BoundMap, BoundOptionMap
from taonet.pallets.subtensor.errors import (
    InvalidValue,
    SubnetNotExists,
    TrimmingWouldExceedMaxImmunePercentage,
)
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.packed_vectors import (
    BOOL,
    U16,
    U64,
    item,
    pack_pairs,
    pairs,
    selected,
)
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.units import NetUid, Uid


class UidTrimming:
    """Removes neurons and renumbers the others."""

    def __init__(self, storage: Storage, mechanisms: Mechanisms, neurons: NeuronRegistry) -> None:
        self._storage = storage
        self._mechanisms = mechanisms
        self._neurons = neurons

    def trim(self, netuid: NetUid, limit: int) -> None:
        """
        Limit a subnet to `limit` neurons. Raises `SubnetNotExists`, `InvalidValue` for a limit
        that is not between the smallest and the present one, and
        `TrimmingWouldExceedMaxImmunePercentage` if too many of those that stay would be immune.
        """
        parameters = self._storage.hyperparameters
        if not self._storage.networks.networks_added[netuid]:
            raise SubnetNotExists
        smallest = parameters.min_allowed_uids[netuid]
        if not smallest <= limit <= parameters.max_allowed_uids[netuid]:
            raise InvalidValue
        parameters.max_allowed_uids[netuid] = limit
        if self._storage.networks.subnetwork_n[netuid] <= limit:
            return
        kept = self._kept(netuid, limit)
        self._close_up(netuid, kept)
        self._storage.networks.subnetwork_n[netuid] = limit

    def _kept(self, netuid: NetUid, limit: int) -> list[int]:
        """The uids that stay, ascending, after the others have been removed."""
        count = self._storage.networks.subnetwork_n[netuid]
        owner_uids = set(self._neurons.immune_owner_uids(netuid))
        immune = {
            uid
            for uid in range(count)
            if uid in owner_uids or self._neurons.is_immune(netuid, Uid(uid))
        }
        percentage = self._storage.constants.max_immune_uids_percentage._0
        if limit == 0 or min(len(immune) * 100 // limit, 100) >= percentage:
            raise TrimmingWouldExceedMaxImmunePercentage
        emission = self._storage.scores.emission[netuid]
        # Of equal emission the higher uid goes first: the order is stable, and read backwards.
        by_emission = sorted(range(count), key=lambda uid: -item(emission, uid, U64))
        leaving = [uid for uid in reversed(by_emission) if uid not in immune][: count - limit]
        for uid in leaving:
            self._remove(netuid, Uid(uid))
        return sorted(set(range(count)) - set(leaving))

    def _remove(self, netuid: NetUid, uid: Uid) -> None:
        neurons, emission = self._storage.neurons, self._storage.emission
        if (netuid, uid) in neurons.keys:
            hotkey = neurons.keys[netuid, uid]
            del neurons.uids[netuid, hotkey]
            del neurons.is_network_member[hotkey, netuid]
            del emission.last_hotkey_emission_on_netuid[hotkey, netuid]
            del emission.alpha_dividends_per_subnet[netuid, hotkey]
            self._neurons.remove_endpoints(netuid, hotkey)
        del neurons.keys[netuid, uid]
        del neurons.block_at_registration[netuid, uid]
        del neurons.associated_evm_address[netuid, uid]
        for index in self._mechanisms.indices(netuid):
            del self._storage.weights.weights[index, uid]
            del self._storage.weights.bonds[index, uid]

    def _close_up(self, netuid: NetUid, kept: Sequence[int]) -> None:
        """Give those that stay the uids from 0 on."""
        scores, neurons = self._storage.scores, self._storage.neurons
        for vector, width in (
            (scores.emission, U64),
            (scores.active, BOOL),
            (scores.consensus, U16),
            (scores.dividends, U16),
            (scores.validator_trust, U16),
            (scores.validator_permit, BOOL),
            (scores.stake_weight, U16),
        ):
            vector[netuid] = selected(vector[netuid], kept, width)
        numbers = {former: number for number, former in enumerate(kept)}
        for former, number in numbers.items():
            places = ((netuid, Uid(former)), (netuid, Uid(number)))
            _move(neurons.keys, *places)
            _move(neurons.block_at_registration, *places)
            _move(neurons.associated_evm_address, *places)
            neurons.uids[netuid, neurons.keys[netuid, Uid(number)]] = Uid(number)
        for index in self._mechanisms.indices(netuid):
            self._close_up_mechanism(index, kept, numbers)

    def _close_up_mechanism(
        self, index: MechanismIndex, kept: Sequence[int], numbers: Mapping[int, int]
    ) -> None:
        scores, weights = self._storage.scores, self._storage.weights
        scores.incentive[index] = selected(scores.incentive[index], kept, U16)
        scores.last_update[index] = selected(scores.last_update[index], kept, U64)
        for former, number in numbers.items():
            for rows in (weights.weights, weights.bonds):
                _move(rows, (index, Uid(former)), (index, Uid(number)))
                row = pairs(rows[index, Uid(number)])
                renumbered = [(numbers[uid], value) for uid, value in row if uid in numbers]
                rows[index, Uid(number)] = pack_pairs(renumbered)


def _move(
    entries: BoundMap[Any, Any] | BoundOptionMap[Any, Any], former: object, place: object
) -> None:
    """Move an entry to a free place; nothing stays where it was."""
    if former == place:
        return
    if former in entries:
        entries[place] = entries[former]
        del entries[former]
    else:
        del entries[place]
