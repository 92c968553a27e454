"""
Miners who would rather be paid than work. They exist so that anybody can see what they earn.

Each is a `Participant` of the simulation, as the honest miner is.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from taonet.subnets.llama.shape import Array
from taonet.subnets.training.assignment import assigned
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.compression import SparseArray, Update, sparse
from taonet.subnets.training.worker import Worker

STALE_WINDOWS = 3
STEP_SIZE = 0.01
"""Of an invented update's numbers."""
POISON = -10.0


@dataclass(frozen=True)
class Scene:
    """
    What a participant sees of a window: checkpoints from the newest back, its uid, the hash that
    assigns pages, and, as no honest miner can, what others will hand in.
    """

    checkpoints: tuple[Checkpoint, ...]
    uid: int
    start_hash: bytes
    others: tuple[Update, ...]


@dataclass(frozen=True)
class Handed:
    """An update, and the checkpoint that it says it starts from."""

    update: Update
    base: Checkpoint


class Participant(Protocol):
    """A miner of the simulation. `steps` is how many it took, over all windows."""

    steps: int

    def take_part(self, scene: Scene) -> Handed | None:
        """What it hands in for a window."""
        ...


@dataclass
class Honest:
    """Does what is asked, or only the `share` of it."""

    worker: Worker
    share: float = 1.0
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """Learn from the assigned pages."""
        pages = self.worker.pages(scene.start_hash, scene.uid)
        pages = pages[: int(len(pages) * self.share)]
        self.steps += len(pages) // self.worker.run.rows
        newest = scene.checkpoints[0]
        return Handed(self.worker.work(newest, pages), newest)


@dataclass
class WrongPages:
    """Learns from pages of its own choice, the same ones in each window."""

    worker: Worker
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """As honest, but for the pages."""
        own = assigned(b"mine", scene.uid, self.worker.run.pages_each, self.worker.corpus.pages)
        self.steps += self.worker.run.steps
        newest = scene.checkpoints[0]
        return Handed(self.worker.work(newest, own), newest)


@dataclass
class Stale:
    """Works well, but never has the newest checkpoint."""

    worker: Worker
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """As honest, from an old checkpoint."""
        old = scene.checkpoints[min(STALE_WINDOWS, len(scene.checkpoints) - 1)]
        if old is scene.checkpoints[0]:
            return None
        self.steps += self.worker.run.steps
        return Handed(self.worker.work(old, self.worker.pages(scene.start_hash, scene.uid)), old)


@dataclass
class Noise:
    """Invents numbers of the right size."""

    random: np.random.Generator
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """Random numbers."""
        newest = scene.checkpoints[0]
        update = {
            name: sparse((self.random.normal(size=array.shape) * STEP_SIZE).astype(np.float32))
            for name, array in newest.weights.items()
        }
        return Handed(update, newest)


@dataclass
class Copier:
    """Hands in somebody else's update, a little changed."""

    random: np.random.Generator
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """The first other update, its values shaken."""
        if not scene.others:
            return None
        stolen = scene.others[0]
        shaken = {
            name: replace(array, codebook=self._shaken(array)) for name, array in stolen.items()
        }
        return Handed(shaken, scene.checkpoints[0])

    def _shaken(self, array: SparseArray) -> Array:
        factors = self.random.uniform(0.9, 1.1, array.codebook.shape)
        return (array.codebook * factors).astype(np.float32)


@dataclass
class Poison:
    """Learns, and hands in the opposite, ten times over: to spoil the model, not to be paid."""

    worker: Worker
    steps: int = 0

    def take_part(self, scene: Scene) -> Handed | None:
        """The way back."""
        newest = scene.checkpoints[0]
        pages = self.worker.pages(scene.start_hash, scene.uid)
        update = self.worker.work(newest, pages)
        factor = np.float32(POISON)
        turned = {
            name: replace(array, codebook=array.codebook * factor) for name, array in update.items()
        }
        return Handed(turned, newest)
