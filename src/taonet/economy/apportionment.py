"""Dividing a whole amount exactly, by the method of largest remainders."""

from collections.abc import Sequence


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """
    Whole parts of `amount` by non-negative `weights` that add up to it: what rounding down leaves
    over goes to the largest remainders, one unit each, the first of equals first.

    All parts are 0 if all weights are.

    Source: subtensor pallets/subtensor/src/staking/remove_stake.rs `destroy_alpha_in_out_stakes`
    @ 14bc6f9.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    divided = [divmod(amount * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in divided]
    by_remainder = sorted(range(len(weights)), key=lambda index: -divided[index][1])
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts
