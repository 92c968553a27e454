"""
The safetensors format: named arrays in one file, read without running anything.

Eight bytes of length, a JSON header of types, shapes and offsets, the numbers. Written here the
same arrays always give the same bytes, so that a hash of the file is a hash of the weights.
Reading believes nothing: lengths are checked against the bytes that are there before anything is
made.

Source: the safetensors format, https://github.com/huggingface/safetensors, README "Format".
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from taonet.subnets.llama.shape import Array

HEADER_BYTES_MAX = 1 << 20
"""A header describes a few hundred arrays."""
TENSORS_MAX = 10_000
DIMENSIONS_MAX = 8
_LENGTH_BYTES = 8
_ALIGNMENT = 8
_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "F64": np.dtype("<f8"),
}


class SafetensorsInvalid(ValueError):
    """Bytes that are not a safetensors file as it should be; the text says where."""


def encoded(
    arrays: Mapping[str, NDArray[np.float32]], facts: Mapping[str, str] | None = None
) -> bytes:
    """A file of `arrays` in their order, as float32, with `facts` as its metadata."""
    header: dict[str, Any] = {"__metadata__": dict(facts)} if facts else {}
    position = 0
    for name, array in arrays.items():
        end = position + 4 * array.size
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [position, end],
        }
        position = end
    text = orjson.dumps(header)
    text += b" " * (-len(text) % _ALIGNMENT)
    parts = [len(text).to_bytes(_LENGTH_BYTES, "little"), text]
    parts += [np.ascontiguousarray(array, "<f4").tobytes() for array in arrays.values()]
    return b"".join(parts)


def decoded(raw: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file, as float32, and its metadata; raises `SafetensorsInvalid`."""
    header, body = _header(raw)
    facts = header.pop("__metadata__", {})
    if not _are_texts(facts):
        raise SafetensorsInvalid("the metadata are not texts by name")
    if len(header) > TENSORS_MAX:
        raise SafetensorsInvalid(f"{len(header)} arrays are more than {TENSORS_MAX}")
    entries = {name: _entry(name, entry) for name, entry in header.items()}
    arrays: dict[str, Array] = {}
    position = 0
    for name in sorted(entries, key=lambda name: entries[name][2:]):
        kind, shape, start, end = entries[name]
        if start != position or end > len(body):
            raise SafetensorsInvalid(f"{name} does not lie where the one before it ends")
        numbers = np.frombuffer(body[start:end], kind).reshape(shape)
        arrays[name] = numbers.astype(np.float32)
        position = end
    if position != len(body):
        raise SafetensorsInvalid(f"{len(body) - position} bytes belong to no array")
    return arrays, facts


def _header(raw: bytes) -> tuple[dict[str, Any], memoryview]:
    length = int.from_bytes(raw[:_LENGTH_BYTES], "little")
    if length > HEADER_BYTES_MAX:
        raise SafetensorsInvalid(f"a header of {length} bytes is over {HEADER_BYTES_MAX}")
    if len(raw) < _LENGTH_BYTES + length:
        raise SafetensorsInvalid("the file ends within its header")
    try:
        header = orjson.loads(raw[_LENGTH_BYTES : _LENGTH_BYTES + length])
    except orjson.JSONDecodeError as error:
        raise SafetensorsInvalid(f"the header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise SafetensorsInvalid("the header is not an object")
    return header, memoryview(raw)[_LENGTH_BYTES + length :]


def _entry(name: str, entry: Any) -> tuple[np.dtype[Any], tuple[int, ...], int, int]:
    """Type, shape, begin and end of an array, of which the latter fit the former."""
    if not isinstance(entry, dict) or entry.get("dtype") not in _TYPES:
        raise SafetensorsInvalid(f"{name} is not of {', '.join(_TYPES)}")
    kind = _TYPES[entry["dtype"]]
    shape = _counts(name, entry.get("shape"))
    offsets = _counts(name, entry.get("data_offsets"))
    if len(offsets) != 2:
        raise SafetensorsInvalid(f"{name} lies between {len(offsets)} places")
    if len(shape) > DIMENSIONS_MAX:
        raise SafetensorsInvalid(f"{name} has over {DIMENSIONS_MAX} dimensions")
    size = kind.itemsize
    for length in shape:
        size *= length
    start, end = offsets
    if end - start != size:
        raise SafetensorsInvalid(f"{name} takes {size} bytes, and has {end - start}")
    return kind, tuple(shape), start, end


def _counts(name: str, numbers: Any) -> list[int]:
    if not isinstance(numbers, list) or not all(type(n) is int and n >= 0 for n in numbers):
        raise SafetensorsInvalid(f"{name} has no shape or no place")
    return numbers


def _are_texts(facts: Any) -> bool:
    return isinstance(facts, dict) and all(isinstance(value, str) for value in facts.values())
