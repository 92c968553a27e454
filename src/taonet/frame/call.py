"""
Calls as values: decoded from the wire, priced, and handed to whatever dispatches them.

A call may hold calls (`Utility.batch`, `Sudo.sudo`): such a parameter is a `RuntimeCall`, and a
pallet that has one takes a `Dispatcher`, since only the composed runtime knows every pallet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Protocol

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import Failure
from taonet.frame.origin import Origin
from taonet.frame.pallet import CallSpec, PalletSpec, PostInfo
from taonet.frame.weight import DispatchClass, Pays, Weight
from taonet.scale.codec import PLAIN, Codec, Codecs, MalformedScale
from taonet.scale.types import Late, Struct, Tuple, Type, holds_late

CALL_DEPTH_MAX = 32
"""How deep calls may nest: decoding, pricing and dispatch each recurse a few frames a level."""


class DispatchInfo(Struct, path="frame_system::DispatchEventInfo"):
    """What a call may cost (before dispatch) or cost (after it), and whether it pays for that."""

    weight: Weight
    class_: DispatchClass
    pays_fee: Pays


@dataclass(frozen=True)
class Call:
    """A call of a pallet with its arguments, in the order of `spec.fields`."""

    spec: CallSpec
    pallet: str
    pallet_index: int
    arguments: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The pallet and the call, as in `Balances.transfer_keep_alive`."""
        return f"{self.pallet}.{self.spec.name}"

    def info(self) -> DispatchInfo:
        """What the call declares that it may cost."""
        return self._info

    @cached_property
    def _info(self) -> DispatchInfo:
        # A batch asks its calls, and is itself asked by the pool, the block and the fee.
        spec = self.spec
        return DispatchInfo(
            spec.weight_of(self.arguments),
            spec.class_of(self.arguments),
            spec.pays_of(self.arguments),
        )

    def argument(self, name: str) -> Any:
        """The argument of a parameter's name on the wire; raises `LookupError`."""
        for field, value in zip(self.spec.fields, self.arguments, strict=True):
            if field.name == name:
                return value
        raise LookupError(f"{self.name} has no parameter {name}")


RUNTIME_CALL_NAME = "RuntimeCall"
RUNTIME_CALL: Type[Call] = Late(RUNTIME_CALL_NAME)

EXTRINSIC_NAME = "UncheckedExtrinsic"
EXTRINSIC: Type[bytes] = Late(EXTRINSIC_NAME)
"""An extrinsic without its length prefix: the bytes of it, but a type of its own in metadata."""

RuntimeCall = Annotated[Call, RUNTIME_CALL]
"""The annotation of a parameter that is a call."""


def total_weight(calls: Iterable[Call]) -> Weight:
    """The sum of what calls may cost, saturating at 2**64 - 1."""
    ref_time = proof_size = 0
    for call in calls:
        weight = call.info().weight
        ref_time += weight.ref_time
        proof_size += weight.proof_size
    return Weight(min(ref_time, 2**64 - 1), min(proof_size, 2**64 - 1))


def any_pays(calls: Iterable[Call]) -> Pays:
    """`YES` if one of the calls pays."""
    return Pays.YES if any(call.info().pays_fee is Pays.YES for call in calls) else Pays.NO


Decode = Callable[[bytes, int], tuple[Call, int]]


class Dispatcher(Protocol):
    """What a pallet that dispatches other pallets' calls needs of the runtime."""

    def apply(self, call: Call, origin: Origin) -> PostInfo:
        """Dispatch in a transaction, if the chain's filter lets the origin make the call."""

    def apply_unfiltered(self, call: Call, origin: Origin) -> PostInfo:
        """Dispatch in a transaction what root asks for."""

    def failure_of(self, error: DispatchError) -> Failure:
        """The error as events carry it."""


class CallCodec:
    """
    The codec of `RuntimeCall`: pallet index, call index, arguments.

    Arguments may hold calls, so `codec` is made first and `bind` says later what compiles them.
    """

    def __init__(self, specs: Iterable[PalletSpec]) -> None:
        self._calls = {
            (spec.index, call.index): (call, spec.name) for spec in specs for call in spec.calls
        }
        self._arguments: dict[tuple[int, int], Codec[tuple[Any, ...]]] = {}
        self._decoders: dict[bytes, Decode] = {}
        self._codecs = PLAIN
        self._depth = 0
        self.codec: Codec[Call] = Codec(self._encode, self._decode)

    def bind(self, codecs: Codecs) -> None:
        """Compile arguments with `codecs` from now on."""
        self._codecs = codecs

    def _encode(self, call: Call) -> bytes:
        key = (call.pallet_index, call.spec.index)
        return bytes(key) + self._codec_of_arguments(key).encode(call.arguments)

    def _decode(self, data: bytes, offset: int) -> tuple[Call, int]:
        start = offset + 2
        decode = self._decoders.get(data[offset:start]) or self._decoder(data, offset)
        if self._depth >= CALL_DEPTH_MAX:
            raise MalformedScale(f"calls are nested deeper than {CALL_DEPTH_MAX}")
        return decode(data, start)

    def _decoder(self, data: bytes, offset: int) -> Decode:
        """What decodes the arguments of the call whose indices are at `offset`."""
        key = (data[offset], data[offset + 1])
        if key not in self._calls:
            raise MalformedScale(f"pallet {key[0]} has no call {key[1]}")
        spec, pallet = self._calls[key]
        known: dict[str, Any] = {"spec": spec, "pallet": pallet, "pallet_index": key[0]}
        if not any(map(callable, (spec.weight, spec.dispatch_class, spec.pays))):
            known["_info"] = DispatchInfo(spec.weight_of(()), spec.class_of(()), spec.pays_of(()))
        types = [field.type for field in spec.fields]
        decode = self._codecs.decoder_of(types, Call, "arguments", known)
        if any(map(holds_late, types)):
            decode = self._deeper(decode)
        self._decoders[bytes(key)] = decode
        return decode

    def _deeper(self, decode: Decode) -> Decode:
        """Arguments that may hold calls, whose depth is counted."""

        def decode_nested(data: bytes, offset: int) -> tuple[Call, int]:
            self._depth += 1
            try:
                return decode(data, offset)
            finally:
                self._depth -= 1

        return decode_nested

    def _codec_of_arguments(self, key: tuple[int, int]) -> Codec[tuple[Any, ...]]:
        compiled = self._arguments.get(key)
        if compiled is None:
            types: Type[tuple[Any, ...]] = Tuple(
                tuple(field.type for field in self._calls[key][0].fields)
            )
            compiled = self._arguments[key] = self._codecs.of(types)
        return compiled
