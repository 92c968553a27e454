"""
How well a run learns against what one machine does with as many tokens: the anchors of the claim.

All three see the same number of tokens in the same number of steps, from batches of the same size:
a step of *AdamW* in one process holds `workers` times `rows` pages, all that the workers' steps of
that moment hold together, and it takes `steps` times `windows` of them. So nobody gains by taking
more or smaller steps. *DiLoCo* averages dense differences with Nesterov's momentum; *SparseLoCo* is
the run as it is. Schedules of the rate have one form, but each way may have a rate of its own:
what suits one does not suit another.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from taonet.subnets.llama.learning import Learner
from taonet.subnets.llama.shape import Array, Shape
from taonet.subnets.training.attackers import Honest
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.judgement import model_losses
from taonet.subnets.training.payload import bytes_max
from taonet.subnets.training.phases import Phases
from taonet.subnets.training.run import Run
from taonet.subnets.training.simulation import Simulation
from taonet.subnets.training.worker import Worker

HELD_OUT = 256
"""Pages whose loss is compared."""
MOMENTUM, OUTER_RATE = 0.9, 0.7
"""DiLoCo's own, arXiv 2311.08105."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Tokens of all workers together, and how they are spread."""

    shape: Shape
    tokens: int
    workers: int = 4
    steps: int = 10
    rows: int = 8
    rate: float = 3e-3
    seed: int = 1
    pace: float = 1.0
    retained: float = 0.95

    def run(self, corpus: Corpus) -> Run:
        """The run that sees so many tokens."""
        each = self.workers * self.steps * self.rows * corpus.length
        return Run(
            name="benchmark",
            shape=self.shape,
            vocabulary=corpus.manifest.vocabulary,
            corpus=corpus.manifest.hash,
            seed=self.seed,
            phases=Phases(0, 100, 50, 60, 70),
            steps=self.steps,
            rows=self.rows,
            length=corpus.length,
            rate=self.rate,
            windows=round(self.tokens / each),
            pace=self.pace,
            retained=self.retained,
        )


@dataclass(frozen=True)
class Curve:
    """Held-out losses after so many tokens, and what a worker sent in all."""

    name: str
    tokens: list[int]
    losses: list[float]
    bytes_up: int


def sparse(plan: Plan, corpus: Corpus, tell: Progress) -> Curve:
    """The run as it is, everybody honest."""
    run = plan.run(corpus)
    cast = {f"worker-{uid}": Honest(Worker(run, corpus)) for uid in range(plan.workers)}
    simulation = Simulation(run, corpus, dict(cast), seed=plan.seed)
    losses, sent = _Losses(run, corpus, "sparse", tell), 0
    for window in range(run.windows):
        done = simulation.advance()
        sent += done.bytes_up["worker-0"]
        losses.note(window + 1, simulation.checkpoint.weights)
    assert sent <= run.windows * bytes_max(plan.shape)
    return losses.curve(sent)


def adamw(plan: Plan, corpus: Corpus, tell: Progress) -> Curve:
    """One process; data parallel, it would send its gradient after each step."""
    run = plan.run(corpus)
    learner, random = Learner(plan.shape), np.random.default_rng(plan.seed)
    learner.restart(plan.shape.initial(plan.seed))
    losses = _Losses(run, corpus, "AdamW", tell)
    rows = plan.rows * plan.workers
    for window in range(run.windows):
        for _ in range(plan.steps):
            pages = random.integers(0, corpus.pages, rows)
            learner.learn(corpus.rows(pages.tolist()), run.rate_in(window))
        losses.note(window + 1, learner.weights())
    return losses.curve(4 * plan.shape.parameters * plan.steps * run.windows)


def diloco(plan: Plan, corpus: Corpus, tell: Progress) -> Curve:
    """Dense differences, averaged, with Nesterov's momentum."""
    run = plan.run(corpus)
    random = np.random.default_rng(plan.seed)
    learners = [Learner(plan.shape) for _ in range(plan.workers)]
    weights = plan.shape.initial(plan.seed)
    momentum: dict[str, Array] = {name: np.zeros_like(array) for name, array in weights.items()}
    losses = _Losses(run, corpus, "DiLoCo", tell)
    for window in range(run.windows):
        mean: dict[str, Array] = {name: np.zeros_like(array) for name, array in weights.items()}
        for learner in learners:
            learner.restart(weights)
            for _ in range(plan.steps):
                pages = random.integers(0, corpus.pages, plan.rows)
                learner.learn(corpus.rows(pages.tolist()), run.rate_in(window))
            for name, array in learner.weights().items():
                mean[name] += (weights[name] - array) / np.float32(plan.workers)
        weights = _nesterov(weights, momentum, mean)
        losses.note(window + 1, weights)
    return losses.curve(4 * plan.shape.parameters * run.windows)


def _nesterov(
    weights: dict[str, Array], momentum: dict[str, Array], mean: dict[str, Array]
) -> dict[str, Array]:
    beta, rate = np.float32(MOMENTUM), np.float32(OUTER_RATE)
    after: dict[str, Array] = {}
    for name, array in weights.items():
        momentum[name] = (beta * momentum[name] + mean[name]).astype(np.float32)
        change = rate * (mean[name] + beta * momentum[name])
        after[name] = (array - change).astype(np.float32)
    return after


class _Losses:
    """Held-out losses, at twenty places of a run."""

    def __init__(self, run: Run, corpus: Corpus, name: str, tell: Progress) -> None:
        self._run, self._name, self._tell = run, name, tell
        self._losses = model_losses(run)
        self._pages = corpus.held_out(HELD_OUT)
        self._every = max(1, run.windows // 20)
        self._tokens: list[int] = []
        self._found: list[float] = []

    def note(self, windows: int, weights: dict[str, Array] | object) -> None:
        """After so many windows."""
        if windows % self._every and windows != self._run.windows:
            return
        loss = self._losses(weights, self._pages)  # type: ignore[arg-type]
        self._tokens.append(windows)
        self._found.append(loss)
        self._tell(f"{self._name}: window {windows} of {self._run.windows}, loss {loss:.4f}")

    def curve(self, bytes_up: int) -> Curve:
        """What was noted, by windows."""
        return Curve(self._name, self._tokens, self._found, bytes_up)


def in_tokens(curve: Curve, plan: Plan, corpus: Corpus) -> Curve:
    """The curve over tokens instead of windows."""
    each = plan.workers * plan.steps * plan.rows * corpus.length
    return replace(curve, tokens=[windows * each for windows in curve.tokens])
