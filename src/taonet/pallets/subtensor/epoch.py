"""
A subnet's epoch: from storage to Yuma and back.

Source: subtensor pallets/subtensor/src/epoch/run_epoch.rs `epoch_mechanism`,
`persist_mechanism_epoch_terms`, `persist_netuid_epoch_terms`; subnets/mechanism.rs
`epoch_with_mechanisms` @ 14bc6f9.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from taonet.economy import yuma
from taonet.economy.dividends import HotkeyEmission
from taonet.economy.rule_sets import EPOCHS
from taonet.pallets.rule_sets import RuleSets
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.events.stake import IncentiveAlphaEmittedToMiners
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.stake_weights import StakeWeights
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.pallets.subtensor.voting_power_tracking import ValidatorStake, VotingPowerTracking
from taonet.pallets.system import System
from taonet.primitives.fixed_point import I64F64, i64f64, saturate_u64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Uid

THOUSANDTHS: Final = 1_000


class EpochRunner:
    """Runs the epochs of subnets and keeps what they found."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        schedule: EpochSchedule,
        weights: StakeWeights,
        voting_power: VotingPowerTracking,
    ) -> None:
        self._storage = storage
        self._system = system
        self._schedule = schedule
        self._weights = weights
        self._voting_power = voting_power
        self._mechanisms = Mechanisms(storage)
        self._rules = RuleSets(system)

    def hotkeys(self, netuid: NetUid) -> list[AccountId]:
        """Every neuron's hotkey, by uid; the zero account where a uid is not taken."""
        neurons, keys = self._storage.networks.subnetwork_n[netuid], self._storage.neurons.keys
        hotkeys = [AccountId.zero()] * neurons
        for (_, uid), hotkey in keys.entries_under(netuid):
            if int(uid) < neurons:
                hotkeys[int(uid)] = hotkey
        return hotkeys

    def has_consistent_keys(self, netuid: NetUid) -> bool:
        """Whether no hotkey has two uids, which the epoch relies on."""
        hotkeys = self._storage.neurons.keys.values_under(netuid)
        return len(set(hotkeys)) == len(hotkeys)

    def run(self, netuid: NetUid, emission: Alpha) -> list[HotkeyEmission[AccountId]]:
        """
        Run the epochs of all mechanisms of a subnet; what each neuron earned of `emission`.

        Raises `EpochInputError` for a state that no call can have made.
        """
        hotkeys = self.hotkeys(netuid)
        stakes = [self._weights.total(hotkey, netuid) for hotkey in hotkeys]
        indices = list(self._mechanisms.indices(netuid))
        if not indices:
            raise yuma.EpochInputError("there is no mechanism")
        split = self._storage.networks.mechanism_emission_split[netuid]
        parts = yuma.split_among_mechanisms(int(emission), len(indices), split)
        outputs = []
        for index, part in zip(indices, parts, strict=True):
            output = yuma.run_epoch(self.load(netuid, index, part, hotkeys, stakes))
            self._store_mechanism(index, output)
            outputs.append(output)
        terms = yuma.merge_mechanisms(outputs, parts, int(emission))
        self._store_subnet(netuid, terms)
        if self._storage.voting_power.voting_power_tracking_enabled[netuid]:
            self._track_voting_power(netuid, hotkeys, stakes, terms)
        return [
            HotkeyEmission(hotkey, Alpha(server), Alpha(validator))
            for hotkey, server, validator in zip(
                hotkeys, terms.server_emission_rao, terms.validator_emission_rao, strict=True
            )
        ]

    def load(
        self,
        netuid: NetUid,
        index: MechanismIndex,
        emission_rao: int,
        hotkeys: Sequence[AccountId],
        stakes: Sequence[I64F64],
    ) -> "yuma.EpochInput":
        """What an epoch of one mechanism would read now; `hotkeys` and `stakes` are by uid."""
        storage, parameters = self._storage, self._storage.hyperparameters
        neurons = len(hotkeys)
        tempo = parameters.tempo[netuid]
        cutoff = parameters.activity_cutoff_factor_milli[netuid] * tempo // THOUSANDTHS
        low, high = parameters.alpha_values[netuid]
        owner_uid = self._owner_uid(netuid)
        variant = EPOCHS[self._rules.epoch_variant.value]
        return yuma.EpochInput(
            emission_rao=emission_rao,
            current_block=self._system.number,
            last_epoch_block=storage.epochs.last_mechansim_step_block[netuid],
            tempo_blocks=tempo,
            activity_cutoff_blocks=max(cutoff, 1),
            stake_weights=stakes,
            stake_threshold=storage.global_parameters.stake_threshold,
            owner_uid=owner_uid,
            last_update_block=yuma.u64_vector(storage.scores.last_update[index])[:neurons],
            registration_block=self._registration_blocks(netuid, neurons),
            validator_permits=[bool(p) for p in storage.scores.validator_permit[netuid][:neurons]],
            commit_block=self._commit_blocks(netuid, index, hotkeys),
            weights_rows=_rows(storage.weights.weights.entries_under(index), neurons),
            bonds_rows=_rows(storage.weights.bonds.entries_under(index), neurons),
            max_allowed_validators=parameters.max_allowed_validators[netuid],
            kappa_u16=parameters.kappa[netuid],
            bonds_penalty_u16=parameters.bonds_penalty[netuid],
            bonds_moving_average_millionths=parameters.bonds_moving_average[netuid],
            yuma3=variant.runs_yuma3(chosen=parameters.yuma3_on[netuid]),
            liquid_alpha=parameters.liquid_alpha_on[netuid],
            alpha_sigmoid_steepness=parameters.alpha_sigmoid_steepness[netuid],
            alpha_low_u16=low,
            alpha_high_u16=high,
        )

    def _registration_blocks(self, netuid: NetUid, neurons: int) -> list[int]:
        """When each neuron was registered, by uid; 0 where that is not known."""
        blocks = [0] * neurons
        for (_, uid), block in self._storage.neurons.block_at_registration.entries_under(netuid):
            if int(uid) < neurons:
                blocks[int(uid)] = block
        return blocks

    def _owner_uid(self, netuid: NetUid) -> int | None:
        owner_hotkeys = self._storage.networks.subnet_owner_hotkey
        if netuid not in owner_hotkeys:
            return None
        uid = self._storage.neurons.uids[netuid, owner_hotkeys[netuid]]
        return None if uid is None else int(uid)

    def _commit_blocks(
        self, netuid: NetUid, index: MechanismIndex, hotkeys: Sequence[AccountId]
    ) -> list[int] | None:
        """The block of each neuron's earliest commit that waits; None without commit-reveal."""
        if not self._storage.hyperparameters.commit_reveal_weights_enabled[netuid]:
            return None
        blocks = [yuma.NO_COMMIT] * len(hotkeys)
        uids = {hotkey: uid for uid, hotkey in enumerate(hotkeys)}
        oldest = self._schedule.index_for_commits(netuid)
        oldest -= self._storage.hyperparameters.reveal_period_epochs[netuid]

        def note(hotkey: AccountId, block: int) -> None:
            uid = uids.get(hotkey)
            if uid is not None:
                blocks[uid] = min(blocks[uid], block)

        weights = self._storage.weights
        for (_, hotkey), hashes in weights.weight_commits.under(index):
            waiting = [block for _, epoch, block, _ in hashes if epoch >= oldest]
            if waiting:
                note(hotkey, waiting[0])
        for (_, epoch), ciphertexts in weights.timelocked_weight_commits.under(index):
            if epoch >= oldest:
                for hotkey, block, _, _ in ciphertexts:
                    note(hotkey, block)
        return blocks

    def _store_mechanism(self, index: MechanismIndex, output: "yuma.EpochOutput") -> None:
        storage = self._storage
        storage.scores.incentive[index] = yuma.packed_u16(output.incentive_u16.tolist())
        emissions = tuple(Alpha(amount) for amount in output.server_emission_rao.tolist())
        storage.state.deposit(IncentiveAlphaEmittedToMiners(netuid=index, emissions=emissions))
        bonds = storage.weights.bonds
        for number, row in enumerate(output.bonds_rows):
            key = (index, Uid(number))
            if len(row) or key not in bonds or bonds[key]:
                bonds[key] = yuma.packed_row(row)

    def _store_subnet(self, netuid: NetUid, terms: "yuma.SubnetTerms") -> None:
        scores = self._storage.scores
        scores.active[netuid] = bytes(terms.active)
        scores.emission[netuid] = yuma.packed_u64(terms.emission_rao)
        scores.consensus[netuid] = yuma.packed_u16(terms.consensus_u16)
        scores.dividends[netuid] = yuma.packed_u16(terms.dividends_u16)
        scores.validator_trust[netuid] = yuma.packed_u16(terms.validator_trust_u16)
        scores.validator_permit[netuid] = bytes(terms.validator_permits)
        scores.stake_weight[netuid] = yuma.packed_u16(terms.stake_weight_u16)

    def _track_voting_power(
        self,
        netuid: NetUid,
        hotkeys: Sequence[AccountId],
        stakes: Sequence[I64F64],
        terms: "yuma.SubnetTerms",
    ) -> None:
        count = int(self._storage.networks.mechanism_count_current[netuid])
        self._voting_power.update(
            netuid,
            [
                ValidatorStake(
                    hotkey, Alpha(saturate_u64(i64f64.to_u64_floor(stake) * count)), permitted
                )
                for hotkey, stake, permitted in zip(
                    hotkeys, stakes, terms.validator_permits, strict=True
                )
            ],
        )


def _rows(
    stored: Iterable[tuple[tuple[MechanismIndex, Uid], bytes]], neurons: int
) -> "list[yuma.PairRow]":
    """Stored rows by uid; those of uids beyond the subnet are left out."""
    rows = [yuma.EMPTY_ROW] * neurons
    for (_, uid), packed in stored:
        if int(uid) < neurons:
            rows[int(uid)] = yuma.pair_row(packed)
    return rows
