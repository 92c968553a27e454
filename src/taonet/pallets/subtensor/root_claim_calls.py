"""
Paying out root dividends: as alpha, or sold for TAO that is staked on the root.

Source: subtensor pallets/subtensor/src/staking/claim_root.rs and macros/dispatches.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Pallet, PostInfo, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    InvalidNumRootClaim,
    InvalidRootClaimThreshold,
    InvalidSubnetNumber,
)
from taonet.pallets.subtensor.events.stake import RootClaimed, RootClaimTypeSet
from taonet.pallets.subtensor.permissions import Permissions
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import Keep, KeepSubnets, RootClaimType
from taonet.primitives.fixed_point import i96f32, saturate_u64, saturate_u128
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from taonet.scale.types import U64, SetType, type_of

SUBNETS_PER_CLAIM_MAX: Final = 5
CLAIMS_PER_BLOCK_MAX: Final = 50
THRESHOLD_MAX: Final = 10_000_000
"""The largest smallest claim, in alpha's smallest unit."""

_CLAIM = Weight(60_000_000, 6987) + database_weight(reads=7, writes=5)

NetUids = Annotated[tuple[NetUid, ...], SetType(type_of(NetUid))]


class RootClaimCalls(Pallet, prefix="SubtensorModule"):
    """Claims on call, and some coldkeys' claims in every block."""

    def __init__(self, storage: Storage, staking: Staking, permissions: Permissions) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._claims = storage.root_claims
        self._staking = staking
        self._permissions = permissions

    @call(index=121, weight=Weight(138_999_000, 7875) + database_weight(reads=16, writes=4))
    def claim_root(self, origin: Origin, subnets: NetUids) -> PostInfo:
        """Claim the root dividends of at most five subnets."""
        coldkey = ensure_signed(origin)
        if not 0 < len(subnets) <= SUBNETS_PER_CLAIM_MAX:
            raise InvalidSubnetNumber
        self._staking.root.index_coldkey(coldkey)
        return PostInfo(weight=self.claim(coldkey, frozenset(subnets)))

    @call(index=122, weight=Weight(18_283_000, 3941) + database_weight(reads=2, writes=4))
    def set_root_claim_type(self, origin: Origin, new_root_claim_type: RootClaimType) -> None:
        """Choose whether root dividends are sold for TAO or kept as alpha."""
        coldkey = ensure_signed(origin)
        if isinstance(new_root_claim_type, KeepSubnets) and not new_root_claim_type.subnets:
            raise InvalidSubnetNumber
        self._staking.root.index_coldkey(coldkey)
        self._claims.root_claim_type[coldkey] = new_root_claim_type
        self.deposit_event(RootClaimTypeSet(coldkey=coldkey, root_claim_type=new_root_claim_type))

    @call(index=123, weight=Weight(2_735_000, 0) + database_weight(writes=1))
    def sudo_set_num_root_claims(self, origin: Origin, new_value: U64) -> None:
        """Set how many coldkeys claim automatically in a block. Root only."""
        ensure_root(origin)
        if new_value > CLAIMS_PER_BLOCK_MAX:
            raise InvalidNumRootClaim
        self._claims.num_root_claim = new_value

    @call(index=124, weight=Weight(5_681_000, 0) + database_weight(writes=1))
    def sudo_set_root_claim_threshold(self, origin: Origin, netuid: NetUid, new_value: U64) -> None:
        """Set the smallest claim of a subnet's dividends, in alpha's smallest unit."""
        self._permissions.ensure_owner_or_root(origin, netuid)
        if new_value > THRESHOLD_MAX:
            raise InvalidRootClaimThreshold
        self._claims.root_claimable_threshold[netuid] = i96f32.from_int(new_value)

    def claim(self, coldkey: AccountId, subnets: frozenset[NetUid] | None = None) -> Weight:
        """Pay a coldkey its dividends, of all subnets or some; what that weighed."""
        looked_at = paid = 0
        with self.state.transaction():
            for hotkey in self._storage.accounts.staking_hotkeys[coldkey]:
                looked_at += 1
                claimable = self._claims.root_claimable[hotkey]
                for netuid in sorted(claimable) if claimable else ():
                    if subnets is None or netuid in subnets:
                        self.claim_on_subnet(hotkey, coldkey, netuid)
                        paid += 1
            self.deposit_event(RootClaimed(coldkey=coldkey))
        claims = Weight(_CLAIM.ref_time * paid, _CLAIM.proof_size * paid)
        return database_weight(reads=1 + 3 * looked_at) + claims

    def claim_automatically(self, parent_hash: H256) -> None:
        """Claim for some coldkeys that the last block's hash picks."""
        claims = self._claims
        for number in picked(parent_hash, claims.num_root_claim, claims.num_staking_coldkeys):
            coldkey = claims.staking_coldkeys_by_index[number]
            if coldkey is None:
                continue
            try:
                self.claim(coldkey)
            except (DispatchError, ArithmeticError):
                # One coldkey's claim that cannot be paid must not stop the block.
                continue

    def claim_on_subnet(
        self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, *, small_too: bool = False
    ) -> None:
        """Pay what a coldkey is owed in one subnet, unless it is below the smallest claim."""
        owed = self._staking.root.owed(hotkey, coldkey, netuid)
        if not small_too and owed < self._claims.root_claimable_threshold[netuid]:
            return
        amount = Alpha(i96f32.to_u64_floor(owed))
        if not amount:
            return
        if self._keeps(coldkey, netuid):
            self._staking.grant(hotkey, coldkey, netuid, amount)
        else:
            self._sell(hotkey, coldkey, netuid, amount)
        key = (netuid, hotkey, coldkey)
        self._claims.root_claimed[key] = saturate_u128(self._claims.root_claimed[key] + int(amount))

    def _keeps(self, coldkey: AccountId, netuid: NetUid) -> bool:
        chosen = self._claims.root_claim_type[coldkey]
        if isinstance(chosen, KeepSubnets):
            return netuid in chosen.subnets
        return isinstance(chosen, Keep)

    def _sell(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Sell alpha without fee and stake the TAO on the root."""
        storage, staking = self._storage, self._staking
        with self.state.transaction():
            paid = staking.sell(netuid, amount, drop_fees=True).paid_out
            staking.tao.transfer_from_subnet(netuid, staking.tao.account_of(ROOT), paid)
            sold = storage.emission.subnet_root_sell_tao
            sold[netuid] = Rao(saturate_u64(int(sold[netuid]) + int(paid)))
            staking.record_protocol_flow(netuid, -int(paid))
            staking.grant(hotkey, coldkey, ROOT, Alpha(int(paid)))
            pools, stake = storage.pools, storage.stake
            pools.subnet_tao[ROOT] = Rao(saturate_u64(int(pools.subnet_tao[ROOT]) + int(paid)))
            outside = int(pools.subnet_alpha_out[ROOT]) + int(paid)
            pools.subnet_alpha_out[ROOT] = Alpha(saturate_u64(outside))
            stake.total_stake = Rao(saturate_u64(int(stake.total_stake) + int(paid)))
            staking.root.stake_added(hotkey, coldkey, int(paid))


def picked(parent_hash: H256, count: int, among: int) -> list[int]:
    """
    At most `count` numbers below `among`, ascending, that a block's hash picks: a walk whose steps
    are the hash's four words in turn.
    """
    words = [int.from_bytes(parent_hash[start : start + 8], "big") for start in range(0, 32, 8)]
    numbers: set[int] = set()
    place = words[0]
    for step in range(count):
        place = saturate_u64(place + words[step % 4]) % among if among else 0
        numbers.add(place)
    return sorted(numbers)
