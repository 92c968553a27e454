"""Dividing a whole amount exactly, by the method of largest remainders."""

from collections.abc import Sequence


def apportion(amount: int, weights: Sequence[int]) -> dict[int, int]:
    """
    By index, whole parts of `amount` by non-negative `weights` that add up to it: what rounding
    down leaves over goes to the largest remainders, one unit each, the first of equals first.

    All parts are 0 if all weights are. The parts stand in the order in which the chain pays them:
    by their remainders, largest first, if anything was left over.

    Source: subtensor pallets/subtensor/src/staking/remove_stake.rs `destroy_alpha_in_out_stakes`
    @ 14bc6f9.
    """
    whole = sum(weights)
    if not whole:
        return dict.fromkeys(range(len(weights)), 0)
    divided = [divmod(amount * weight, whole) for weight in weights]
    left = amount - sum(quotient for quotient, _ in divided)
    order = list(range(len(weights)))
    if left:
        order.sort(key=lambda index: -divided[index][1])
    return {index: divided[index][0] + (place < left) for place, index in enumerate(order)}
