"""
Whole windows in one process: what miners and validators do, without chain, store or clock.

Payloads are encoded, signed, opened and judged as on a network; only the blocks' hashes are made
up, from the seed. The same seed gives the same figures on the same machine.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bittensor.sp_core import Keypair

from taonet.neuron.score import Score
from taonet.subnets.training.assignment import assigned
from taonet.subnets.training.attackers import Participant, Scene
from taonet.subnets.training.blob_store import digest_of
from taonet.subnets.training.checkpoint import Checkpoint, advanced, beginning
from taonet.subnets.training.compression import Update
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.judgement import BEHIND_MAX, Judge, Losses, Submission, model_losses
from taonet.subnets.training.payload import Header, PayloadInvalid, opened, pages_hash
from taonet.subnets.training.run import Run
from taonet.subnets.training.worker import sealed

PAGES_PUBLISHED = 64
"""Held-out pages whose loss a window reports."""


@dataclass(frozen=True)
class Window:
    """One window: the held-out loss after it, who was averaged, what each was worth and why."""

    number: int
    loss: float
    averaged: tuple[str, ...]
    scores: Mapping[str, Score]
    shares: Mapping[str, float]
    bytes_up: Mapping[str, int]
    weights: str


@dataclass
class Simulation:
    """
    A run with `cast`, participants by name, who keep their uids.

    Without `defended`, whatever can be decoded is averaged, unclipped: what the defence is for.
    """

    run: Run
    corpus: Corpus
    cast: dict[str, Participant]
    seed: int = 0
    defended: bool = True
    windows: list[Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._losses: Losses = model_losses(self.run)
        self._judge = Judge(self.run, self.corpus, self._losses)
        self._history: list[Checkpoint] = [beginning(self.run)]
        self._held_out = self.corpus.held_out(PAGES_PUBLISHED)

    @property
    def checkpoint(self) -> Checkpoint:
        """The newest."""
        return self._history[0]

    def advance(self) -> Window:
        """One window."""
        number = self.checkpoint.window
        start, reveal = (self._block_hash(f"{phase} {number}") for phase in ("start", "reveal"))
        payloads = self._payloads(start)
        submissions = [
            self._opened(uid, name, payloads[name], start)
            for uid, name in enumerate(self.cast)
            if name in payloads
        ]
        judgement = self._judge.judge(
            self.checkpoint, submissions, start_hash=start, reveal_hash=reveal
        )
        chosen = judgement.chosen if self.defended else _all(submissions)
        updates = {
            uid: (each.payload, each.update)
            for uid, each in chosen.items()
            if each.update is not None
        }
        after = advanced(self.run, self.checkpoint, updates, clipped=self.defended)
        self._history = [after, *self._history[:BEHIND_MAX]]
        names = list(self.cast)
        window = Window(
            number=number,
            loss=self._losses(after.weights, self._held_out),
            averaged=tuple(names[uid] for uid in updates),
            scores=judgement.scores,
            shares=self._judge.shares(),
            bytes_up={name: len(raw) for name, raw in payloads.items()},
            weights=after.record.weights,
        )
        self.windows.append(window)
        return window

    def _payloads(self, start: bytes) -> dict[str, bytes]:
        handed: list[Update] = []
        payloads = {}
        for uid, (name, participant) in enumerate(self.cast.items()):
            scene = Scene(tuple(self._history), uid, start, tuple(handed))
            given = participant.take_part(scene)
            if given is None:
                continue
            handed.append(given.update)
            payloads[name] = sealed(
                self.run,
                given.base,
                given.update,
                uid=uid,
                pages=self._pages(start, uid),
                signer=_keypair(name),
                window=self.checkpoint.window,
            )
        return payloads

    def _opened(self, uid: int, name: str, raw: bytes, start: bytes) -> Submission:
        # Who comes later in the cast commits later.
        blank = Submission(uid, name, digest_of(raw), committed_at=uid)
        pages = pages_hash(self._pages(start, uid))
        window, base = self.checkpoint.window, self.checkpoint.record.weights
        expected = Header(self.run.hash, window, base, uid, pages, "")
        bases = [each.record.weights for each in self._history]
        try:
            update, behind = opened(raw, self.run.shape, _keypair(name), expected, bases)
        except PayloadInvalid as error:
            refusal = f"{type(error).__name__}: {error}"
            return Submission(uid, name, blank.payload, uid, refusal=refusal)
        return Submission(uid, name, blank.payload, uid, update, behind)

    def _pages(self, start: bytes, uid: int) -> list[int]:
        return assigned(start, uid, self.run.pages_each, self.corpus.pages)

    def _block_hash(self, name: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {name}".encode()).digest()


def _all(submissions: Sequence[Submission]) -> dict[int, Submission]:
    return {each.uid: each for each in submissions if each.update is not None}


def _keypair(name: str) -> Keypair:
    return Keypair.create_from_uri(f"//{name}")
