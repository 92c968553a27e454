"""A model small enough to be taught in seconds, and something that it can be taught."""

from functools import cache

import numpy as np

from taonet.subnets.fine_tuning.dataset import Example
from taonet.subnets.llama.shape import Array, Shape
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.training.vocabulary import Vocabulary

SHAPE = Shape(1024, 32, layers=2, heads=2, heads_kv=1, feed_forward=48, context=128)


@cache
def tokenizer() -> Tokenizer:
    """The tokens of the small model."""
    return Vocabulary.frozen("english-1024").tokenizer


def weights(seed: int = 1) -> dict[str, Array]:
    """A model that knows nothing, but not as evenly as a new one."""
    random = np.random.default_rng(seed)
    return {
        name: (array + 0.05 * random.standard_normal(array.shape)).astype(np.float32)
        for name, array in SHAPE.initial(seed).items()
    }


def examples(count: int = 60) -> tuple[Example, ...]:
    """Whatever is asked, the answer is no; preferences too, so that every metric has its form."""
    return tuple(
        Example((("user", f"Is {number} a number?"),), "no", "yes") for number in range(count)
    )
