"""A real corpus, fetched once."""

import pytest

from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.recipes import prepared
from taonet.subnets.training.vocabulary import Vocabulary

LENGTH = 64


@pytest.fixture(scope="session")
def bible() -> Corpus:
    """The King James Bible in pages of 64 tokens."""
    return Corpus.open(prepared("king-james", Vocabulary.frozen("english-1024")), LENGTH)
