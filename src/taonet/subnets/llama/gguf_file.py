"""
Reading a GGUF model file: its facts at once, its tensors when asked.

The `gguf` package reads every string of the vocabulary as an array of its own, which takes
seconds; this reads the header in one pass. It supplies what turns blocks into numbers.

Source: the GGUF specification, version 3, in ggml's docs/gguf.md.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32
ENTRIES_MAX = 1_000_000
"""Facts, tensors or items of one list: a damaged file must not fill the memory."""


class ModelUnreadable(ValueError):
    """A file that is not a GGUF model, or one of a kind that is not understood."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor's blocks lie. `shape` is in NumPy's order, the last axis contiguous."""

    name: str
    shape: tuple[int, ...]
    kind: gguf.GGMLQuantizationType
    offset: int


class _Header:
    """A cursor over the file's beginning."""

    def __init__(self, data: mmap) -> None:
        self._data = data
        self.position = 0

    def scalar(self, layout: str) -> Any:
        (value,) = struct.unpack_from(layout, self._data, self.position)
        self.position += struct.calcsize(layout)
        return value

    def count(self) -> int:
        count = int(self.scalar("<Q"))
        if count > ENTRIES_MAX:
            raise ModelUnreadable(f"{count} entries are more than {ENTRIES_MAX}")
        return count

    def text(self) -> str:
        length = self.count()
        start = self.position
        self.position += length
        return self._data[start : self.position].decode()

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            item = self.scalar("<I")
            return [self.value(item) for _ in range(self.count())]
        if kind not in _SCALARS:
            raise ModelUnreadable(f"a fact has the unknown type {kind}")
        return self.scalar(_SCALARS[kind])


@dataclass(frozen=True)
class GgufFile:
    """An open model file: `facts` by key, `tensors` by name."""

    path: Path
    facts: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    @classmethod
    def open(cls, path: Path) -> "GgufFile":
        """Read the header; raises `ModelUnreadable` or `OSError`."""
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            header = _Header(data)
            try:
                if header.scalar("<4s") != b"GGUF" or header.scalar("<I") not in (2, 3):
                    raise ModelUnreadable(f"{path} is not a GGUF file of version 2 or 3")
                tensors, facts = header.count(), header.count()
                known = {header.text(): header.value(header.scalar("<I")) for _ in range(facts)}
                raw = [_tensor(header) for _ in range(tensors)]
            except (struct.error, ValueError) as error:
                raise ModelUnreadable(f"{path}: damaged header: {error}") from error
            alignment = int(known.get("general.alignment", _ALIGNMENT))
            start = -(-header.position // alignment) * alignment
        return cls(
            path,
            known,
            {name: Tensor(name, shape, kind, start + offset) for name, shape, kind, offset in raw},
        )

    def blocks(self, tensor: Tensor) -> NDArray[np.uint8]:
        """The tensor as it lies in the file, one row of bytes a row of numbers."""
        block, size = gguf.GGML_QUANT_SIZES[tensor.kind]
        *rows, columns = tensor.shape
        shape = (*rows, columns // block * size)
        return np.memmap(self.path, np.uint8, "r", tensor.offset, shape)

    def numbers(self, name: str) -> NDArray[np.float32]:
        """The tensor of that name, dequantised."""
        tensor = self.tensors[name]
        blocks = self.blocks(tensor)
        if tensor.kind == gguf.GGMLQuantizationType.F32:
            return np.array(blocks).view(np.float32)
        return np.asarray(gguf.dequantize(blocks, tensor.kind), np.float32)


def _tensor(header: _Header) -> tuple[str, tuple[int, ...], gguf.GGMLQuantizationType, int]:
    name = header.text()
    dimensions = [header.scalar("<Q") for _ in range(header.scalar("<I"))]
    kind = gguf.GGMLQuantizationType(header.scalar("<I"))
    return name, tuple(reversed(dimensions)), kind, header.scalar("<Q")
