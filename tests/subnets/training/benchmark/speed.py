"""What a window costs: tokens learnt in a second, and the rest beside the bare steps."""

import time
from dataclasses import dataclass

from taonet.subnets.llama.learning import Learner
from taonet.subnets.training.checkpoint import beginning
from taonet.subnets.training.compression import update_bytes
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.run import Run
from taonet.subnets.training.worker import Worker

WINDOWS = 3
LINK_BITS_S = 100e6


@dataclass(frozen=True)
class Speed:
    """
    Tokens a second of a miner in whole windows, against the same steps bare.

    `upload_s` is what a payload takes at 100 Mb/s, `window_s` the window that it belongs to.
    """

    window_tokens_s: float
    bare_tokens_s: float
    window_s: float
    upload_s: float
    payload_bytes: int

    @property
    def ratio(self) -> float:
        """Of bare speed."""
        return self.window_tokens_s / self.bare_tokens_s

    @property
    def communication(self) -> float:
        """The share of a window that a payload takes on the line."""
        return self.upload_s / (self.window_s + self.upload_s)


def measure_speed(run: Run, corpus: Corpus) -> Speed:
    """Alternating, so that a busy machine slows both."""
    worker, learner = Worker(run, corpus), Learner(run.shape)
    start = beginning(run)
    pages = worker.pages(bytes(32), 0)
    worker.work(start, pages)
    learner.restart(start.weights)
    whole = bare = 0.0
    for _ in range(WINDOWS):
        began = time.perf_counter()
        worker.work(start, pages)
        between = time.perf_counter()
        for at in range(0, len(pages), run.rows):
            learner.learn(corpus.rows(pages[at : at + run.rows]), run.rate)
        whole, bare = whole + between - began, bare + time.perf_counter() - between
    tokens = WINDOWS * run.pages_each * run.length
    size = update_bytes(run.shape)
    return Speed(tokens / whole, tokens / bare, whole / WINDOWS, size * 8 / LINK_BITS_S, size)
