"""The codec of `RuntimeEvent`: pallet index, event index, fields."""

from collections.abc import Mapping
from typing import Any

from taonet.frame.pallet import Event
from taonet.scale.codec import Codec, Codecs, MalformedScale
from taonet.scale.types import fields_of


def event_codec(pallets: Mapping[type[Event], int], codecs: Codecs) -> Codec[Event]:
    """The codec of the events of `pallets`, each by its pallet's index."""
    classes = {(index, cls.index): cls for cls, index in pallets.items()}
    compiled: dict[type[Event], tuple[bytes, Codec[Any]]] = {}

    def of(cls: type[Event]) -> tuple[bytes, Codec[Any]]:
        entry = compiled.get(cls)
        if entry is None:
            prefix = bytes((pallets[cls], cls.index))
            entry = compiled[cls] = prefix, codecs.fields(fields_of(cls), cls)
        return entry

    def encode(event: Event) -> bytes:
        prefix, fields = of(type(event))
        return prefix + fields.encode(event)

    def decode(data: bytes, offset: int) -> tuple[Event, int]:
        key = (data[offset], data[offset + 1])
        if key not in classes:
            raise MalformedScale(f"pallet {key[0]} has no event {key[1]}")
        event, offset = of(classes[key])[1].decode_at(data, offset + 2)
        return event, offset

    return Codec(encode, decode)
