"""Whole windows at nano size: what each kind of miner earns, what becomes of the model."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from taonet.subnets.llama.shape import PRESETS
from taonet.subnets.training.attackers import (
    Copier,
    Honest,
    Noise,
    Participant,
    Poison,
    Stale,
    WrongPages,
)
from taonet.subnets.training.compression import update_bytes
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.payload import bytes_max
from taonet.subnets.training.phases import Phases
from taonet.subnets.training.run import Run
from taonet.subnets.training.simulation import Simulation
from taonet.subnets.training.worker import Worker

pytestmark = pytest.mark.model
NANO = PRESETS["nano"]
HONEST = ("honest-0", "honest-1", "honest-2")
WINDOWS = 10


def nano_run(corpus: Corpus, steps: int = 8) -> Run:
    manifest = corpus.manifest
    phases = Phases(1, 20, 10, 12, 14)
    return Run(
        "nano", NANO, manifest.vocabulary, manifest.hash, 1, phases, steps=steps, rows=4, length=64
    )


def cast(run: Run, corpus: Corpus, names: Sequence[str]) -> dict[str, Participant]:
    makers: dict[str, Callable[[], Participant]] = {
        "honest": lambda: Honest(Worker(run, corpus)),
        "lazy": lambda: Honest(Worker(run, corpus), share=0.5),
        "wrong": lambda: WrongPages(Worker(run, corpus)),
        "stale": lambda: Stale(Worker(run, corpus)),
        "noise": lambda: Noise(np.random.default_rng(1)),
        "copier": lambda: Copier(np.random.default_rng(2)),
        "poison": lambda: Poison(Worker(run, corpus)),
    }
    return {name: makers[name.split("-")[0]]() for name in names}


def ranks(values: Sequence[float]) -> np.ndarray:
    """With ties sharing their mean rank."""
    array = np.array(values)
    return np.array([(array < v).sum() + ((array == v).sum() - 1) / 2 for v in values])


def test_honest_work_is_paid_and_nothing_else_is(bible: Corpus) -> None:
    run = nano_run(bible)
    names = (*HONEST, "lazy", "wrong", "stale", "noise", "copier", "poison")
    simulation = Simulation(run, bible, cast(run, bible, names), seed=3)
    windows = [simulation.advance() for _ in range(WINDOWS)]
    last = windows[-1]

    assert windows[0].loss == pytest.approx(np.log(1024), abs=0.1)
    assert last.loss < windows[0].loss - 1.0
    shares = last.shares
    assert sum(shares[name] for name in HONEST) > 0.95
    lowest = min(shares[name] for name in HONEST)
    for name in set(names) - set(HONEST):
        assert shares[name] < lowest / 2, name
    for name in ("stale", "noise", "copier", "poison"):
        assert shares[name] < 0.001, name
    paid_for = ("lazy", "noise", "copier", *HONEST)
    steps = [simulation.cast[name].steps for name in paid_for]
    together = np.corrcoef(ranks(steps), ranks([shares[name] for name in paid_for]))[0, 1]
    assert together >= 0.8

    assert all(set(HONEST) <= set(window.averaged) for window in windows)
    for cheat in ("poison", "copier", "stale"):
        assert not any(cheat in window.averaged for window in windows[1:]), cheat
    copied = last.scores["copier"]
    assert copied.parts["overlap"] == 1.0
    assert copied.note == "100% of its places are those of an earlier update"
    assert last.scores["poison"].parts["gain"] < 0
    assert last.scores["stale"].parts["behind"] == 3
    assert last.scores["honest-0"].parts["own_gain"] > last.scores["honest-0"].parts["gain"] > 0

    formula = update_bytes(NANO)
    assert all(formula < size <= bytes_max(NANO) for size in last.bytes_up.values())
    assert 4 * NANO.parameters / formula > 140


def test_poison_changes_nothing_where_it_is_judged_and_ruins_the_model_where_not(
    bible: Corpus,
) -> None:
    run = nano_run(bible, steps=4)
    honest, poisoned = ("honest-0", "honest-1"), ("honest-0", "honest-1", "poison")
    losses = {}
    for who, defended in ((honest, True), (poisoned, True), (poisoned, False)):
        simulation = Simulation(run, bible, cast(run, bible, who), seed=4, defended=defended)
        losses[who, defended] = [simulation.advance().loss for _ in range(6)][-1]

    assert losses[poisoned, True] == pytest.approx(losses[honest, True], rel=0.01)
    assert losses[honest, True] < 6.7
    assert losses[poisoned, False] > np.log(1024) + 0.1
