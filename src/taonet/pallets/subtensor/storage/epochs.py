"""When each subnet's epochs ran and are due."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, identity
from taonet.primitives.units import NetUid
from taonet.scale.types import u64


class Epochs(Pallet, prefix="SubtensorModule"):
    """When each subnet's epochs ran and are due."""

    last_epoch_block = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Block of the last epoch, run or skipped."
    )
    pending_epoch_at = StorageMap(
        identity(NetUid),
        value=u64,
        default=0,
        doc="Block at which an epoch is due out of turn; 0 if none is.",
    )
    subnet_epoch_index = StorageMap(
        identity(NetUid), value=u64, default=0, doc="How many epochs there have been."
    )
    blocks_since_last_step = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Blocks since the last epoch."
    )
    last_mechansim_step_block = StorageMap(
        identity(NetUid), value=u64, default=0, doc="Block of the last epoch that ran."
    )
