"""The safetensors format, read within limits."""

from typing import Any

import numpy as np
import orjson
import pytest

from taonet.subnets.llama.safetensors_file import SafetensorsInvalid, decoded, encoded

ARRAYS = {
    "b": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a": np.array([0.5], np.float32),
    "scalar": np.array(2.0, np.float32),
}


def file(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else orjson.dumps(header)
    return len(text).to_bytes(8, "little") + text + body


def test_what_is_written_is_read_back() -> None:
    arrays, facts = decoded(encoded(ARRAYS, {"format": "pt"}))
    assert list(arrays) == list(ARRAYS)
    assert all(np.array_equal(arrays[name], array) for name, array in ARRAYS.items())
    assert facts == {"format": "pt"}
    assert encoded(ARRAYS) == encoded({name: array.copy() for name, array in ARRAYS.items()})


def test_the_bytes_are_those_of_the_format() -> None:
    raw = encoded({"x": np.array([1.0], np.float32)})
    text = b'{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    text += b" " * (-len(text) % 8)
    assert raw == len(text).to_bytes(8, "little") + text + b"\x00\x00\x80\x3f"


def test_half_precision_and_another_order_are_read() -> None:
    header = {
        "later": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
        "first": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]},
    }
    body = np.array([1, 2], "<f2").tobytes() + np.array([3], "<f4").tobytes()
    arrays, _ = decoded(file(header, body))
    assert (arrays["first"].tolist(), arrays["later"].tolist()) == ([1.0, 2.0], [3.0])
    assert arrays["first"].dtype == np.float32


def entry(**changes: Any) -> dict[str, Any]:
    return {"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} | changes}


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "ends within its header"),
        (file(b""), "not JSON"),
        ((1 << 40).to_bytes(8, "little"), "is over 1048576"),
        ((50).to_bytes(8, "little") + b"{}", "ends within its header"),
        (file([]), "not an object"),
        (file({"__metadata__": {"a": 1}}), "not texts"),
        (file(entry(dtype="I8"), b"0123"), "x is not of F32"),
        (file(entry(shape=[1 << 40, 1 << 40]), b"0123"), "takes 4835703278458516698824704 bytes"),
        (file(entry(shape=[-1]), b"0123"), "no shape or no place"),
        (file(entry(shape=[True]), b"0123"), "no shape or no place"),
        (file(entry(shape=[1] * 9), b"0123"), "over 8 dimensions"),
        (file(entry(data_offsets=[0, 4, 8]), b"0123"), "lies between 3 places"),
        (file(entry(data_offsets=[4, 8]), b"01234567"), "does not lie where"),
        (file(entry(), b"012"), "does not lie where"),
        (file(entry(), b"01234"), "1 bytes belong to no array"),
    ],
)
def test_what_is_no_such_file_is_named(raw: bytes, complaint: str) -> None:
    with pytest.raises(SafetensorsInvalid, match=complaint):
        decoded(raw)
