"""
How a dataset is divided, and how its test stays hidden until nobody can learn from it any more.

Which part an example falls into is a keyed hash of the example itself, so that whoever knows the
key can check the division, nobody else can foresee it, and the same example twice never falls into
both a part that is learnt and the test.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from taonet.subnets.fine_tuning.dataset import DatasetInvalid, Example, decoded, encoded

KEY_BYTES: Final = 32
TEST_SHARE: Final = 0.15
VALIDATION_SHARE: Final = 0.1
_SPACE: Final = 1 << 64
_SEAL_NONCE: Final = bytes(12)
"""A key seals one test and nothing else, so that its nonce need not differ."""


class TestUnreadable(ValueError):
    """A sealed test that its key does not open, or that holds something else."""

    __test__ = False


@dataclass(frozen=True)
class Parts:
    """A divided dataset. Miners are shown all but the test."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]


def divided(examples: Sequence[Example], key: bytes) -> Parts:
    """
    About 75, 10 and 15 percent of the examples; raises `DatasetInvalid` where a part stays empty.
    """
    parts: tuple[list[Example], list[Example], list[Example]] = ([], [], [])
    for example in examples:
        parts[_part(example, key)].append(example)
    train, validation, test = parts
    if not train or not validation or not test:
        raise DatasetInvalid(
            f"{len(examples)} examples, of which some may be the same, are too few to be divided "
            "into what is learnt and two tests"
        )
    return Parts(tuple(train), tuple(validation), tuple(test))


def is_test(example: Example, key: bytes) -> bool:
    """Whether the key chooses the example for the test."""
    return _part(example, key) == 2


def sealed(test: Sequence[Example], key: bytes) -> bytes:
    """The test, for those who don't know the key."""
    return ChaCha20Poly1305(key).encrypt(_SEAL_NONCE, encoded(test), None)


def opened(raw: bytes, key: bytes) -> tuple[Example, ...]:
    """The test again; raises `TestUnreadable`."""
    try:
        return decoded(ChaCha20Poly1305(key).decrypt(_SEAL_NONCE, raw, None))
    except InvalidTag as error:
        raise TestUnreadable("the key does not open the test") from error
    except DatasetInvalid as error:
        raise TestUnreadable(f"the test is no dataset: {error}") from error


def _part(example: Example, key: bytes) -> int:
    """0 for what is learnt, 1 for validation, 2 for the test."""
    digest = hashlib.blake2b(example.encoded(), digest_size=8, key=key, person=b"division")
    place = int.from_bytes(digest.digest(), "little") / _SPACE
    if place < TEST_SHARE:
        return 2
    return 1 if place < TEST_SHARE + VALIDATION_SHARE else 0
