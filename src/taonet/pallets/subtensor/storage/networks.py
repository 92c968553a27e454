"""Which subnets there are, whose they are, and what they are called."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import (
    OptionMap,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    identity,
    twox_64_concat,
)
from taonet.pallets.subtensor.types import SubnetIdentityV3
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid, Rao
from taonet.scale.types import u16, u64, vec

ZERO = AccountId.zero()


class Networks(Pallet, prefix="SubtensorModule"):
    """Which subnets there are, whose they are, and what they are called."""

    total_networks = StorageValue(u16, default=0, doc="How many networks there are, root included.")
    networks_added = StorageMap(
        identity(NetUid), value=bool, default=False, doc="Whether the network exists."
    )
    subnet_mechanism = StorageMap(
        identity(NetUid),
        value=u16,
        default=0,
        doc="1 if the subnet has a token with a price of its own, 0 if it is stable.",
    )
    subnetwork_n = StorageMap(
        identity(NetUid), value=u16, default=0, doc="How many neurons there are."
    )
    network_registered_at = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Block at which the network was created."
    )
    registered_subnet_counter = StorageMap(
        identity(NetUid),
        value=u64,
        default=0,
        doc="How often a network of this number was created.",
    )
    subnet_owner = StorageMap(
        identity(NetUid), value=AccountId, default=ZERO, doc="Coldkey that owns the subnet."
    )
    subnet_owner_hotkey = StorageMap(
        identity(NetUid), value=AccountId, default=ZERO, doc="Hotkey of the owner."
    )
    token_symbol = StorageMap(
        identity(NetUid),
        value=bytes,
        default="𝜏".encode(),
        doc="Symbol of the subnet's token, in UTF-8.",
    )
    subnet_identities_v3 = OptionMap(
        blake2_128_concat(NetUid), value=SubnetIdentityV3, doc="What the subnet says about itself."
    )
    subnet_locked = StorageMap(
        identity(NetUid), value=Rao, default=Rao(0), doc="What the owner paid for the subnet."
    )
    largest_locked = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Largest price ever paid for the subnet."
    )
    subtoken_enabled = StorageMap(
        identity(NetUid), value=bool, default=False, doc="Whether the subnet's token is traded."
    )
    first_emission_block_number = OptionMap(
        identity(NetUid), value=u64, doc="Block from which the subnet receives emission."
    )
    mechanism_count_current = StorageMap(
        twox_64_concat(NetUid),
        value=MechId,
        default=MechId(1),
        doc="How many mechanisms the subnet has.",
    )
    mechanism_emission_split = OptionMap(
        twox_64_concat(NetUid),
        value=vec(u16),
        doc="Share of each mechanism in the miners' emission, over their sum.",
    )
