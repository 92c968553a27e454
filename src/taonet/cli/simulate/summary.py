"""What a run came to, by strategy: for people and for programs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from taonet.cli.simulate.ledger import Participant
from taonet.cli.simulate.simulation import Outcome
from taonet.primitives.units import RAO_PER_TAO


@dataclass
class StrategyResult:
    """All participants of one strategy in one subnet, together; amounts in the smallest unit."""

    subnet: str
    role: str
    strategy: str
    count: int = 0
    bought_alpha: int = 0
    earned_alpha: int = 0
    settled_alpha: int = 0
    earned_after_settling: int = 0
    profit_rao: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def yield_on_stake(self) -> float | None:
        """
        Alpha earned in the second half of the run on each alpha held at its start; None for who
        does not validate. The first half is left out: whoever waits for others starts later.
        """
        if self.role != "validator" or not self.settled_alpha:
            return None
        return self.earned_after_settling / self.settled_alpha

    def as_json(self) -> dict[str, Any]:
        """The same in whole TAO and alpha."""
        return {
            "subnet": self.subnet,
            "role": self.role,
            "strategy": self.strategy,
            "count": self.count,
            "bought_alpha": self.bought_alpha / RAO_PER_TAO,
            "earned_alpha": self.earned_alpha / RAO_PER_TAO,
            "yield_on_stake": self.yield_on_stake,
            "profit_tao": self.profit_rao / RAO_PER_TAO,
            "refused": dict(sorted(self.refused.items())),
        }


def by_strategy(outcome: Outcome) -> list[StrategyResult]:
    """The results in the order of the scenario."""
    results: dict[tuple[str, str, str], StrategyResult] = {}
    for who in outcome.participants:
        key = (who.subnet, who.role, who.strategy)
        result = results.setdefault(key, StrategyResult(*key))
        _add(result, who, outcome.world.value_rao(who) - int(who.endowment))
    return list(results.values())


def _add(result: StrategyResult, who: Participant, profit_rao: int) -> None:
    result.count += 1
    result.bought_alpha += who.bought_alpha
    result.earned_alpha += who.earned_alpha
    result.settled_alpha += who.settled_alpha
    result.earned_after_settling += who.earned_alpha - who.settled_earned_alpha
    result.profit_rao += profit_rao
    result.refused += who.refused


def summary_json(outcome: Outcome, files: Iterable[str]) -> dict[str, Any]:
    """One document of the whole run; the same scenario and seed give the same."""
    scenario = outcome.scenario
    return {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "blocks": scenario.blocks,
        "rule_set": scenario.rule_set.value,
        "epoch_variant": scenario.epoch_variant.value,
        "registration_price": scenario.registration_price.value,
        "client_profile": scenario.client_profile.value,
        "results": [result.as_json() for result in by_strategy(outcome)],
        "files": list(files),
    }
