"""
What happened to networks and their neurons: creation, start, epochs, owners.

Source: names, indices and fields of subtensor pallets/subtensor/src/macros/events.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_outcome import DispatchResult
from taonet.frame.pallet import Event
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.scale.types import U16, U32, U64


class NetworkAdded(Event, index=0):
    """A network was added, with its mechanism."""

    _0: NetUid
    _1: U16


class NetworkRemoved(Event, index=1):
    """A network was removed."""

    _0: NetUid


class NeuronRegistered(Event, index=6):
    """A neuron was registered."""

    _0: NetUid
    _1: Uid
    _2: AccountId


class BulkNeuronsRegistered(Event, index=7):
    """Several neurons were registered at once."""

    _0: U16
    _1: U16


class BulkBalancesSet(Event, index=8):
    """Several balances were set at once; unused."""

    _0: U16
    _1: U16


class Sudid(Event, index=49):
    """A sudo call was made."""

    _0: DispatchResult


class SubnetIdentitySet(Event, index=78):
    """A subnet's identity was set."""

    _0: NetUid


class SubnetIdentityRemoved(Event, index=79):
    """A subnet's identity was removed."""

    _0: NetUid


class DissolveNetworkScheduled(Event, index=80):
    """A network will be dissolved."""

    account: AccountId
    netuid: NetUid
    execution_block: U32


class SubnetOwnerHotkeySet(Event, index=94):
    """A subnet's owner hotkey was set."""

    _0: NetUid
    _1: AccountId


class FirstEmissionBlockNumberSet(Event, index=95):
    """A subnet was started; its emission begins at this block."""

    _0: NetUid
    _1: U64


class SymbolUpdated(Event, index=105):
    """A subnet's token symbol was changed."""

    netuid: NetUid
    symbol: bytes


class VotingPowerTrackingEnabled(Event, index=116):
    """Voting power is tracked in a subnet."""

    netuid: NetUid


class VotingPowerTrackingDisableScheduled(Event, index=117):
    """Voting power will no longer be tracked in a subnet from a block on."""

    netuid: NetUid
    disable_at_block: U64


class VotingPowerTrackingDisabled(Event, index=118):
    """Voting power is no longer tracked in a subnet; its entries are gone."""

    netuid: NetUid


class EpochTriggered(Event, index=131):
    """A subnet's owner asked for an epoch, at this block or later."""

    netuid: NetUid
    by: AccountId
    fires_at: U64


class EpochDeferred(Event, index=132):
    """An epoch was put off to the next block, since this one had enough of them."""

    netuid: NetUid
    from_block: U64
    to_block: U64


class EpochSkipped(Event, index=133):
    """A due epoch was skipped, since the subnet's state was inconsistent."""

    netuid: NetUid
    block: U64


class SubnetOwnerChanged(Event, index=134):
    """A subnet has a new owner by conviction."""

    netuid: NetUid
    old_coldkey: AccountId
    new_coldkey: AccountId
