"""
A pool of value that many holders own by shares: a hotkey's stake, owned by its coldkeys.

Rewards change the shared value and so everyone's part at once; a holder's own deposit or
withdrawal changes the value, that holder's shares and the denominator together.

Source: subtensor primitives/share-pool/src/lib.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.economy.safe_float import SafeFloat
from taonet.primitives.fixed_point import saturate_u64

_ZERO: Final = SafeFloat()


@dataclass(frozen=True, slots=True)
class SharePool:
    """
    The two numbers that all holders have in common: what is shared, in alpha's smallest unit
    (a u64), and what shares are counted against. Each holder's shares are kept by the caller.

    Odd 6, as on the real chain: the first operation on an empty denominator makes |delta| shares,
    even for a withdrawal, and leaves shares of others from an earlier life of the pool standing; a
    deposit into a pool with shares but no value adds the value and issues nothing; a withdrawal of
    more than one owns stops at no shares but takes its full amount off the denominator.
    """

    shared_value: int = 0
    denominator: SafeFloat = _ZERO

    def value_of(self, share: SafeFloat) -> int:
        """What `share` is worth now, rounded down to a whole unit; 0 in an empty pool."""
        shared_value = SafeFloat.from_u64(self.shared_value)
        return (shared_value.mul_div(share, self.denominator) or _ZERO).to_u64()

    def would_change_shares(self, delta: int) -> bool:
        """Whether putting in or taking out `delta` moves any shares; ask before `update_one`."""
        return self.denominator.is_zero() or not self._shares_for(delta).is_zero()

    def update_all(self, delta: int) -> "SharePool":
        """The pool after its value grew by `delta` (an i64), every holder alike."""
        return SharePool(saturate_u64(self.shared_value + delta), self.denominator)

    def update_one(self, share: SafeFloat, delta: int) -> "tuple[SharePool, SafeFloat]":
        """The pool, and a holder's new shares, after that holder put in `delta` (an i64)."""
        shared_value = saturate_u64(self.shared_value + delta)
        if self.denominator.is_zero():
            issued = SafeFloat.from_u64(abs(delta))
            return SharePool(shared_value, issued), issued
        issued = self._shares_for(delta)
        # A result whose exponent leaves 64 bits keeps the old number.
        if delta > 0:
            denominator = self.denominator.add(issued) or self.denominator
            share = share.add(issued) or share
        else:
            denominator = self.denominator.sub(issued) or self.denominator
            share = share.sub(issued) or share
        return SharePool(shared_value, denominator), share

    def _shares_for(self, delta: int) -> SafeFloat:
        shared_value = SafeFloat.from_u64(self.shared_value)
        return SafeFloat.from_u64(abs(delta)).mul_div(self.denominator, shared_value) or _ZERO
