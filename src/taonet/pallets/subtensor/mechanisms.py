"""
A subnet's mechanisms: several independent matrices of weights that share its miners' emission.

Source: subtensor pallets/subtensor/src/subnets/mechanism.rs @ 14bc6f9.
"""

from collections.abc import Iterator, Sequence

from taonet.pallets.subtensor.errors import (
    InvalidValue,
    MechanismDoesNotExist,
    TooManyUIDsPerMechanism,
)
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.fixed_point import U16_MAX
from taonet.primitives.units import MechId, NetUid

SUBNETS_MAX = 4096
"""Subnets whose mechanisms have distinct keys."""

MECHANISMS_MAX = 16
"""Mechanisms that one subnet can ever have."""

MAIN = MechId(0)


def mechanism_index(netuid: NetUid, mechanism: MechId = MAIN) -> MechanismIndex:
    """The key of a subnet's mechanism, at most 65535."""
    return MechanismIndex(min(int(mechanism) * SUBNETS_MAX + int(netuid), U16_MAX))


def netuid_of(index: MechanismIndex) -> NetUid:
    """The subnet of a mechanism's key."""
    return NetUid(int(index) % SUBNETS_MAX)


class Mechanisms:
    """How many mechanisms each subnet has, and how they share its emission."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def indices(self, netuid: NetUid) -> Iterator[MechanismIndex]:
        """The keys of all mechanisms of a subnet."""
        count = int(self._storage.networks.mechanism_count_current[netuid])
        return (mechanism_index(netuid, MechId(mechanism)) for mechanism in range(count))

    def ensure_exists(self, netuid: NetUid, mechanism: MechId) -> None:
        """Raises `MechanismDoesNotExist` unless the subnet has the mechanism."""
        networks = self._storage.networks
        if not networks.networks_added[netuid]:
            raise MechanismDoesNotExist
        if mechanism >= networks.mechanism_count_current[netuid]:
            raise MechanismDoesNotExist

    def ensure_room(self, uids: int, count: MechId) -> None:
        """Raises `TooManyUIDsPerMechanism` if `count` mechanisms of `uids` neurons are too many."""
        if uids * int(count) > self._storage.constants.initial_max_allowed_uids:
            raise TooManyUIDsPerMechanism

    def set_count(self, netuid: NetUid, count: MechId) -> None:
        """
        Give a subnet `count` mechanisms; those beyond are cleared, and so is the split. Raises
        `MechanismDoesNotExist`, `InvalidValue`, `TooManyUIDsPerMechanism`.
        """
        networks = self._storage.networks
        if not networks.networks_added[netuid]:
            raise MechanismDoesNotExist
        if not 0 < int(count) <= int(self._storage.global_parameters.max_mechanism_count):
            raise InvalidValue
        self.ensure_room(self._storage.hyperparameters.max_allowed_uids[netuid], count)
        former = int(networks.mechanism_count_current[netuid])
        if former == int(count):
            return
        for mechanism in range(int(count), former):
            self.clear(mechanism_index(netuid, MechId(mechanism)))
        networks.mechanism_count_current[netuid] = count
        del networks.mechanism_emission_split[netuid]

    def set_count_max(self, count: MechId) -> None:
        """The largest number of mechanisms of any subnet; raises `InvalidValue`."""
        if not 0 < int(count) <= MECHANISMS_MAX:
            raise InvalidValue
        self._storage.global_parameters.max_mechanism_count = count

    def set_split(self, netuid: NetUid, split: Sequence[int] | None) -> None:
        """
        Share the miners' emission by `split`, parts of 65535 that add up to it; None shares it
        evenly. Raises `MechanismDoesNotExist`, `InvalidValue`.
        """
        networks = self._storage.networks
        if not networks.networks_added[netuid]:
            raise MechanismDoesNotExist
        if split is not None:
            if not 0 < len(split) <= int(networks.mechanism_count_current[netuid]):
                raise InvalidValue
            if sum(split) != U16_MAX:
                raise InvalidValue
        networks.mechanism_emission_split[netuid] = None if split is None else tuple(split)

    def clear(self, index: MechanismIndex) -> None:
        """Forget everything about a mechanism."""
        weights, scores = self._storage.weights, self._storage.scores
        weights.weights.clear(index)
        weights.bonds.clear(index)
        weights.weight_commits.clear(index)
        weights.timelocked_weight_commits.clear(index)
        del scores.incentive[index]
        del scores.last_update[index]
