"""What AdminUtils reports. Source: subtensor pallets/admin-utils/src/lib.rs @ 14bc6f9."""

import sys
from typing import Annotated

from taonet.frame.pallet import Event, declared_events
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import NetUid
from taonet.scale.types import U16, CLike, c_like, u64f64


@c_like("pallet_admin_utils::pallet::PrecompileEnum")
class PrecompileEnum(CLike):
    """A precompile of the EVM."""

    BALANCE_TRANSFER = 0
    STAKING = 1
    SUBNET = 2
    METAGRAPH = 3
    NEURON = 4
    UID_LOOKUP = 5
    ALPHA = 6
    CROWDLOAN = 7
    PROXY = 8
    LEASING = 9
    ADDRESS_MAPPING = 10
    VOTING_POWER = 11


class PrecompileUpdated(Event, index=0):
    """A precompile of the EVM was enabled or disabled."""

    precompile_id: PrecompileEnum
    enabled: bool


class Yuma3EnableToggled(Event, index=1):
    """The third version of Yuma was enabled or disabled in a subnet."""

    netuid: NetUid
    enabled: bool


class BondsResetToggled(Event, index=2):
    """Resets of bonds were enabled or disabled in a subnet."""

    netuid: NetUid
    enabled: bool


class BurnHalfLifeSet(Event, index=3):
    """The half-life of a subnet's registration price was set, in blocks."""

    netuid: NetUid
    burn_half_life: U16


class BurnIncreaseMultSet(Event, index=4):
    """The factor by which a registration raises a subnet's price was set."""

    netuid: NetUid
    burn_increase_mult: Annotated[U64F64, u64f64]


class SubnetEmissionEnabledSet(Event, index=5):
    """A subnet's pool does, or does not, receive emission from now on."""

    netuid: NetUid
    enabled: bool


EVENTS = declared_events(sys.modules[__name__])
