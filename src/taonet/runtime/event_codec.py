"""The codec of `RuntimeEvent`: pallet index, event index, fields."""

from collections.abc import Callable, Mapping
from typing import Any

from taonet.frame.pallet import Event
from taonet.scale.codec import PLAIN, Codec, Codecs, MalformedScale
from taonet.scale.types import fields_of


class EventCodec:
    """Events of `pallets`, each by its pallet's index; `bind` says what compiles their fields."""

    def __init__(self, pallets: Mapping[type[Event], int]) -> None:
        self._pallets = pallets
        self._classes = {(index, cls.index): cls for cls, index in pallets.items()}
        self._compiled: dict[type[Event], Codec[Any]] = {}
        self._encoders: dict[type[Event], Callable[[Event], bytes]] = {}
        self._codecs = PLAIN
        self.codec: Codec[Event] = Codec(self._encode, self._decode)

    def bind(self, codecs: Codecs) -> None:
        """Compile fields with `codecs` from now on."""
        self._codecs = codecs

    def _encode(self, event: Event) -> bytes:
        cls = type(event)
        return (self._encoders.get(cls) or self._compile(cls).encode)(event)

    def _decode(self, data: bytes, offset: int) -> tuple[Event, int]:
        cls = self._classes.get((data[offset], data[offset + 1]))
        if cls is None:
            raise MalformedScale(f"pallet {data[offset]} has no event {data[offset + 1]}")
        return (self._compiled.get(cls) or self._compile(cls)).decode_at(data, offset + 2)

    def _compile(self, cls: type[Event]) -> Codec[Any]:
        prefix = bytes((self._pallets[cls], cls.index))
        compiled = self._compiled[cls] = self._codecs.fields(fields_of(cls), cls, prefix)
        self._encoders[cls] = compiled.encode
        return compiled
