"""Where specs 393 and 425 differ, this chain is as 425 has it."""

import pytest

from tests.conformance.spec_differences import (
    OWN_PALLETS,
    Difference,
    Surface,
    as_of_425,
    listed,
)

LISTED = listed()
SURFACE = Surface()
PRESENT = SURFACE.pallets | SURFACE.apis
"""Of a pallet that isn't here at all, `make conformance` tells what is missing."""


@pytest.mark.parametrize(
    "difference",
    [d for d in LISTED if d.pallet in PRESENT or d.spec_425 is None],
    ids=str,
)
def test_the_item_is_as_spec_425_has_it(difference: Difference) -> None:
    assert SURFACE.holds(difference), SURFACE.fact(difference)


def test_an_item_as_spec_393_had_it_would_be_found() -> None:
    moved = [d for d in LISTED if d.spec_393 and d.spec_425 and d.pallet in PRESENT]
    former = [Difference(d.pallet, d.kind, d.name, None, d.spec_393) for d in moved]

    assert len(former) > 150
    assert not [str(d) for d in former if SURFACE.holds(d)]


def test_each_item_is_listed_once_and_differs() -> None:
    assert len({d.key for d in LISTED}) == len(LISTED)
    assert not [str(d) for d in LISTED if d.spec_393 == d.spec_425]


def test_what_is_this_chains_own_takes_nothing_from_the_real_one() -> None:
    own = {SURFACE.facts[name, "pallet", name]["index"] for name in OWN_PALLETS}
    real = {
        fact["index"]
        for (name, kind, _), fact in SURFACE.facts.items()
        if kind == "pallet" and name not in OWN_PALLETS
    }

    assert min(own) > max(real)
    assert not {d.pallet for d in LISTED} & OWN_PALLETS.keys()


def test_the_inventory_is_brought_to_425() -> None:
    errors = [{"name": "A", "index": 0}, {"name": "B", "index": 1}]
    pallets = [{"name": "Gone", "errors": []}, {"name": "Swap", "errors": errors}]
    types = {
        "Kind": {"variants": [["Old", 0, []]]},
        "Info<u8>": {"fields": [["cutoff", "u16"]]},
    }
    differences = (
        Difference("Gone", "pallet", "Gone", {"index": 17}, None),
        Difference("Swap", "errors", "A", {"index": 0}, None),
        Difference("Swap", "errors", "B", {"index": 1}, {"index": 0}),
        Difference("Swap", "errors", "C", None, {"index": 1}),
        Difference("Swap", "variants", "Kind::New", None, {"index": 1}),
        Difference("Swap", "fields", "Info<u8>.cutoff", {"type": "u16"}, {"type": "u64"}),
    )

    assert as_of_425({"pallets": pallets, "types": types}, differences) == {
        "pallets": [{"name": "Swap", "errors": [{"name": "B", "index": 0}]}],
        "types": {
            "Kind": {"variants": [["Old", 0, []], ["New", 1, []]]},
            "Info<u8>": {"fields": [["cutoff", "u64"]]},
        },
    }


def test_a_list_that_tells_something_else_of_393_is_refused() -> None:
    swap = {"name": "Swap", "errors": [{"name": "B", "index": 2}]}
    moved = Difference("Swap", "errors", "B", {"index": 1}, {"index": 0})

    with pytest.raises(AssertionError, match="index is 2, the list has 1"):
        as_of_425({"pallets": [swap], "types": {}}, (moved,))
