"""A real corpus, fetched once; one thread for JAX, since threads that wait slow each other down."""

import os

import pytest

from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.recipes import prepared
from taonet.subnets.training.vocabulary import Vocabulary

LENGTH = 64

# Read when JAX first computes, not when it is imported.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")


@pytest.fixture(scope="session")
def bible() -> Corpus:
    """The King James Bible in pages of 64 tokens."""
    return Corpus.open(prepared("king-james", Vocabulary.frozen("english-1024")), LENGTH)
