"""What the last epoch said of each neuron, by uid."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, identity
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import boolean, packed, triple, u16, u64, vec


class Scores(Pallet, prefix="SubtensorModule"):
    """What the last epoch said of each neuron, by uid."""

    stake_weight = StorageMap(
        identity(NetUid),
        value=packed(u16),
        default=b"",
        doc="Stake as the epoch weighs it; unused.",
    )
    active = StorageMap(
        identity(NetUid),
        value=packed(boolean),
        default=b"",
        doc="Whether the neuron set weights lately.",
    )
    consensus = StorageMap(
        identity(NetUid),
        value=packed(u16),
        default=b"",
        doc="Weight that a majority of stake supports.",
    )
    incentive = StorageMap(
        identity(MechanismIndex),
        value=packed(u16),
        default=b"",
        doc="Share of the miners' emission.",
    )
    dividends = StorageMap(
        identity(NetUid), value=packed(u16), default=b"", doc="Share of the validators' emission."
    )
    emission = StorageMap(
        identity(NetUid), value=packed(u64), default=b"", doc="Alpha earned in the last epoch."
    )
    last_update = StorageMap(
        identity(MechanismIndex),
        value=packed(u64),
        default=b"",
        doc="Block at which the neuron last set or committed weights.",
    )
    validator_trust = StorageMap(
        identity(NetUid),
        value=packed(u16),
        default=b"",
        doc="How much of the neuron's weights were within consensus.",
    )
    validator_permit = StorageMap(
        identity(NetUid),
        value=packed(boolean),
        default=b"",
        doc="Whether the neuron may weigh others.",
    )
    loaded_emission = OptionMap(
        identity(NetUid),
        value=vec(triple(AccountId, u64, u64)),
        doc="Emission by hotkey, to miners and to validators; unused.",
    )
