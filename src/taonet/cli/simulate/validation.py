"""
What happens in a subnet once its epoch is over: miners change, validators weigh them anew.

Everyone acts in the block after the epoch. Under commit-reveal, what was committed a reveal period
ago is revealed first, and the new weights are committed.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from taonet.cli.simulate.founding import FoundedSubnet, Miner, Validator
from taonet.cli.simulate.strategies import STRATEGIES, SubnetView
from taonet.cli.simulate.world import World
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import U16, items
from taonet.pallets.subtensor.weight_commits import commit_hash_of
from taonet.pallets.subtensor.weight_setting import WeightsVote
from taonet.primitives.fixed_point import U16_MAX

VERSION_KEY: Final = 0


class _Committed(NamedTuple):
    epoch: int
    vote: WeightsVote
    salt: tuple[int, ...]


class Validation:
    """The neurons of one subnet."""

    def __init__(self, world: World, subnet: FoundedSubnet) -> None:
        self._world = world
        self._subnet = subnet
        self._commits: dict[int, deque[_Committed]] = {}

    def after_epoch(self) -> None:
        """One round of everyone's turn."""
        for miner in self._subnet.miners:
            _drift(miner)
            self._sell(miner)
        permits = self._world.chain.scores.validator_permit[self._subnet.netuid]
        for validator in self._subnet.validators:
            uid = validator.mind.uid
            if uid < len(permits) and permits[uid]:
                self._act(validator)

    def _act(self, validator: Validator) -> None:
        if self._subnet.plan.commit_reveal:
            self._reveal(validator)
        weights = STRATEGIES[validator.group.strategy](validator.mind, self._view(validator))
        if not any(weights.values()):
            return
        vote = WeightsVote(tuple(weights), tuple(weights.values()), VERSION_KEY)
        if self._subnet.plan.commit_reveal:
            self._commit(validator, vote)
        else:
            arguments = (self._subnet.netuid, vote.uids, vote.values, VERSION_KEY)
            self._attempt(validator, "set_weights", *arguments)

    def _view(self, validator: Validator) -> SubnetView:
        subnet = self._subnet
        published = self._world.chain.scores.consensus[subnet.netuid]
        return SubnetView(
            qualities={uid_of(miner): miner.quality for miner in subnet.miners},
            consensus=items(published, U16),
            cabal=_members(subnet, validator.group.cabal),
        )

    def _commit(self, validator: Validator, vote: WeightsVote) -> None:
        epoch = self._world.chain.schedule.index_for_commits(self._subnet.netuid)
        # Nobody here guesses hashes, so the salt need not be secret.
        salt = (epoch % (U16_MAX + 1), validator.mind.uid)
        hotkey = validator.participant.stakes_on
        commit_hash = commit_hash_of(hotkey, mechanism_index(self._subnet.netuid), vote, salt)
        if self._attempt(validator, "commit_weights", self._subnet.netuid, commit_hash):
            waiting = self._commits.setdefault(validator.mind.uid, deque())
            waiting.append(_Committed(epoch, vote, salt))

    def _reveal(self, validator: Validator) -> None:
        now = self._world.chain.schedule.index_for_commits(self._subnet.netuid)
        due = now - self._subnet.plan.reveal_period
        waiting = self._commits.get(validator.mind.uid, deque())
        while waiting and waiting[0].epoch <= due:
            committed = waiting.popleft()
            self._attempt(
                validator,
                "reveal_weights",
                self._subnet.netuid,
                committed.vote.uids,
                committed.vote.values,
                committed.salt,
                VERSION_KEY,
            )

    def _attempt(self, validator: Validator, name: str, *arguments: object) -> bool:
        who = validator.participant
        return self._world.attempt(who.stakes_on, who, name, *arguments)

    def _sell(self, miner: Miner) -> None:
        who = miner.participant
        alpha = int(int(self._world.alpha_of(who)) * miner.group.sells)
        worth = alpha * self._world.price_bits(who.netuid) >> 64
        # Half of it, so that fees and slippage don't bring the proceeds below what may be sold.
        if worth // 2 > int(self._world.chain.staking.minimum):
            self._world.attempt(who.coldkey, who, "remove_stake", who.stakes_on, who.netuid, alpha)


def _drift(miner: Miner) -> None:
    """Let a miner become a little better or worse."""
    moved = miner.quality + miner.random.gauss(0.0, miner.group.drift)
    miner.quality = min(max(moved, 0.0), 1.0)


def _members(subnet: FoundedSubnet, cabal: str) -> Sequence[int]:
    if not cabal:
        return ()
    validators = [v.mind.uid for v in subnet.validators if v.group.cabal == cabal]
    return [*validators, *(uid_of(m) for m in subnet.miners if m.group.cabal == cabal)]


def uid_of(miner: Miner) -> int:
    """A registered miner's place in its subnet."""
    assert miner.participant.uid is not None, f"{miner.participant.name} is not registered"
    return miner.participant.uid
