"""
What coldkeys and hotkeys did to themselves: endpoints, takes, children, identities, swaps.

Source: names, indices and fields of subtensor pallets/subtensor/src/macros/events.rs @ 14bc6f9.
"""

from taonet.frame.pallet import Event
from taonet.pallets.subtensor.types import H160, Children
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import U16, U64


class AxonServed(Event, index=28):
    """A neuron announced its axon."""

    _0: NetUid
    _1: AccountId


class PrometheusServed(Event, index=29):
    """A neuron announced its prometheus endpoint."""

    _0: NetUid
    _1: AccountId


class DelegateAdded(Event, index=30):
    """A hotkey became a delegate: coldkey, hotkey, take."""

    _0: AccountId
    _1: AccountId
    _2: U16


class ChildKeyTakeSet(Event, index=48):
    """A hotkey's childkey take was set."""

    _0: AccountId
    _1: U16


class TakeDecreased(Event, index=64):
    """A delegate decreased its take: coldkey, hotkey, take."""

    _0: AccountId
    _1: AccountId
    _2: U16


class TakeIncreased(Event, index=65):
    """A delegate increased its take: coldkey, hotkey, take."""

    _0: AccountId
    _1: AccountId
    _2: U16


class HotkeySwapped(Event, index=66):
    """A hotkey was swapped on every subnet."""

    coldkey: AccountId
    old_hotkey: AccountId
    new_hotkey: AccountId


class ColdkeySwapAnnounced(Event, index=69):
    """A coldkey announced that it will be swapped."""

    who: AccountId
    new_coldkey_hash: H256


class ColdkeySwapReset(Event, index=70):
    """An announced coldkey swap was reset."""

    who: AccountId


class ColdkeySwapped(Event, index=71):
    """A coldkey was swapped."""

    old_coldkey: AccountId
    new_coldkey: AccountId


class ColdkeySwapDisputed(Event, index=72):
    """A coldkey's swap was disputed."""

    coldkey: AccountId


class AllBalanceUnstakedAndTransferredToNewColdkey(Event, index=73):
    """A coldkey's whole stake and balance went to a new coldkey."""

    current_coldkey: AccountId
    new_coldkey: AccountId
    total_balance: Rao


class ArbitrationPeriodExtended(Event, index=74):
    """The arbitration period of a coldkey was extended."""

    coldkey: AccountId


class SetChildrenScheduled(Event, index=75):
    """A hotkey's children will be set: hotkey, subnet, block, children."""

    _0: AccountId
    _1: NetUid
    _2: U64
    _3: Children


class SetChildren(Event, index=76):
    """A hotkey's children were set."""

    _0: AccountId
    _1: NetUid
    _2: Children


class ChainIdentitySet(Event, index=77):
    """A coldkey's identity was set."""

    _0: AccountId


class EvmKeyAssociated(Event, index=98):
    """An EVM key was associated with a hotkey."""

    netuid: NetUid
    hotkey: AccountId
    evm_key: H160
    block_associated: U64


class HotkeySwappedOnSubnet(Event, index=102):
    """A hotkey was swapped on one subnet."""

    coldkey: AccountId
    old_hotkey: AccountId
    new_hotkey: AccountId
    netuid: NetUid


class AutoStakeDestinationSet(Event, index=112):
    """A coldkey chose the hotkey that its rewards are staked on."""

    coldkey: AccountId
    netuid: NetUid
    hotkey: AccountId


class ColdkeySwapCleared(Event, index=122):
    """A coldkey withdrew the announcement of its swap."""

    who: AccountId


class AutoParentDelegationEnabledSet(Event, index=126):
    """A root validator allowed or disallowed automatic parent delegation."""

    hotkey: AccountId
    enabled: bool


class RejectLockedAlphaUpdated(Event, index=136):
    """A coldkey chose whether it rejects locked alpha."""

    coldkey: AccountId
    enabled: bool
