"""
What each miner's work in a window was worth: Gauntlet's parts, every one of which is kept.

    fast checks   a payload of the right length, form, run, window, miner and pages, on time, finite
    sync          how many windows the checkpoint was old that it started from
    gain          how much less the loss on pages that nobody could know is with this update alone
    overlap       how many of its places are another's: a copy
    rating        OpenSkill, over the gains of all windows
    diligence     how often it helped its own pages more than others: it did work on them
    presence      how many windows it has missed in a row

A miner's value is the product of the last three and sync; its share of the weights goes with the
third power. Updates that help, copy nobody and start from the newest checkpoint are averaged.

Source: Gauntlet, arXiv 2505.21684, sections 3 and 4; overlap and decay as in
templar neurons/validator.py @ 142666f.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np
from openskill.models import PlackettLuce, PlackettLuceRating

from taonet.neuron.score import Score
from taonet.subnets.llama.learning import Tokens, evaluated
from taonet.subnets.llama.shape import Array
from taonet.subnets.training.assignment import assigned
from taonet.subnets.training.assignment import evaluated as evaluation_pages
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.compression import CHUNK, Update
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.outer_step import applied, clips
from taonet.subnets.training.run import Run

BEHIND_MAX = 3
"""Windows after which an old checkpoint is worth nothing."""
SYNC_POWER = 2.5
OVERLAP_MAX = 0.4
"""Of the places of two updates: honest ones share a fifth."""
MEMORY = 0.9
"""What of diligence is carried into the next window."""
ABSENT = 0.75
"""What is left of a value after each window missed."""
SHARE_POWER = 3.0
"""Half the work earns an eighth, so that nobody gains by splitting a machine over two uids."""
PAGES_JUDGED = 32
"""Of random pages, and of each miner's own."""
JUDGED_MAX = 64
"""Miners judged in one window: each costs two passes over pages. Others keep what they have."""
RATING_START = 25.0
RATING_BETA = 7.0
RATING_DRIFT = 0.1
LOST = -1.0
"""The gain that a refused or copied update is rated with."""

Losses = Callable[[Mapping[str, Array], Tokens], float]
"""Mean surprise of pages under weights."""


@dataclass(frozen=True)
class Submission:
    """
    What a miner handed in: `update` is `None` when it was refused, for the reason `refusal`.

    `committed_at` is the block in which its hash got on chain, `behind` how many windows old its
    checkpoint was.
    """

    uid: int
    hotkey: str
    payload: str
    committed_at: int
    update: Update | None = None
    behind: int = 0
    refusal: str = ""


@dataclass
class Record:
    """What a validator remembers of a hotkey."""

    mu: float = RATING_START
    sigma: float = RATING_START / 3
    diligence: float = 0.0
    """The decayed sum of +1 and -1."""
    weight: float = 0.0
    """The decayed sum of what diligence could be at most."""
    missed: int = 0
    sync: float = 1.0
    windows: int = 0

    @property
    def ordinal(self) -> float:
        """What the rating is at least, with some certainty; 0 for a newcomer."""
        return self.mu - 3 * self.sigma

    @property
    def proven(self) -> float:
        """Diligence as a share, from -1 to 1."""
        return self.diligence / self.weight if self.weight else 0.0

    @property
    def presence(self) -> float:
        """1.0 for whom took part in the newest window."""
        return ABSENT**self.missed

    @property
    def value(self) -> float:
        """What the miner deserves, before it is compared with others."""
        return max(0.0, self.ordinal) * max(0.0, self.proven) * self.sync * self.presence


@dataclass(frozen=True)
class Trial:
    """Losses before and after one update, on random pages and on the miner's own."""

    random_before: float
    random_after: float
    own_before: float
    own_after: float

    @property
    def gain(self) -> float:
        """The relative improvement on random pages."""
        return (self.random_before - self.random_after) / self.random_before

    @property
    def own_gain(self) -> float:
        """The relative improvement on the miner's own pages."""
        return (self.own_before - self.own_after) / self.own_before


@dataclass(frozen=True)
class Judgement:
    """A window's outcome: who is averaged, by uid, and each hotkey's score with its parts."""

    chosen: Mapping[int, Submission]
    scores: Mapping[str, Score]
    loss: float
    """Of random pages, before the window's updates."""


@dataclass
class _Case:
    """One submission while it is being judged."""

    submission: Submission
    clip: float = 1.0
    overlap: float = 0.0
    trial: Trial | None = None
    averaged: bool = False
    refusal: str = ""


