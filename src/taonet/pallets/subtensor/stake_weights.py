"""
How much a hotkey's stake counts in a subnet: its alpha and its weighted root stake, each less what
it lent to its children and plus what its parents lent to it.

Source: subtensor pallets/subtensor/src/staking/stake_utils.rs @ 14bc6f9.
"""

from taonet.economy.dividends import Stake
from taonet.economy.stake_weight import inherited_stake, stake_weight
from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.fixed_point import I64F64, U64_MAX, U96F32, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid


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
        own = self._pools.total(hotkey, netuid)
        alpha = own if netuid == ROOT else Alpha(self._inherited(hotkey, netuid, netuid))
        return Stake(alpha, Alpha(self._inherited(hotkey, netuid, ROOT)))

    def _inherited(self, hotkey: AccountId, netuid: NetUid, place: NetUid) -> int:
        """The stake at `place` that the relations of `netuid` give a hotkey."""
        family, own = self._storage.children, int(self._pools.total(hotkey, place))
        children = family.child_keys[hotkey, netuid]
        parents = family.parent_keys[hotkey, netuid]
        if not children and not parents:
            # Most hotkeys have no relations, and so what they own.
            return own
        lent = [proportion for proportion, _ in children]
        borrowed = [
            (proportion, int(self._pools.total(parent, place))) for proportion, parent in parents
        ]
        return inherited_stake(own, lent, borrowed)
