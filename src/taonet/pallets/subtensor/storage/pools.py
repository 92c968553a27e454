"""The pools in which each subnet's alpha is traded, and their prices."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, StorageValue, identity
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import i96f32, u128


class Pools(Pallet, prefix="SubtensorModule"):
    """The pools in which each subnet's alpha is traded, and their prices."""

    subnet_tao = StorageMap(
        identity(NetUid), value=Rao, default=Rao(0), doc="TAO in the pool.", name="SubnetTAO"
    )
    subnet_alpha_in = StorageMap(
        identity(NetUid), value=Alpha, default=Alpha(0), doc="Alpha in the pool."
    )
    subnet_alpha_out = StorageMap(
        identity(NetUid), value=Alpha, default=Alpha(0), doc="Alpha outside of the pool."
    )
    subnet_protocol_alpha = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha that the protocol bought and holds.",
    )
    subnet_volume = StorageMap(
        identity(NetUid), value=u128, default=0, doc="TAO traded since the subnet began."
    )
    subnet_moving_alpha = StorageValue(
        i96f32, default=I96F32(12_885), doc="Rate at which moving prices follow prices."
    )
    subnet_moving_price = StorageMap(
        identity(NetUid),
        value=i96f32,
        default=I96F32(0),
        doc="Moving price of the subnet's alpha in TAO.",
    )