@dataclass
class Judge:
    """A validator's memory of miners by hotkey, and how it judges a window."""

    run: Run
    corpus: Corpus
    losses: Losses
    records: dict[str, Record] = field(default_factory=dict)
    pages_judged: int = PAGES_JUDGED
    _before: list[tuple[str, Update]] = field(default_factory=list)
    """The updates of the window before, which everybody has seen."""

    def judge(
        self,
        checkpoint: Checkpoint,
        submissions: Sequence[Submission],
        *,
        start_hash: bytes,
        reveal_hash: bytes,
    ) -> Judgement:
        """
        Judge a window; everybody in `records` who handed in nothing has missed it. Blocks.

        The hashes are those of the window's first block and of the one by which payloads were
        shown.
        """
        cases = [_Case(each, refusal=each.refusal) for each in submissions]
        present = [case for case in cases if case.submission.update is not None]
        self._find_copies(present)
        before = self._try_all(checkpoint, present, start_hash, reveal_hash)
        chosen = self._choose(present)
        self._rate(cases)
        for case in cases:
            self._remember(case)
        handed_in = {case.submission.hotkey for case in cases}
        for hotkey, record in self.records.items():
            if hotkey not in handed_in:
                record.missed += 1
        self._before = [(c.submission.hotkey, _update(c.submission)) for c in present]
        return Judgement(chosen, self._scores(cases), before)

    def shares(self) -> dict[str, float]:
        """What each hotkey should get, summing to 1, or all 0."""
        values = {hotkey: record.value**SHARE_POWER for hotkey, record in self.records.items()}
        total = sum(values.values())
        return {hotkey: value / total if total else 0.0 for hotkey, value in values.items()}

    def standing(self) -> dict[str, Score]:
        """Every hotkey's value against the best one's, and what it is made of."""
        best = max((record.value for record in self.records.values()), default=0.0)
        return {
            hotkey: Score(record.value / best if best else 0.0, _parts(record))
            for hotkey, record in self.records.items()
        }

    def forget(self, hotkeys: Sequence[str]) -> None:
        """Hotkeys that lost their uid."""
        for hotkey in hotkeys:
            self.records.pop(hotkey, None)

    def state(self) -> dict[str, Any]:
        """What `restore` takes, as JSON."""
        return {hotkey: asdict(record) for hotkey, record in self.records.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Remember what `state` says; raises `TypeError` for anything else."""
        self.records = {hotkey: Record(**record) for hotkey, record in state.items()}

    def _find_copies(self, cases: Sequence[_Case]) -> None:
        """Whose places are those of somebody who committed earlier."""
        earlier = list(self._before)
        order = sorted(cases, key=lambda c: (c.submission.committed_at, c.submission.uid))
        for case in order:
            hotkey, update = case.submission.hotkey, _update(case.submission)
            others = [theirs for who, theirs in earlier if who != hotkey]
            case.overlap = max((overlap(update, theirs) for theirs in others), default=0.0)
            if case.overlap >= OVERLAP_MAX:
                case.refusal = f"{case.overlap:.0%} of its places are those of an earlier update"
            earlier.append((hotkey, update))

    def _try_all(
        self,
        checkpoint: Checkpoint,
        cases: Sequence[_Case],
        start_hash: bytes,
        reveal_hash: bytes,
    ) -> float:
        """Fill in trials; the loss of random pages before."""
        count = min(self.pages_judged, self.corpus.pages)
        random = self.corpus.rows(evaluation_pages(reveal_hash, count, self.corpus.pages))
        random_before = self.losses(checkpoint.weights, random)
        scales = clips({case.submission.uid: _update(case.submission) for case in cases})
        for case in cases[:JUDGED_MAX]:
            uid = case.submission.uid
            case.clip = scales[uid]
            mine = assigned(start_hash, uid, self.run.pages_each, self.corpus.pages)
            own = self.corpus.rows(mine[-self.pages_judged :])
            scale = case.clip * self.run.pace
            after = applied(checkpoint.weights, _update(case.submission), scale)
            case.trial = Trial(
                random_before,
                self.losses(after, random),
                self.losses(checkpoint.weights, own),
                self.losses(after, own),
            )
        return random_before

    def _choose(self, cases: Sequence[_Case]) -> dict[int, Submission]:
        """Whose updates are averaged: the best of those that help."""
        lawful = [
            case
            for case in cases
            if case.trial is not None
            and case.trial.gain > 0
            and not case.refusal
            and case.submission.behind == 0
        ]
        lawful.sort(key=lambda case: -case.trial.gain if case.trial else 0.0)
        for case in lawful[: self.run.peers]:
            case.averaged = True
        return {
            case.submission.uid: case.submission
            for case in sorted(lawful, key=lambda case: case.submission.uid)
            if case.averaged
        }

    def _rate(self, cases: Sequence[_Case]) -> None:
        """One match between all whose gain is known, or known to be worth nothing."""
        gains = {
            case.submission.hotkey: LOST if case.refusal or not case.trial else case.trial.gain
            for case in cases
            if case.refusal or case.trial
        }
        if len(gains) < 2:
            return
        model = PlackettLuce(beta=RATING_BETA, tau=RATING_DRIFT)
        teams = [[_rating(model, self._record(hotkey))] for hotkey in gains]
        for hotkey, (rated,) in zip(
            gains, model.rate(teams, scores=list(gains.values())), strict=True
        ):
            record = self._record(hotkey)
            record.mu, record.sigma = rated.mu, rated.sigma

    def _remember(self, case: _Case) -> None:
        record = self._record(case.submission.hotkey)
        record.windows += 1
        record.missed = 0
        if case.refusal:
            worked = -1.0
        elif case.trial is None:
            return
        else:
            worked = 1.0 if case.trial.own_gain > case.trial.gain else -1.0
            record.sync = sync(case.submission.behind)
        record.diligence = record.diligence * MEMORY + worked
        record.weight = record.weight * MEMORY + 1.0

    def _record(self, hotkey: str) -> Record:
        return self.records.setdefault(hotkey, Record())

    def _scores(self, cases: Sequence[_Case]) -> dict[str, Score]:
        """Every hotkey's standing, with what this window says of it."""
        by_hotkey = {case.submission.hotkey: case for case in cases}
        scores = {}
        for hotkey, standing in self.standing().items():
            case = by_hotkey.get(hotkey)
            note = "handed in nothing" if case is None else case.refusal
            parts = {**standing.parts, **_case_parts(case)}
            scores[hotkey] = Score(standing.value, parts, note)
        return scores


def model_losses(run: Run) -> Losses:
    """Losses under the run's model, a few pages at a time."""

    def losses(weights: Mapping[str, Array], tokens: Tokens) -> float:
        placed = {name: jnp.asarray(array) for name, array in weights.items()}
        found = evaluated(placed, tokens, run.shape)
        return float(found)

    return losses


def sync(behind: int) -> float:
    """What an update from a checkpoint `behind` windows old is worth of a new one."""
    return float((1.0 - min(behind, BEHIND_MAX) / BEHIND_MAX) ** SYNC_POWER)


def overlap(one: Update, other: Update) -> float:
    """The share of places, from 0 to 1, that two updates of one shape have in common."""
    shared = total = 0
    for name, array in one.items():
        rows = np.arange(len(array.places))[:, None] * CHUNK
        mine, theirs = (
            (each.places.astype(np.int64) + rows).reshape(-1) for each in (array, other[name])
        )
        shared += np.intersect1d(mine, theirs, assume_unique=True).size
        total += mine.size
    return shared / total


def _update(submission: Submission) -> Update:
    assert submission.update is not None, "only what was taken is judged"
    return submission.update


def _rating(model: PlackettLuce, record: Record) -> PlackettLuceRating:
    return model.rating(mu=record.mu, sigma=record.sigma)


def _parts(record: Record) -> dict[str, float]:
    return {
        "rating": record.mu,
        "uncertainty": record.sigma,
        "ordinal": record.ordinal,
        "diligence": record.proven,
        "presence": record.presence,
        "sync": record.sync,
        "worth": record.value,
    }


def _case_parts(case: _Case | None) -> dict[str, float]:
    if case is None:
        return {"submitted": 0.0}
    parts = {
        "submitted": 1.0,
        "accepted": float(not case.refusal),
        "behind": float(case.submission.behind),
        "overlap": case.overlap,
        "averaged": float(case.averaged),
    }
    if case.trial is None:
        return parts
    return parts | {
        "clip": case.clip,
        "gain": case.trial.gain,
        "own_gain": case.trial.own_gain,
        "loss_before": case.trial.random_before,
        "loss_after": case.trial.random_after,
    }
