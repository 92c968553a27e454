"""
An update on the wire: a signed header, then each array's places, levels and code book.

    magic, 8 bytes | length of header, 4 | header, JSON | signature, 64 | body

The body's length follows from the model's shape alone, so a payload of another length is refused
before anything is made of it. There is one encoding of an update: places ascend.

    PayloadInvalid
    ├── PayloadOversized      longer than this model's updates are
    ├── PayloadMalformed      cut off, no header, places out of order or outside of the array
    ├── PayloadForged         the signature or the body's hash is not the header's
    ├── PayloadForeign        of another run, window, checkpoint, miner or other pages
    ├── PayloadNotFinite      a code book holds NaN or infinity
    ├── PayloadTooLarge       a code book holds numbers that no training makes
    └── PayloadZero           an update that changes nothing
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from taonet.subnets.llama.shape import Shape
from taonet.subnets.training.compression import (
    CHUNK,
    LEVELS,
    SparseArray,
    Update,
    array_bytes,
    chunks,
    kept,
    update_bytes,
)

MAGIC = b"taoSLC01"
SIGNATURE_BYTES = 64
HEADER_BYTES_MAX = 1024
VALUE_MAX = 1e3
"""Of a code book: weights are below ten, and their changes far below."""
_LENGTH_BYTES = 4
_HEXADECIMAL = frozenset("0123456789abcdef")
_HASH_DIGITS = 64


class PayloadInvalid(ValueError):
    """A payload that is not taken; the class says why, the text says where."""


class PayloadOversized(PayloadInvalid):
    """Longer than this model's updates are."""


class PayloadMalformed(PayloadInvalid):
    """Not laid out as a payload is."""


class PayloadForged(PayloadInvalid):
    """The signature or the body's hash is not the header's."""


class PayloadForeign(PayloadInvalid):
    """Of another run, window, checkpoint, miner or other pages."""


class PayloadNotFinite(PayloadInvalid):
    """A code book holds NaN or infinity."""


class PayloadTooLarge(PayloadInvalid):
    """A code book holds numbers that no training makes."""


class PayloadZero(PayloadInvalid):
    """An update that changes nothing."""


class Signer(Protocol):
    """A hotkey that signs."""

    def sign(self, data: bytes, /) -> bytes:
        """64 bytes."""
        ...


class Verifier(Protocol):
    """A hotkey whose signatures can be checked."""

    def verify(self, data: bytes, signature: bytes, /) -> bool:
        """Whether it signed `data`."""
        ...


@dataclass(frozen=True)
class Header:
    """
    What an update is for.

    `run`, `base` (the checkpoint that it starts from) and `pages` (those it was trained on, by
    `pages_hash`) are hashes in hexadecimal digits, `sha256` is the body's.
    """

    run: str
    window: int
    base: str
    uid: int
    pages: str
    sha256: str

    def encoded(self) -> bytes:
        """The JSON that is signed."""
        return orjson.dumps(self)

    @classmethod
    def decoded(cls, raw: bytes) -> "Header":
        """The header in those bytes; raises `PayloadMalformed`."""
        try:
            value: Any = orjson.loads(raw)
            header = cls(**value)
        except (orjson.JSONDecodeError, TypeError) as error:
            raise PayloadMalformed(f"the header cannot be read: {error}") from error
        for name in ("window", "uid"):
            number = getattr(header, name)
            if type(number) is not int or not 0 <= number < 1 << 63:
                raise PayloadMalformed(f"{name} of the header is {number!r}")
        for name in ("run", "base", "pages", "sha256"):
            digits = getattr(header, name)
            if not isinstance(digits, str) or len(digits) != _HASH_DIGITS:
                raise PayloadMalformed(f"{name} of the header is no hash")
            if not set(digits) <= _HEXADECIMAL:
                raise PayloadMalformed(f"{name} of the header is no hash")
        return header


