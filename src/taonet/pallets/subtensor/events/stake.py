"""
Where TAO and alpha went: stake, locks, leases, root dividends, fees.

Source: names, indices and fields of subtensor pallets/subtensor/src/macros/events.rs @ 14bc6f9.
"""

from taonet.frame.pallet import Event
from taonet.pallets.subtensor.types import MechanismIndex, RootClaimType
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import U32, U64


class StakeAdded(Event, index=2):
    """A coldkey staked TAO on a hotkey and got alpha: coldkey, hotkey, TAO, alpha, subnet, fee."""

    _0: AccountId
    _1: AccountId
    _2: Rao
    _3: Alpha
    _4: NetUid
    _5: U64


class StakeRemoved(Event, index=3):
    """A coldkey took stake from a hotkey: coldkey, hotkey, TAO, alpha, subnet, fee."""

    _0: AccountId
    _1: AccountId
    _2: Rao
    _3: Alpha
    _4: NetUid
    _5: U64


class StakeMoved(Event, index=4):
    """Stake moved from one hotkey and subnet to another: coldkey, both of each, amount in TAO."""

    _0: AccountId
    _1: AccountId
    _2: NetUid
    _3: AccountId
    _4: NetUid
    _5: Rao


class Faucet(Event, index=56):
    """The faucet gave an account TAO."""

    _0: AccountId
    _1: U64


class StakeTransferred(Event, index=91):
    """Stake went to another coldkey: both coldkeys, hotkey, both subnets, amount in TAO."""

    _0: AccountId
    _1: AccountId
    _2: AccountId
    _3: NetUid
    _4: NetUid
    _5: Rao


class StakeSwapped(Event, index=92):
    """Stake went to another subnet: coldkey, hotkey, both subnets, amount in TAO."""

    _0: AccountId
    _1: AccountId
    _2: NetUid
    _3: NetUid
    _4: Rao


class AlphaRecycled(Event, index=96):
    """Alpha was recycled, as if it had never been issued: coldkey, hotkey, amount, subnet."""

    _0: AccountId
    _1: AccountId
    _2: Alpha
    _3: NetUid


class AlphaBurned(Event, index=97):
    """Alpha was burned; it still counts as issued: coldkey, hotkey, amount, subnet."""

    _0: AccountId
    _1: AccountId
    _2: Alpha
    _3: NetUid


class SubnetLeaseCreated(Event, index=103):
    """A subnet was leased."""

    beneficiary: AccountId
    lease_id: U32
    netuid: NetUid
    end_block: U32 | None


class SubnetLeaseTerminated(Event, index=104):
    """A subnet's lease ended."""

    beneficiary: AccountId
    netuid: NetUid


class AutoStakeAdded(Event, index=109):
    """A miner's reward was staked on its owner's chosen hotkey."""

    netuid: NetUid
    destination: AccountId
    hotkey: AccountId
    owner: AccountId
    incentive: Alpha


class IncentiveAlphaEmittedToMiners(Event, index=110):
    """What each neuron earned as a miner in this epoch, by uid."""

    netuid: MechanismIndex
    emissions: tuple[Alpha, ...]


class RootClaimed(Event, index=114):
    """A coldkey claimed its root dividends."""

    coldkey: AccountId


class RootClaimTypeSet(Event, index=115):
    """A coldkey chose how its root dividends are paid."""

    coldkey: AccountId
    root_claim_type: RootClaimType


class SubnetLeaseDividendsDistributed(Event, index=120):
    """A lease paid a contributor its share."""

    lease_id: U32
    contributor: AccountId
    alpha: Alpha


class AddStakeBurn(Event, index=121):
    """Alpha was bought and burned."""

    netuid: NetUid
    hotkey: AccountId
    amount: Rao
    alpha: Alpha


class TransactionFeePaidWithAlpha(Event, index=123):
    """A transaction fee was paid in alpha, which was sold for this much TAO."""

    who: AccountId
    netuid: NetUid
    alpha_fee: Alpha
    tao_amount: Rao


class StakeLocked(Event, index=127):
    """Stake was locked to a hotkey."""

    coldkey: AccountId
    hotkey: AccountId
    netuid: NetUid
    amount: Alpha


class StakeUnlocked(Event, index=128):
    """Locked stake was unlocked."""

    coldkey: AccountId
    hotkey: AccountId
    netuid: NetUid
    amount: Alpha


class LockMoved(Event, index=129):
    """A lock moved to another hotkey."""

    coldkey: AccountId
    origin_hotkey: AccountId
    destination_hotkey: AccountId
    netuid: NetUid


class PerpetualLockUpdated(Event, index=135):
    """A coldkey chose whether its lock lasts or decays."""

    coldkey: AccountId
    netuid: NetUid
    enabled: bool
