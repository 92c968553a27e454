"""The default model, fetched once, and what is made from it."""

from pathlib import Path

import pytest

from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.text_generation.catalogue import DEFAULT_MODEL, model_path
from taonet.subnets.text_generation.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def model_file() -> GgufFile:
    """The default model's file."""
    return GgufFile.open(model_path(DEFAULT_MODEL))


@pytest.fixture(scope="session")
def model(model_file: GgufFile) -> Path:
    """Where it lies."""
    return model_file.path


@pytest.fixture(scope="session")
def tokenizer(model_file: GgufFile) -> Tokenizer:
    """Its tokens."""
    return Tokenizer.from_gguf(model_file)