def opened(
    raw: bytes, shape: Shape, verifier: Verifier, expected: Header, bases: Sequence[str]
) -> tuple[dict[str, SparseArray], int]:
    """
    As `decoded`, but from any of the checkpoints `bases`, the newest first.

    The second value is how many windows the checkpoint was behind. Raises `PayloadInvalid`.
    """
    if len(raw) > bytes_max(shape):
        raise PayloadOversized(f"{len(raw)} bytes are more than {bytes_max(shape)}")
    base = header_of(raw).base
    behind = bases.index(base) if base in bases else 0
    update = decoded(raw, shape, verifier, replace(expected, base=bases[behind]))
    return update, behind


def pages_hash(pages: list[int]) -> str:
    """The sha256 of a list of pages, in order."""
    return hashlib.sha256(np.array(pages, "<u8").tobytes()).hexdigest()


def bytes_max(shape: Shape) -> int:
    """The longest payload of a model of `shape`."""
    frame = len(MAGIC) + _LENGTH_BYTES + HEADER_BYTES_MAX + SIGNATURE_BYTES
    return frame + update_bytes(shape)


def encoded_body(update: Update) -> bytes:
    """The arrays of an update, one after the other."""
    return b"".join(_encoded(array) for array in update.values())


def encoded(update: Update, header: Header, signer: Signer) -> bytes:
    """The payload; `header.sha256` has to be that of `encoded_body`."""
    body, text = encoded_body(update), header.encoded()
    assert header.sha256 == hashlib.sha256(body).hexdigest(), "the header is of another body"
    length = len(text).to_bytes(_LENGTH_BYTES, "little")
    return b"".join([MAGIC, length, text, signer.sign(text), body])


def decoded(
    raw: bytes, shape: Shape, verifier: Verifier, expected: Header
) -> dict[str, SparseArray]:
    """
    The update in a payload that is as `expected`, but for `sha256`; raises `PayloadInvalid`.
    """
    if len(raw) > bytes_max(shape):
        raise PayloadOversized(f"{len(raw)} bytes are more than {bytes_max(shape)}")
    text, signature, body = _parts(raw)
    header = Header.decoded(text)
    for name in ("run", "window", "base", "uid", "pages"):
        if getattr(header, name) != getattr(expected, name):
            raise PayloadForeign(
                f"{name} is {getattr(header, name)}, not {getattr(expected, name)}"
            )
    if not verifier.verify(text, signature):
        raise PayloadForged("the signature is not the miner's")
    if hashlib.sha256(body).hexdigest() != header.sha256:
        raise PayloadForged("the body is not what was signed")
    return decoded_body(body, shape)


def header_of(raw: bytes) -> Header:
    """What a payload says that it is for, unchecked; raises `PayloadMalformed`."""
    return Header.decoded(_parts(raw)[0])


def update_in(raw: bytes, shape: Shape) -> dict[str, SparseArray]:
    """
    The update in a payload that others have judged already, whoever sent it.

    Its hash is in a record; that it was signed is not checked again. Raises `PayloadInvalid`.
    """
    if len(raw) > bytes_max(shape):
        raise PayloadOversized(f"{len(raw)} bytes are more than {bytes_max(shape)}")
    _, _, body = _parts(raw)
    return decoded_body(body, shape)


def decoded_body(body: bytes, shape: Shape) -> dict[str, SparseArray]:
    """The update that `encoded_body` made; raises `PayloadInvalid`."""
    if len(body) != update_bytes(shape):
        raise PayloadMalformed(f"the body has {len(body)} bytes, not {update_bytes(shape)}")
    update = {name: _decoded(name, size, part) for name, size, part in _cut(body, shape)}
    if not any(_changes(array) for array in update.values()):
        raise PayloadZero("the update changes nothing")
    return update


