"""
Where spec 425, which this chain has, differs from spec 393, of which the public inventory is.

`spec_differences.json` lists it item by item: what 393 has, what 425 has, null for nothing. A fact
is a position, a hasher, names and types of fields; only what differs is told of an item.

Source: subtensor pallets/*/src and runtime/src/lib.rs @ 14bc6f9, against the inventory of spec 393.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taonet.frame.config import RuntimeConfig
from taonet.runtime.composition import metadata_v15
from taonet.scale import metadata as m

LISTED = Path(__file__).with_suffix(".json")

OWN_PALLETS: Mapping[str, str] = {
    "FineTuning": "jobs of fine-tuning, which no subnet of the real chain keeps on chain",
    "ModelReleases": "which model a subnet serves from which block on",
    "RuleSets": "rules that change at a block, which the real chain does by a new runtime",
}
"""What this chain has and the real one doesn't, and why."""

Fact = Mapping[str, Any]
Key = tuple[str, str, str]
"""Pallet or runtime API, kind, name."""


@dataclass(frozen=True)
class Difference:
    """One item of which the two specs say something else."""

    pallet: str
    kind: str
    name: str
    spec_393: Fact | None
    spec_425: Fact | None

    @property
    def key(self) -> Key:
        """Where the item is."""
        return self.pallet, self.kind, self.name

    def __str__(self) -> str:
        return f"{self.pallet}/{self.kind}/{self.name}"


def listed() -> tuple[Difference, ...]:
    """The list, in its order."""
    return tuple(Difference(**row) for row in json.loads(LISTED.read_text()))


class Surface:
    """What this chain's metadata says, in the list's words."""

    def __init__(self) -> None:
        decoded = m.decode(metadata_v15(RuntimeConfig()))
        assert isinstance(decoded, m.MetadataV15)
        self._types = decoded.types
        self.pallets = {pallet.name for pallet in decoded.pallets}
        self.apis = {api.name for api in decoded.apis}
        self.facts: dict[Key, Fact] = {}
        for pallet in decoded.pallets:
            self.facts[pallet.name, "pallet", pallet.name] = {"index": pallet.index}
            for kind, name, fact in self._items(pallet):
                self.facts[pallet.name, kind, name] = fact
        for api in decoded.apis:
            for method in api.methods:
                fact = {"inputs": [given.name for given in method.inputs]}
                self.facts[api.name, "apis", method.name] = fact

    def fact(self, wanted: Difference) -> Fact | None:
        """What is here of that item; None for nothing."""
        if wanted.kind == "variants":
            return self._variant(*wanted.name.split("::"))
        if wanted.kind == "fields":
            return self._field(*wanted.name.split("."))
        return self.facts.get(wanted.key)

    def holds(self, wanted: Difference) -> bool:
        """Whether the item is as spec 425 has it."""
        fact = self.fact(wanted)
        if fact is None or wanted.spec_425 is None:
            return fact is None and wanted.spec_425 is None
        return all(fact[part] == value for part, value in wanted.spec_425.items())

    def _items(self, pallet: m.PalletV15) -> Iterator[tuple[str, str, Fact]]:
        for entry in pallet.storage.entries if pallet.storage else ():
            hashers = entry.kind.hashers if isinstance(entry.kind, m.MapEntry) else ()
            yield "storage", entry.name, {"hashers": [m.HasherKind(h).name for h in hashers]}
        for call in self._variants(pallet.calls):
            arguments = [field.name for field in call.fields]
            yield "calls", call.name, {"index": call.index, "arguments": arguments}
        for event in self._variants(pallet.events):
            fields = [[field.name, self._expression(field.type)] for field in event.fields]
            yield "events", event.name, {"index": event.index, "fields": fields}
        for error in self._variants(pallet.errors):
            yield "errors", error.name, {"index": error.index}
        yield from (("constants", constant.name, {}) for constant in pallet.constants)

    def _variants(self, enum: int | None) -> tuple[m.TypeVariant, ...]:
        definition = None if enum is None else self._types[enum].definition
        return definition.variants if isinstance(definition, m.VariantDefinition) else ()

    def _named(self, name: str) -> m.Definition | None:
        """The type that is named so; arguments of generic ones are left out."""
        last = name.partition("<")[0]
        found = (entry.definition for entry in self._types if entry.path[-1:] == (last,))
        return next(found, None)

    def _variant(self, type_name: str, name: str) -> Fact | None:
        definition = self._named(type_name)
        variants = definition.variants if isinstance(definition, m.VariantDefinition) else ()
        return next(({"index": v.index} for v in variants if v.name == name), None)

    def _field(self, type_name: str, name: str) -> Fact | None:
        definition = self._named(type_name)
        fields = definition.fields if isinstance(definition, m.CompositeDefinition) else ()
        return next(({"type": self._expression(f.type)} for f in fields if f.name == name), None)

    def _expression(self, type_id: int) -> str:
        entry = self._types[type_id]
        match entry.definition:
            case m.PrimitiveDefinition(kind):
                return m.PrimitiveKind(kind).name.lower()
            case m.CompactDefinition(inner):
                return f"Compact<{self._expression(inner)}>"
        if entry.path == ("Option",) and entry.parameters[0].type is not None:
            return f"Option<{self._expression(entry.parameters[0].type)}>"
        return entry.path[-1] if entry.path else ""


def as_of_425(
    inventory: dict[str, Any], differences: Sequence[Difference] | None = None
) -> dict[str, Any]:
    """
    The inventory of spec 393 with what moved, changed or went since; it is changed in place.

    What came since isn't put in, since the list doesn't hold its types.
    """
    differences = listed() if differences is None else differences
    gone = {d.pallet for d in differences if d.kind == "pallet" and d.spec_425 is None}
    inventory["pallets"] = [p for p in inventory["pallets"] if p["name"] not in gone]
    pallets = {pallet["name"]: pallet for pallet in inventory["pallets"]}
    for difference in differences:
        if difference.spec_393 is None and difference.kind != "variants":
            continue
        if difference.kind in ("variants", "fields"):
            _change_type(inventory["types"], difference)
        elif difference.kind != "pallet":
            _change_item(pallets[difference.pallet], difference)
    return inventory


def _change_item(pallet: dict[str, Any], difference: Difference) -> None:
    items = pallet[difference.kind]
    (item,) = (item for item in items if item["name"] == difference.name)
    if difference.spec_425 is None:
        items.remove(item)
        return
    assert difference.spec_393 is not None
    for part, value in difference.spec_425.items():
        before = difference.spec_393[part]
        assert item[part] == before, f"{difference}: {part} is {item[part]}, the list has {before}"
        item[part] = value


def _change_type(types: dict[str, Any], difference: Difference) -> None:
    assert difference.spec_425 is not None
    if difference.kind == "variants":
        type_name, name = difference.name.split("::")
        types[type_name]["variants"].append([name, difference.spec_425["index"], []])
        return
    type_name, name = difference.name.split(".")
    (field,) = (field for field in types[type_name]["fields"] if field[0] == name)
    field[1] = difference.spec_425["type"]
