"""What it costs to register a neuron, and how many did."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, identity
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import u16, u64


class Registrations(Pallet, prefix="SubtensorModule"):
    """What it costs to register a neuron, and how many did."""

    burn = StorageMap(
        identity(NetUid),
        value=Rao,
        default=initially(Constants.initial_burn),
        doc="Price of a registration.",
    )
    difficulty = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_difficulty),
        doc="Difficulty of a registration by work.",
    )
    registrations_this_interval = StorageMap(
        identity(NetUid), value=u16, default=0, doc="Registrations in the present interval."
    )
    pow_registrations_this_interval = StorageMap(
        identity(NetUid),
        value=u16,
        default=0,
        doc="Registrations by work in the present interval.",
        name="POWRegistrationsThisInterval",
    )
    burn_registrations_this_interval = StorageMap(
        identity(NetUid),
        value=u16,
        default=0,
        doc="Registrations by price in the present interval.",
    )
    last_adjustment_block = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Block at which the present interval began."
    )
    registrations_this_block = StorageMap(
        identity(NetUid), value=u16, default=0, doc="Registrations in the present block."
    )
    rao_recycled_for_registration = StorageMap(
        identity(NetUid),
        value=Rao,
        default=initially(Constants.initial_rao_recycled_for_registration),
        doc="TAO that registrations recycled.",
        name="RAORecycledForRegistration",
    )
    used_work = StorageMap(
        identity(bytes), value=u64, default=0, doc="Seals that were used, and when."
    )
