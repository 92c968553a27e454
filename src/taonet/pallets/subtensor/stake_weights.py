"""
How much a hotkey's stake counts in a subnet: its alpha and its weighted root stake, each less what
it lent to its children and plus what its parents lent to it.

Source: subtensor pallets/subtensor/src/staking/stake_utils.rs @ 14bc6f9.
"""

from collections.abc import Sequence

from taonet.economy.dividends import Stake
from taonet.economy.stake_weight import inherited_stake, stake_weight
from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.fixed_point import I64F64, U64_MAX, U96F32, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid

Relations = Sequence[tuple[int, AccountId]]
"""Proportions of a hotkey's stake, of 2**64 - 1, with whom they are lent to or borrowed from."""


class StakeWeights:
    """Weighs hotkeys by what storage says now."""

    def __init__(self, storage: Storage, pools: SharePools) -> None:
        self._storage = storage
        self._pools = pools

    @property
    def tao_weight(self) -> U96F32:
        """What one TAO of root stake counts against one alpha."""
        return u96f32.from_ratio(self._storage.global_parameters.tao_weight, U64_MAX)

    def total(self, hotkey: AccountId, netuid: NetUid) -> I64F64:
        """The whole weight, in the smallest unit of alpha."""
        return stake_weight(self.inherited(hotkey, netuid), self.tao_weight)

    def inherited(self, hotkey: AccountId, netuid: NetUid) -> Stake:
        """Alpha in the subnet and TAO on root after children and parents."""
        alpha, root = self._pools.total(hotkey, netuid), self._pools.total(hotkey, ROOT)
        family = self._storage.children
        children = family.child_keys[hotkey, netuid]
        parents = family.parent_keys[hotkey, netuid]
        if not children and not parents:
            # Most hotkeys have no relations, and so what they own.
            return Stake(alpha, root)
        if netuid != ROOT:
            alpha = self._inherited(alpha, children, parents, netuid)
        return Stake(alpha, self._inherited(root, children, parents, ROOT))

    def _inherited(
        self, own: Alpha, children: Relations, parents: Relations, place: NetUid
    ) -> Alpha:
        """The stake at `place` that relations leave and give to one who owns `own` there."""
        lent = [proportion for proportion, _ in children]
        borrowed = [
            (proportion, int(self._pools.total(parent, place))) for proportion, parent in parents
        ]
        return Alpha(inherited_stake(int(own), lent, borrowed))
