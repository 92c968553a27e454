"""How long a call is on the wire, for what is priced by it: known of any call by itself."""

from typing import Any, Final, NoReturn

from taonet.frame.call import RUNTIME_CALL_NAME, Call
from taonet.scale.codec import Codec, Codecs
from taonet.scale.types import Tuple, Type


def encoded_length(call: Call) -> int:
    """The bytes that a call has on the wire."""
    return len(_write(call))


def _write(call: Call) -> bytes:
    types = tuple(field.type for field in call.spec.fields)
    indices = bytes((call.pallet_index, call.spec.index))
    arguments: Type[tuple[Any, ...]] = Tuple(types)
    return indices + _WRITERS.of(arguments).encode(call.arguments)


def _read(data: bytes, offset: int) -> NoReturn:
    raise AssertionError(f"calls are only measured here, not read: {data[offset:].hex()}")


_WRITERS: Final = Codecs({RUNTIME_CALL_NAME: Codec[Call](_write, _read)})
