"""The codec of `RuntimeEvent`: pallet index, event index, fields."""

from collections.abc import Mapping
from typing import Any

from taonet.frame.pallet import Event
from taonet.scale.codec import PLAIN, Codec, Codecs, MalformedScale
from taonet.scale.types import fields_of


class EventCodec:
    """Events of `pallets`, each by its pallet's index; `bind` says what compiles their fields."""

    def __init__(self, pallets: Mapping[type[Event], int]) -> None:
        self._pallets = pallets
        self._classes = {(index, cls.index): cls for cls, index in pallets.items()}
        self._compiled: dict[type[Event], tuple[bytes, Codec[Any]]] = {}
        self._codecs = PLAIN
        self.codec: Codec[Event] = Codec(self._encode, self._decode)

    def bind(self, codecs: Codecs) -> None:
        """Compile fields with `codecs` from now on."""
        self._codecs = codecs

    def _encode(self, event: Event) -> bytes:
        prefix, fields = self._compiled.get(type(event)) or self._compile(type(event))
        return prefix + fields.encode(event)

    def _decode(self, data: bytes, offset: int) -> tuple[Event, int]:
        key = (data[offset], data[offset + 1])
        if key not in self._classes:
            raise MalformedScale(f"pallet {key[0]} has no event {key[1]}")
        cls = self._classes[key]
        _, fields = self._compiled.get(cls) or self._compile(cls)
        event, offset = fields.decode_at(data, offset + 2)
        return event, offset

    def _compile(self, cls: type[Event]) -> tuple[bytes, Codec[Any]]:
        prefix = bytes((self._pallets[cls], cls.index))
        compiled = self._compiled[cls] = prefix, self._codecs.fields(fields_of(cls), cls)
        return compiled
