"""What each kind of miner earns, and what poison does: the claims about honesty."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log

import numpy as np

from taonet.subnets.training.attackers import (
    Copier,
    Honest,
    Noise,
    Participant,
    Poison,
    Stale,
    WrongPages,
)
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.run import Run
from taonet.subnets.training.simulation import Simulation
from taonet.subnets.training.worker import Worker

Progress = Callable[[str], None]
HONEST = tuple(f"honest-{number}" for number in range(4))
PARTIAL = {"three-quarters": 0.75, "half": 0.5, "quarter": 0.25}
CHEATS = ("noise", "copier", "stale", "wrong-pages", "half")


@dataclass(frozen=True)
class Pay:
    """Each participant's share of the rewards of all windows, and the steps that it took."""

    earned: Mapping[str, float]
    steps: Mapping[str, int]
    windows: list[dict[str, float]]

    @property
    def honest(self) -> float:
        """What honest miners earned, those who did less included for what they did."""
        return sum(share for name, share in self.earned.items() if name.startswith("honest"))

    @property
    def cheats_below(self) -> bool:
        """Whether every cheat ranks below every honest miner."""
        lowest = min(share for name, share in self.earned.items() if name.startswith("honest"))
        return all(self.earned[name] < lowest for name in CHEATS if name in self.earned)

    @property
    def spearman(self) -> float:
        """How the ranks of steps done and of rewards agree, over those who do their own work."""
        own = [name for name in self.earned if name.startswith("honest") or name in PARTIAL]
        one, other = (ranks([float(of[name]) for name in own]) for of in (self.steps, self.earned))
        return float(np.corrcoef(one, other)[0, 1])


def cast(run: Run, corpus: Corpus, names: tuple[str, ...]) -> dict[str, Participant]:
    """Participants by their names' beginnings."""
    makers: dict[str, Callable[[], Participant]] = {
        "honest": lambda: Honest(Worker(run, corpus)),
        "stale": lambda: Stale(Worker(run, corpus)),
        "wrong": lambda: WrongPages(Worker(run, corpus)),
        "noise": lambda: Noise(np.random.default_rng(1)),
        "copier": lambda: Copier(np.random.default_rng(2)),
        "poison": lambda: Poison(Worker(run, corpus)),
    }
    found = {}
    for name in names:
        share = PARTIAL.get(name)
        made = Honest(Worker(run, corpus), share) if share else makers[name.split("-")[0]]()
        found[name] = made
    return found


def pay(run: Run, corpus: Corpus, names: tuple[str, ...], windows: int, tell: Progress) -> Pay:
    """A run with everybody in it; what is earned in the first tenth of windows is not counted."""
    simulation = Simulation(run, corpus, cast(run, corpus, names), seed=run.seed)
    shares = []
    for number in range(windows):
        window = simulation.advance()
        shares.append({name: window.shares.get(name, 0.0) for name in names})
        tell(f"pay: window {number + 1} of {windows}, loss {window.loss:.4f}")
    counted = shares[max(1, windows // 10) :]
    total = sum(sum(each.values()) for each in counted)
    earned = {name: sum(each[name] for each in counted) / total for name in names}
    return Pay(earned, {name: simulation.cast[name].steps for name in names}, shares)


def poisoned(run: Run, corpus: Corpus, windows: int, tell: Progress) -> dict[str, list[float]]:
    """Losses by window: honest alone, a third poisoned, the same without defence."""
    honest, both = HONEST, (*HONEST, "poison-0", "poison-1")
    found = {}
    for name, names, defended in (
        ("honest only", honest, True),
        ("a third poison", both, True),
        ("no defence", both, False),
    ):
        simulation = Simulation(run, corpus, cast(run, corpus, names), 0, defended)
        found[name] = [simulation.advance().loss for _ in range(windows)]
        tell(f"poison: {name}, loss {found[name][-1]:.4f}, of nothing known {log(1024):.4f}")
    return found


def ranks(values: list[float]) -> np.ndarray:
    """With ties sharing their mean rank."""
    array = np.array(values)
    return np.array([(array < v).sum() + ((array == v).sum() - 1) / 2 for v in values])
