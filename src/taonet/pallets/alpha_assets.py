"""How much alpha of each subnet exists, and what became of what was burned and recycled."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, twox_64_concat
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.units import Alpha, NetUid


class AlphaAssets(Pallet, prefix="AlphaAssets"):
    """
    Counters of alpha, moved by the SubtensorModule.

    Source: subtensor pallets/alpha-assets/src/lib.rs @ 14bc6f9.
    """

    total_alpha_issuance = StorageMap(
        twox_64_concat(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="All alpha of a subnet that was minted and not recycled.",
    )
    alpha_burned = StorageMap(
        twox_64_concat(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha of a subnet that was burned: it counts as issued but nobody has it.",
    )
    alpha_recycled = StorageMap(
        twox_64_concat(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha of a subnet that was recycled: it may be issued again.",
    )

    def mint(self, netuid: NetUid, amount: Alpha) -> None:
        """Count `amount` as issued; the caller says to whom."""
        if amount:
            issued = self.total_alpha_issuance[netuid]
            self.total_alpha_issuance[netuid] = _sum(issued, amount)

    def burn(self, netuid: NetUid, amount: Alpha) -> None:
        """Count `amount` as burned; the issuance stays."""
        if amount:
            self.alpha_burned[netuid] = _sum(self.alpha_burned[netuid], amount)

    def recycle(self, netuid: NetUid, amount: Alpha) -> None:
        """Take `amount` off the issuance, down to 0."""
        if amount:
            self.alpha_recycled[netuid] = _sum(self.alpha_recycled[netuid], amount)
            left = int(self.total_alpha_issuance[netuid]) - int(amount)
            self.total_alpha_issuance[netuid] = Alpha(saturate_u64(left))


def _sum(a: Alpha, b: Alpha) -> Alpha:
    """`a + b`, at most 2**64 - 1."""
    return Alpha(saturate_u64(int(a) + int(b)))
