"""
Weights set openly, and the checks that revealed ones pass too.

Source: subtensor pallets/subtensor/src/subnets/weights.rs, epoch/math.rs
`vec_u16_max_upscale_to_u16` @ 14bc6f9.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import failure_of
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.subtensor.constants import SUBTENSOR_INDEX
from taonet.pallets.subtensor.errors import (
    CanNotSetRootNetworkWeights,
    CommitRevealEnabled,
    DuplicateUids,
    HotKeyNotRegisteredInSubNet,
    IncorrectWeightVersionKey,
    InputLengthsUnequal,
    NeuronNoValidatorPermit,
    NotEnoughStakeToSetWeights,
    SettingWeightsTooFast,
    UidsLengthExceedUidsInSubNet,
    UidVecContainInvalidOne,
    WeightVecLengthIsLow,
    WeightVecNotEqualSize,
)
from taonet.pallets.subtensor.events.weights import (
    BatchCompletedWithErrors,
    BatchWeightItemFailed,
    BatchWeightsCompleted,
    WeightsSet,
)
from taonet.pallets.subtensor.mechanisms import MAIN, Mechanisms, mechanism_index, netuid_of
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.packed_vectors import BOOL, item, pack_pairs
from taonet.pallets.subtensor.stake_weights import StakeWeights
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U16_MAX, i64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, MechId, NetUid, Uid
from taonet.scale.types import U64, compact, pair, u16, u64, vec

_UPSCALE_THRESHOLD = 32_768
_FRACTION_BITS = 32

Uids = Annotated[tuple[int, ...], vec(u16)]
CompactNetUids = Annotated[tuple[NetUid, ...], vec(compact(NetUid))]


@dataclass(frozen=True)
class WeightsVote:
    """One neuron's weights: uids, their weights of any sum, and the version that set them."""

    uids: Sequence[int]
    values: Sequence[int]
    version_key: int

    def is_self_weight(self, uid: Uid) -> bool:
        """Whether the neuron weighs itself alone, which needs no permit."""
        return len(self.values) == 1 and self.uids[0] == int(uid)


