"""
How much of spec 425's own pallets is here under the same name, index and parameter names.

The public inventory is of an older spec, whose events and errors had other indices. This one was
read from the chain's source by a heuristic reader, so a difference asks for a look at the source.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from taonet.frame.pallet import PalletSpec
from taonet.runtime.pallets import SPECS
from taonet.runtime.runtime_apis import APIS

Item = tuple[str, str, Any]
"""Kind, name, and what else must be equal."""


def wanted(pallet: Mapping[str, Any]) -> Iterator[Item]:
    """What a pallet of the real chain declares."""
    yield from (("storage", name, len(item["keys"])) for name, item in pallet["storage"].items())
    for called, call in pallet["calls"].items():
        yield "call", called, (call["index"], [name.lstrip("_") for name, _ in call["args"]])
    yield from (("event", name, index) for name, index, _ in pallet["events"])
    yield from (("error", name, index) for name, index, _ in pallet["errors"])
    yield from (("constant", name, None) for name in pallet["constants"])


def found(spec: PalletSpec) -> Iterator[Item]:
    """What ours declares."""
    yield from (("storage", item.name, len(item.parts)) for item in spec.storage_items)
    for call in spec.calls:
        yield "call", call.name, (call.index, [field.name for field in call.fields])
    yield from (("event", event.name, event.index) for event in spec.events)
    yield from (("error", error.name, error.index) for error in spec.errors)
    yield from (("constant", constant.name, None) for constant in spec.constants)


def api_items(name: str, methods: Iterator[str]) -> Iterator[Item]:
    """The methods of a runtime API."""
    return (("api", f"{name}_{method}", None) for method in methods)


def compare(surface: Mapping[str, Any]) -> tuple[int, int, list[str]]:
    """How many items are equal, of how many, and which are not."""
    same = total = 0
    differing: list[str] = []
    ours = {spec.name: list(found(spec)) for spec in SPECS}
    ours["apis"] = [i for a in APIS for i in api_items(a.name, (m.name for m in a.methods))]
    theirs = {name: list(wanted(pallet)) for name, pallet in surface["pallets"].items()}
    theirs["apis"] = [
        i for name, methods in surface["apis"].items() for i in api_items(name, iter(methods))
    ]
    for name, items in theirs.items():
        absent = [item for item in items if item not in ours.get(name, [])]
        same, total = same + len(items) - len(absent), total + len(items)
        if name not in ours:
            differing.append(f"{name}: none of its {len(items)} items")
            continue
        differing += [f"{name} {kind} {item} {rest}" for kind, item, rest in absent]
    return same, total, differing
