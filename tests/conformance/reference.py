"""
Tables of numbers that the real chain's own tests state, and how they are put to this chain.

`reference_<concern>.json` holds rows, each with the name of the test that states its numbers. A
row's steps, in order, are of three kinds:

- a list, `["stake", "@hotkey", "@coldkey", 1, 500]`: something done on a `Stage`;
- an object with `read`: what a reading of the stage is then;
- an object with `formula`: what a formula of `formulas.py` gives for `of`.

What is found is told by `is`, `above`, `below` or `raises`; `keep` keeps it under a name, `less`
takes off what was kept before, `times` as often, `and_less` something else by name and factor;
`{"kept": name}` is an argument of what is done. Numbers are equal to the last unit, unless the test
allows for a difference: that is `within`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.conformance.formulas import FORMULAS
from tests.conformance.stage import Stage

HERE = Path(__file__).parent
VERBS = frozenset(
    (
        *("put", "call", "refused", "fund", "subnet", "owned_subnet", "reserves", "neuron", "own"),
        *("stake", "credit", "uncredit", "block", "blocks", "emit", "follow_price", "distribute"),
        *("lend", "create", "open_account", "take_away", "epoch", "reset_bonds"),
        *("grant", "empty_account", "epochs", "commit", "pay_swap"),
        *("sell", "limit_sale", "emit_to", "drop", "constant", "announce"),
        *("replace", "vote", "swap_votes", "publish", "unpublished", "pulse"),
        *("open_commitments", "lease", "pay_lease", "seal_weights", "reveal_sealed"),
        *("pay_miners", "last_epoch_now", "transact", "leave", "treasury", "treasury_refuses"),
        *("associate", "unassociated", "forget_pulses", "commit_in"),
    )
)
READINGS = frozenset(
    (
        *("get", "stake_of", "free", "lock_of", "price", "total_of", "tao_of_hotkey"),
        *("tao_of_coldkey", "inherited", "weight_of", "replaceable", "epoch_due", "bonds"),
        *("dividends", "claimable", "locked", "available", "bond", "pruned"),
        *("childkey_take", "shared", "stakes", "reserved", "raised", "reported", "deferred"),
        *("next_epoch", "fields_left", "waiting", "revealed", "leased_stake", "commits_left"),
        *("incentive_of", "alpha_emission", "receivers", "root_sells", "root_part"),
        *("can_pay", "issued", "burned", "allowed", "consistent"),
    )
)
REFUSALS = frozenset(("refused", "unpublished", "treasury_refuses", "unassociated"))
"""What is done in vain, by which a row states something too."""

RESERVE_MIN = 100
"""The least reserve that the tests' own runtime swaps from; the network's is a million."""


@dataclass(frozen=True)
class Row:
    """One test's numbers."""

    concern: str
    source: str
    steps: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.concern}: {self.source}"

    def checks(self) -> int:
        """How many numbers it states."""
        return sum(isinstance(step, dict) or step[0] in REFUSALS for step in self.steps)


def rows() -> Iterator[Row]:
    """All tables, in the order of their names."""
    for path in sorted(HERE.glob("reference_*.json")):
        concern = path.stem.removeprefix("reference_")
        for row in json.loads(path.read_text()):
            yield Row(concern, row["source"], tuple(row["steps"]))


def play(row: Row) -> None:
    """Take a row's steps; raises `AssertionError` where a number is another."""
    stage = Stage()
    kept: dict[str, Any] = {}
    with stage.changed, patch("taonet.economy.swap.MINIMUM_RESERVE", RESERVE_MIN):
        for number, step in enumerate(row.steps):
            if isinstance(step, dict):
                check(_reading(stage, step, kept), step, f"step {number} of {row.source}")
                continue
            verb, *arguments = step
            assert verb in VERBS, verb
            getattr(stage, verb)(*(_amount(argument, kept) for argument in arguments))


def _reading(stage: Stage, step: Mapping[str, Any], kept: dict[str, Any]) -> Callable[[], Any]:
    of = step.get("of", [])

    def read() -> Any:
        if "formula" in step:
            found = FORMULAS[step["formula"]](stage, *of)
        else:
            assert step["read"] in READINGS, step["read"]
            found = getattr(stage, step["read"])(*of)
        if "keep" in step:
            kept[step["keep"]] = found
        if "less" in step:
            found -= kept[step["less"]] * Fraction(str(step.get("times", 1)))
        if "and_less" in step:
            name, times = step["and_less"]
            found -= kept[name] * Fraction(str(times))
        return found

    return read


def _amount(argument: Any, kept: Mapping[str, Any]) -> Any:
    """An argument, which may be a part of what was kept, rounded down, and a bit more."""
    if not (isinstance(argument, dict) and "kept" in argument):
        return argument
    part = kept[argument["kept"]] * Fraction(str(argument.get("times", 1)))
    return int(part) + argument.get("plus", 0)


def check(reading: Callable[[], Any], step: Mapping[str, Any], where: str) -> None:
    """Whether a reading is what a step says."""
    if "raises" in step:
        try:
            found = reading()
        except Exception as error:
            if type(error).__name__ == step["raises"]:
                return
            raise
        raise AssertionError(f"{where}: {found!r}, not {step['raises']}")
    found = reading()
    if "is" in step:
        within = Fraction(str(step.get("within", 0)))
        assert alike(found, step["is"], within), f"{where}: {show(found)}, not {step['is']}"
    if "above" in step:
        assert found > Fraction(str(step["above"])), f"{where}: {show(found)}"
    if "below" in step:
        assert found < Fraction(str(step["below"])), f"{where}: {show(found)}"


def alike(found: Any, told: Any, within: Fraction) -> bool:
    """Whether two readings are equal, numbers up to a difference."""
    if isinstance(told, list):
        if not isinstance(found, list) or len(found) != len(told):
            return False
        return all(alike(a, b, within) for a, b in zip(found, told, strict=True))
    if isinstance(told, dict):
        return all(alike(found[name], value, within) for name, value in told.items())
    if not isinstance(found, int | Fraction) or isinstance(told, bool) or told is None:
        return bool(found == told)
    return abs(Fraction(found) - Fraction(str(told))) <= within


def show(found: Any) -> Any:
    """A reading as a message shows it."""
    return float(found) if isinstance(found, Fraction) and found.denominator > 1 else found
