"""How a run begins: from a preset, a corpus and a pace to the numbers that everybody shares."""

from dataclasses import dataclass, replace
from pathlib import Path

from taonet.subnets.llama.shape import preset
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.phases import Phases
from taonet.subnets.training.recipes import RECIPES, prepared
from taonet.subnets.training.run import Run
from taonet.subnets.training.vocabulary import Vocabulary
from taonet.subnets.training.worker import require

TRAIN, COMMIT, REVEAL = 0.55, 0.7, 0.8
"""The shares of a window after which its phases end."""
FIRST_VOCABULARIES = {"nano": "english-1024"}
DEFAULT_VOCABULARY = "english-4096"


@dataclass(frozen=True)
class Plan:
    """
    What a person says of a run.

    `corpus` is a recipe's name or a folder, `vocabulary` a name of those that come along, empty for
    the preset's usual one. The model gets as many tokens as the vocabulary has.
    """

    name: str
    preset: str = "micro"
    corpus: str = "king-james"
    vocabulary: str = ""
    first: int = 0
    window_blocks: int = 60
    steps: int = 30
    rows: int = 8
    length: int = 128
    seed: int = 1


def founded(plan: Plan) -> Run:
    """The run; raises `ValueError`s by name, and what `prepared` raises."""
    shape = preset(plan.preset)
    usual = FIRST_VOCABULARIES.get(plan.preset, DEFAULT_VOCABULARY)
    vocabulary = Vocabulary.frozen(plan.vocabulary or usual)
    folder = Path(plan.corpus).expanduser()
    if plan.corpus in RECIPES:
        folder = prepared(plan.corpus, vocabulary)
    corpus = Corpus.open(folder, plan.length)
    run = Run(
        name=plan.name,
        shape=replace(shape, vocabulary=len(vocabulary.tokens)),
        vocabulary=corpus.manifest.vocabulary,
        corpus=corpus.manifest.hash,
        seed=plan.seed,
        phases=phased(plan.first, plan.window_blocks),
        steps=plan.steps,
        rows=plan.rows,
        length=plan.length,
    )
    require(run, corpus)
    return run


def phased(first: int, blocks: int) -> Phases:
    """A window of `blocks` blocks, most of it for learning; raises `PhasesInvalid`."""
    train, commit, reveal = (round(blocks * share) for share in (TRAIN, COMMIT, REVEAL))
    return Phases(first, blocks, train, commit, reveal)
