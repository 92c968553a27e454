"""
How validators come by their weights.

A strategy sees a subnet as a validator does, and answers with weights by uid, or with none while it
has nothing to go by. Only an honest one looks at the miners.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from taonet.cli.simulate.scenario import Strategy

LARGEST_WEIGHT: Final = 2**16 - 1

Weights = Mapping[int, int]
"""By uid, each from 0 to 65535."""


@dataclass(frozen=True)
class SubnetView:
    """What there is to see after an epoch."""

    qualities: Mapping[int, float]
    """What each miner is really worth, by uid."""
    consensus: Sequence[int]
    """What the chain published of the last epoch, by uid."""
    cabal: Sequence[int]
    """The uids that the validator has an agreement with, its own among them."""


@dataclass
class Mind:
    """One validator's own: its uid, its luck, what it remembers."""

    uid: int
    random: Random
    noise: float = 0.0
    remembered: dict[int, int] = field(default_factory=dict)


def honest(mind: Mind, view: SubnetView) -> Weights:
    """Measures every miner, as well as it can."""
    measured = {
        uid: min(max(quality + mind.random.gauss(0.0, mind.noise), 0.0), 1.0)
        for uid, quality in view.qualities.items()
    }
    return {uid: round(value * LARGEST_WEIGHT) for uid, value in measured.items()}


def lazy(mind: Mind, view: SubnetView) -> Weights:
    """Makes weights up once, and sets the same ones for ever."""
    if not mind.remembered:
        mind.remembered = {uid: mind.random.randrange(LARGEST_WEIGHT + 1) for uid in view.qualities}
    return mind.remembered


def copier(mind: Mind, view: SubnetView) -> Weights:
    """Sets what the others' stake agreed on in the last epoch."""
    return {uid: weight for uid, weight in enumerate(view.consensus) if weight and uid != mind.uid}


def cabal(mind: Mind, view: SubnetView) -> Weights:
    """Weighs its friends, and nobody else."""
    return {uid: LARGEST_WEIGHT for uid in view.cabal if uid != mind.uid}


def self_weighting(mind: Mind, view: SubnetView) -> Weights:  # noqa: ARG001
    """Weighs itself alone."""
    return {mind.uid: LARGEST_WEIGHT}


STRATEGIES: Final[Mapping[Strategy, Callable[[Mind, SubnetView], Weights]]] = {
    Strategy.HONEST: honest,
    Strategy.LAZY: lazy,
    Strategy.COPIER: copier,
    Strategy.CABAL: cabal,
    Strategy.SELF_WEIGHTING: self_weighting,
}
