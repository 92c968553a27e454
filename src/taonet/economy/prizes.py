"""How a job's budget is divided among the best, and what the judges' verdicts come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PERCENT_BY_RANK: Final = (70, 20, 10)
"""What the best, the second and the third are paid, in percent of the budget."""


@dataclass(frozen=True)
class Contender:
    """One in the running: `gain` above the base, and `order` of coming, lower for earlier."""

    gain: int
    order: int


def weighted_median(values: Sequence[int], weights: Sequence[int]) -> int:
    """
    The lowest value that at least half of all weight is at or below; 0 without any weight.

    A minority of the weight can move it no further than to a value that the majority has said.
    """
    whole = sum(weights)
    if not whole:
        return 0
    below = 0
    for value, weight in sorted(zip(values, weights, strict=True)):
        below += weight
        if 2 * below >= whole:
            return value
    raise AssertionError("all weights together are at least half of themselves")


def prizes(budget: int, contenders: Sequence[Contender]) -> list[tuple[int, int]]:
    """
    Who is paid how much: (index of the contender, prize), best first, at most three.

    Nobody who gained nothing is paid; of equals the earlier one is better. Prizes are rounded down;
    where three are paid the best one gets what that leaves, else it is the payer's again.
    """
    ranked = sorted(
        (index for index, contender in enumerate(contenders) if contender.gain > 0),
        key=lambda index: (-contenders[index].gain, contenders[index].order),
    )
    paid = [
        (index, budget * percent // 100)
        for index, percent in zip(ranked, PERCENT_BY_RANK, strict=False)
    ]
    if len(paid) == len(PERCENT_BY_RANK):
        best, prize = paid[0]
        paid[0] = best, prize + budget - sum(prize for _, prize in paid)
    return paid