def _parts(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, signature and body."""
    start = len(MAGIC) + _LENGTH_BYTES
    if raw[: len(MAGIC)] != MAGIC or len(raw) < start:
        raise PayloadMalformed("this is no payload")
    length = int.from_bytes(raw[len(MAGIC) : start], "little")
    if length > HEADER_BYTES_MAX or len(raw) < start + length + SIGNATURE_BYTES:
        raise PayloadMalformed(f"a header of {length} bytes is too long, or cut off")
    middle, end = start + length, start + length + SIGNATURE_BYTES
    return raw[start:middle], raw[middle:end], raw[end:]


def _cut(body: bytes, shape: Shape) -> Iterator[tuple[str, int, bytes]]:
    position = 0
    for name, form in shape.arrays().items():
        size = int(np.prod(form))
        end = position + array_bytes(size)
        yield name, size, body[position:end]
        position = end


def _changes(array: SparseArray) -> bool:
    return bool(array.codebook[array.levels].any())


def _encoded(array: SparseArray) -> bytes:
    places = array.places.reshape(-1).astype(np.uint16)
    levels = array.levels.reshape(-1)
    return b"".join(
        [_packed_places(places), _packed_levels(levels), array.codebook.astype("<f4").tobytes()]
    )


def _decoded(name: str, size: int, raw: bytes) -> SparseArray:
    rows, columns = chunks(size), kept(size)
    count = rows * columns
    codebook = np.frombuffer(raw[-4 * LEVELS :], "<f4").astype(np.float32)
    if not np.isfinite(codebook).all():
        raise PayloadNotFinite(f"the code book of {name} is {codebook.tolist()}")
    if np.abs(codebook).max() > VALUE_MAX:
        raise PayloadTooLarge(f"the code book of {name} is {codebook.tolist()}")
    middle = -(-count * 12 // 8)
    places = _unpacked_places(raw[:middle], count).reshape(rows, columns)
    levels = _unpacked_levels(raw[middle : -4 * LEVELS], count).reshape(rows, columns)
    if (places[:, 1:] <= places[:, :-1]).any():
        raise PayloadMalformed(f"places of {name} do not ascend")
    if int(places[-1, -1]) >= size - (rows - 1) * CHUNK:
        raise PayloadMalformed(f"a place of {name} lies outside of it")
    sparse = SparseArray(places, levels, codebook)
    if raw != _encoded(sparse):
        raise PayloadMalformed(f"{name} is padded with something")
    return sparse


def _packed_places(places: NDArray[np.uint16]) -> bytes:
    """Twelve bits each: two in three bytes, lower bits first."""
    pairs = np.zeros((len(places) + 1) // 2 * 2, np.uint16)
    pairs[: len(places)] = places
    low, high = pairs[0::2], pairs[1::2]
    packed = np.stack([low & 0xFF, (low >> 8) | ((high & 0xF) << 4), high >> 4], axis=1)
    return packed.astype(np.uint8).tobytes()[: -(-len(places) * 12 // 8)]


def _unpacked_places(raw: bytes, count: int) -> NDArray[np.uint16]:
    padded = np.frombuffer(raw + b"\0" * (-len(raw) % 3), np.uint8).astype(np.uint16)
    first, second, third = padded.reshape(-1, 3).T
    pairs = np.stack([first | ((second & 0xF) << 8), (second >> 4) | (third << 4)], axis=1)
    return pairs.reshape(-1)[:count]


def _packed_levels(levels: NDArray[np.uint8]) -> bytes:
    """Two bits each, lower bits first."""
    four = np.zeros(-(-len(levels) // 4) * 4, np.uint8)
    four[: len(levels)] = levels
    first, second, third, fourth = four.reshape(-1, 4).T
    packed = first | (second << 2) | (third << 4) | (fourth << 6)
    return packed.astype(np.uint8).tobytes()


def _unpacked_levels(raw: bytes, count: int) -> NDArray[np.uint8]:
    packed = np.frombuffer(raw, np.uint8)
    four = np.stack([(packed >> shift) & 3 for shift in (0, 2, 4, 6)], axis=1)
    return four.reshape(-1)[:count].astype(np.uint8)
