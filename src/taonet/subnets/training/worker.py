"""What a miner does in a window: take the checkpoint, learn from the pages it was assigned."""

import hashlib

from taonet.subnets.llama.learning import Learner
from taonet.subnets.training.assignment import assigned
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.compression import ErrorFeedback, Update
from taonet.subnets.training.corpus import Corpus, CorpusInvalid
from taonet.subnets.training.payload import Header, Signer, encoded, encoded_body, pages_hash
from taonet.subnets.training.run import Run


class Worker:
    """
    A miner's model, optimiser and error feedback.

    The latter two outlive windows; who loses them goes on without, a little worse for a while.
    """

    def __init__(self, run: Run, corpus: Corpus) -> None:
        require(run, corpus)
        self.run = run
        self.corpus = corpus
        self._learner = Learner(run.shape)
        self._feedback = ErrorFeedback(run.shape, run.retained)
        self.losses: list[float] = []
        """Of each step of the newest window."""

    def work(self, checkpoint: Checkpoint, pages: list[int]) -> Update:
        """The update of a window on `pages`, as many for each step as the run says. Blocks."""
        rows, rate = self.run.rows, self.run.rate_in(checkpoint.window)
        self._learner.restart(checkpoint.weights)
        self.losses = [
            self._learner.learn(self.corpus.rows(pages[start : start + rows]), rate)
            for start in range(0, len(pages), rows)
        ]
        return self._feedback.compress(checkpoint.weights, self._learner.weights())

    def pages(self, start_hash: bytes, uid: int) -> list[int]:
        """Those that `uid` has to learn from."""
        return assigned(start_hash, uid, self.run.pages_each, self.corpus.pages)


def sealed(
    run: Run,
    checkpoint: Checkpoint,
    update: Update,
    *,
    uid: int,
    pages: list[int],
    signer: Signer,
    window: int | None = None,
) -> bytes:
    """The payload of an update from `checkpoint`, for its window unless said otherwise."""
    header = Header(
        run=run.hash,
        window=checkpoint.window if window is None else window,
        base=checkpoint.record.weights,
        uid=uid,
        pages=pages_hash(pages),
        sha256=hashlib.sha256(encoded_body(update)).hexdigest(),
    )
    return encoded(update, header, signer)


def require(run: Run, corpus: Corpus) -> None:
    """Raise `CorpusInvalid` unless `corpus` is the run's, and large enough."""
    manifest = corpus.manifest
    if (manifest.hash, manifest.vocabulary) != (run.corpus, run.vocabulary):
        raise CorpusInvalid(
            f"the run {run.name} is over the corpus {run.corpus}, not {manifest.hash}"
        )
    if corpus.pages < run.pages_each:
        raise CorpusInvalid(f"{corpus.pages} pages are fewer than a window's {run.pages_each}")