def upscaled(values: Sequence[int]) -> list[int]:
    """
    Weights scaled so that the largest is 65535, to the nearest; all zeros stay.

    Half rounds up. Above 32768 the chain's fixed point cannot hold the product, and the quotient
    is rounded before the product is.
    """
    highest = max(values, default=0)
    if highest == 0:
        return [0] * len(values)
    if highest > _UPSCALE_THRESHOLD:
        factor = (U16_MAX << _FRACTION_BITS) // highest
        scaled = [value * factor for value in values]
    else:
        scaled = [(value * U16_MAX << _FRACTION_BITS) // highest for value in values]
    half = 1 << (_FRACTION_BITS - 1)
    return [min((value + half) >> _FRACTION_BITS, U16_MAX) for value in scaled]


class WeightSetting(Pallet, prefix="SubtensorModule"):
    """Checks and stores weights."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        mechanisms: Mechanisms,
        neurons: NeuronRegistry,
        stake: StakeWeights,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._parameters = storage.hyperparameters
        self._system = system
        self._mechanisms = mechanisms
        self._neurons = neurons
        self._stake = stake

    @call(
        index=0,
        weight=Weight(15_513_610_000, 10_327_410) + database_weight(reads=4112, writes=2),
        pays=Pays.NO,
    )
    def set_weights(
        self, origin: Origin, netuid: NetUid, dests: Uids, weights: Uids, version_key: U64
    ) -> None:
        """Weigh the neurons of a subnet, by its validator's hotkey; the sum does not matter."""
        self._ensure_open(netuid)
        vote = WeightsVote(dests, weights, version_key)
        self.set(ensure_signed(origin), netuid, MAIN, vote)

    @call(
        index=119,
        weight=Weight(15_540_000_000, 0) + database_weight(reads=4111, writes=2),
        pays=Pays.NO,
    )
    def set_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: MechId,
        dests: Uids,
        weights: Uids,
        version_key: U64,
    ) -> None:
        """Weigh the neurons of a subnet in one of its mechanisms."""
        self._ensure_open(netuid)
        vote = WeightsVote(dests, weights, version_key)
        self.set(ensure_signed(origin), netuid, mecid, vote)

    @call(
        index=80,
        weight=Weight(103_092_000, 7395) + database_weight(reads=16, writes=2),
        pays=Pays.NO,
    )
    def batch_set_weights(
        self,
        origin: Origin,
        netuids: CompactNetUids,
        weights: Annotated[
            tuple[tuple[tuple[int, int], ...], ...], vec(vec(pair(compact(u16), compact(u16))))
        ],
        version_keys: Annotated[tuple[int, ...], vec(compact(u64))],
    ) -> None:
        """Weigh the neurons of several subnets; one that fails does not stop the others."""
        hotkey = ensure_signed(origin)
        if not len(netuids) == len(weights) == len(version_keys):
            raise InputLengthsUnequal
        rows = {
            number: WeightsVote([u for u, _ in row], [w for _, w in row], version_key)
            for number, (row, version_key) in enumerate(zip(weights, version_keys, strict=True))
        }

        def set_one(number: int, netuid: NetUid) -> None:
            self._ensure_open(netuid)
            self.set(hotkey, netuid, MAIN, rows[number])

        self.each(netuids, set_one)
        self.deposit_event(BatchWeightsCompleted(netuids, hotkey))

    def each(self, netuids: Sequence[NetUid], act: Callable[[int, NetUid], None]) -> None:
        """Do `act` for each place and subnet of a batch; what is refused is reported after it."""
        refused: list[tuple[NetUid, DispatchError]] = []
        for number, netuid in enumerate(netuids):
            try:
                with self.state.transaction():
                    act(number, netuid)
            except DispatchError as error:
                refused.append((netuid, error))
        if refused:
            self.deposit_event(BatchCompletedWithErrors())
        for netuid, refusal in refused:
            self.deposit_event(BatchWeightItemFailed(netuid, failure_of(refusal, SUBTENSOR_INDEX)))

    def set(self, hotkey: AccountId, netuid: NetUid, mechanism: MechId, vote: WeightsVote) -> None:
        """
        Store a neuron's weights, scaled so that the largest is 65535. Under commit-reveal the
        commit counted for the rate limit, and the reveal does not.
        """
        uid = self._ensure_may_set(hotkey, netuid, mechanism, vote)
        index = mechanism_index(netuid, mechanism)
        block = self._system.number
        hidden = self._parameters.commit_reveal_weights_enabled[netuid]
        if not hidden and not self.passes_rate_limit(index, uid):
            raise SettingWeightsTooFast
        self._ensure_valid(netuid, uid, vote)
        row = pack_pairs(zip(vote.uids, upscaled(vote.values), strict=True))
        self._storage.weights.weights[index, uid] = row
        if not hidden:
            self._neurons.record_update(netuid, index, uid, block)
        self.deposit_event(WeightsSet(index, uid))

    def passes_rate_limit(self, index: MechanismIndex, uid: Uid) -> bool:
        """Whether the neuron may set or commit weights again; the first time always."""
        netuid = netuid_of(index)
        last = self._neurons.last_update(index, uid)
        limit = self._parameters.weights_set_rate_limit[netuid]
        return last == 0 or self._system.number - last >= limit

    def has_stake(self, hotkey: AccountId, netuid: NetUid) -> bool:
        """Whether the hotkey has the stake that setting weights needs; the owner's always has."""
        owner_uid = self._neurons.owner_uid(netuid)
        if owner_uid is not None and self._storage.neurons.uids[netuid, hotkey] == owner_uid:
            return True
        threshold = self._storage.global_parameters.stake_threshold
        if threshold == 0:
            return True
        return self._stake.total(hotkey, netuid) >= i64f64.from_int(threshold)

    def _ensure_open(self, netuid: NetUid) -> None:
        if self._parameters.commit_reveal_weights_enabled[netuid]:
            raise CommitRevealEnabled

    def _ensure_may_set(
        self, hotkey: AccountId, netuid: NetUid, mechanism: MechId, vote: WeightsVote
    ) -> Uid:
        if netuid == ROOT:
            raise CanNotSetRootNetworkWeights
        if len(vote.uids) != len(vote.values):
            raise WeightVecNotEqualSize
        self._mechanisms.ensure_exists(netuid, mechanism)
        if len(vote.uids) > self._storage.networks.subnetwork_n[netuid]:
            raise UidsLengthExceedUidsInSubNet
        uid = self._storage.neurons.uids[netuid, hotkey]
        if uid is None:
            raise HotKeyNotRegisteredInSubNet
        if not self.has_stake(hotkey, netuid):
            raise NotEnoughStakeToSetWeights
        version = self._parameters.weights_version_key[netuid]
        if version and vote.version_key < version:
            raise IncorrectWeightVersionKey
        return uid

    def _ensure_valid(self, netuid: NetUid, uid: Uid, vote: WeightsVote) -> None:
        alone = vote.is_self_weight(uid)
        permit = item(self._storage.scores.validator_permit[netuid], int(uid), BOOL)
        if not (alone or permit or self._neurons.owner_uid(netuid) == uid):
            raise NeuronNoValidatorPermit
        if len(set(vote.uids)) < len(vote.uids):
            raise DuplicateUids
        if not all(self._neurons.has_uid(netuid, Uid(target)) for target in vote.uids):
            raise UidVecContainInvalidOne
        fewest = min(
            self._parameters.min_allowed_weights[netuid],
            self._storage.networks.subnetwork_n[netuid],
        )
        if len(vote.values) < fewest and not alone:
            raise WeightVecLengthIsLow
