"""
Uids: who has which place in a subnet, who gives way when it is full.

Source: subtensor pallets/subtensor/src/subnets/{uids,registration}.rs and utils/misc.rs @ 14bc6f9.
"""

from taonet.pallets.subtensor.errors import HotKeyNotRegisteredInSubNet, NoNeuronIdAvailable
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.packed_vectors import (
    BOOL,
    U16,
    U64,
    item,
    pack_pairs,
    pairs,
    with_item,
)
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid


class NeuronRegistry:
    """Appends, replaces and looks up neurons."""

    def __init__(self, storage: Storage, system: System, mechanisms: Mechanisms) -> None:
        self._storage = storage
        self._system = system
        self._mechanisms = mechanisms

    def uid(self, netuid: NetUid, hotkey: AccountId) -> Uid:
        """The uid of `hotkey`; raises `HotKeyNotRegisteredInSubNet`."""
        uid = self._storage.neurons.uids[netuid, hotkey]
        if uid is None:
            raise HotKeyNotRegisteredInSubNet
        return uid

    def has_uid(self, netuid: NetUid, uid: Uid) -> bool:
        """Whether there is a neuron of this uid."""
        return (netuid, uid) in self._storage.neurons.keys

    def is_registered(self, netuid: NetUid, hotkey: AccountId) -> bool:
        """Whether `hotkey` has a uid."""
        return (netuid, hotkey) in self._storage.neurons.uids

    def owner_uid(self, netuid: NetUid) -> Uid | None:
        """The uid of the hotkey of the subnet's owner, if it has one."""
        networks = self._storage.networks
        if netuid not in networks.subnet_owner_hotkey:
            return None
        return self._storage.neurons.uids[netuid, networks.subnet_owner_hotkey[netuid]]

    def is_immune(self, netuid: NetUid, uid: Uid) -> bool:
        """Whether the neuron was registered within the immunity period."""
        registered = self._storage.neurons.block_at_registration[netuid, uid]
        period = self._storage.hyperparameters.immunity_period[netuid]
        return self._system.number - registered < period

    def last_update(self, index: MechanismIndex, uid: Uid) -> int:
        """The block in which a neuron last set or committed weights; 0 if it never did."""
        return item(self._storage.scores.last_update[index], int(uid), U64)

    def record_update(self, netuid: NetUid, index: MechanismIndex, uid: Uid, block: int) -> None:
        """A neuron has set or committed weights in `block`."""
        last_update = self._storage.scores.last_update
        count = self._storage.networks.subnetwork_n[netuid]
        vector = last_update[index].ljust(count * U64, b"\0")
        if int(uid) * U64 < len(vector):
            last_update[index] = with_item(vector, int(uid), block, U64)

    def register(self, netuid: NetUid, hotkey: AccountId) -> Uid:
        """
        Give `hotkey` a new uid, or that of the neuron that may be replaced. Raises
        `NoNeuronIdAvailable`.
        """
        count = self._storage.networks.subnetwork_n[netuid]
        if count < self._storage.hyperparameters.max_allowed_uids[netuid]:
            return self.append(netuid, hotkey)
        uid = self.replaceable(netuid)
        if uid is None:
            raise NoNeuronIdAvailable
        self.replace(netuid, uid, hotkey)
        return uid

    def append(self, netuid: NetUid, hotkey: AccountId) -> Uid:
        """Give `hotkey` the next uid."""
        storage, block = self._storage, self._system.number
        uid = Uid(storage.networks.subnetwork_n[netuid])
        storage.networks.subnetwork_n[netuid] = int(uid) + 1
        scores = storage.scores
        scores.active[netuid] += b"\1"
        scores.emission[netuid] += bytes(U64)
        scores.consensus[netuid] += bytes(U16)
        for index in self._mechanisms.indices(netuid):
            scores.incentive[index] += bytes(U16)
            self.record_update(netuid, index, uid, block)
        scores.dividends[netuid] += bytes(U16)
        scores.validator_trust[netuid] += bytes(U16)
        scores.validator_permit[netuid] += b"\0"
        self._occupy(netuid, uid, hotkey)
        return uid

    def replace(self, netuid: NetUid, uid: Uid, hotkey: AccountId) -> None:
        """Give `hotkey` the uid of another, unless that is the hotkey of the subnet's owner."""
        neurons, networks = self._storage.neurons, self._storage.networks
        former = neurons.keys[netuid, uid]
        if (
            netuid in networks.subnet_owner_hotkey
            and networks.subnet_owner_hotkey[netuid] == former
        ):
            return
        del neurons.uids[netuid, former]
        del neurons.associated_evm_address[netuid, uid]
        del neurons.is_network_member[former, netuid]
        scores = self._storage.scores
        scores.active[netuid] = with_item(scores.active[netuid], int(uid), 1, BOOL)
        self._occupy(netuid, uid, hotkey)
        self.remove_endpoints(netuid, former)
        self._clear(netuid, uid)
        for index in self._mechanisms.indices(netuid):
            self.record_update(netuid, index, uid, self._system.number)

    def remove_endpoints(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Forget where a neuron answers."""
        neurons = self._storage.neurons
        del neurons.axons[netuid, hotkey]
        del neurons.neuron_certificates[netuid, hotkey]
        del neurons.prometheus[netuid, hotkey]

    def replaceable(self, netuid: NetUid) -> Uid | None:
        """
        The neuron that gives way in a full subnet: of least emission, then earliest registered,
        then of lowest uid. Neurons without immunity come first while more than
        `MinNonImmuneUids` of them are left; the owner's immune ones never do.
        """
        storage = self._storage
        owner_uids = set(self.immune_owner_uids(netuid))
        emission = storage.scores.emission[netuid]
        immune: list[tuple[int, int, int]] = []
        free: list[tuple[int, int, int]] = []
        for number in range(storage.networks.subnetwork_n[netuid]):
            uid = Uid(number)
            if number in owner_uids or not self.has_uid(netuid, uid):
                continue
            registered = storage.neurons.block_at_registration[netuid, uid]
            candidate = (item(emission, number, U64), registered, number)
            (immune if self.is_immune(netuid, uid) else free).append(candidate)
        if len(free) > storage.hyperparameters.min_non_immune_uids[netuid]:
            return Uid(min(free)[2])
        return Uid(min(immune)[2]) if immune else None

    def immune_owner_uids(self, netuid: NetUid) -> list[int]:
        """
        The owner's neurons that are never replaced: its subnet hotkey's first, then those longest
        registered, up to `ImmuneOwnerUidsLimit`.
        """
        storage = self._storage
        limit = storage.hyperparameters.immune_owner_uids_limit[netuid]
        found: list[tuple[int, int]] = []
        for hotkey in storage.accounts.owned_hotkeys[storage.networks.subnet_owner[netuid]]:
            uid = storage.neurons.uids[netuid, hotkey]
            if uid is not None:
                found.append((storage.neurons.block_at_registration[netuid, uid], int(uid)))
        immune = [uid for _, uid in sorted(found)][:limit]
        owner_uid = self.owner_uid(netuid)
        if owner_uid is not None and int(owner_uid) not in immune:
            immune = [int(owner_uid), *immune][:limit]
        return immune

    def _occupy(self, netuid: NetUid, uid: Uid, hotkey: AccountId) -> None:
        neurons = self._storage.neurons
        neurons.keys[netuid, uid] = hotkey
        neurons.uids[netuid, hotkey] = uid
        neurons.block_at_registration[netuid, uid] = self._system.number
        neurons.is_network_member[hotkey, netuid] = True

    def _clear(self, netuid: NetUid, uid: Uid) -> None:
        """Take from a neuron what it earned, and from all others their weights on it."""
        scores, weights, place = self._storage.scores, self._storage.weights, int(uid)
        scores.emission[netuid] = with_item(scores.emission[netuid], place, 0, U64)
        scores.consensus[netuid] = with_item(scores.consensus[netuid], place, 0, U16)
        for index in self._mechanisms.indices(netuid):
            scores.incentive[index] = with_item(scores.incentive[index], place, 0, U16)
            del weights.bonds[index, uid]
            del weights.weights[index, uid]
            for key, row in list(weights.weights.under(index)):
                forgotten = [(t, 0 if t == place else weight) for t, weight in pairs(row)]
                weights.weights[key] = pack_pairs(forgotten)
        scores.dividends[netuid] = with_item(scores.dividends[netuid], place, 0, U16)
        scores.stake_weight[netuid] = with_item(scores.stake_weight[netuid], place, 0, U16)
        trust, permit = scores.validator_trust, scores.validator_permit
        trust[netuid] = with_item(trust[netuid], place, 0, U16)
        permit[netuid] = with_item(permit[netuid], place, 0, BOOL)
