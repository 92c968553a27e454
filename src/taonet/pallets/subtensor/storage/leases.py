"""Subnets that the contributors of a crowdloan own together."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, identity, twox_64_concat
from taonet.pallets.subtensor.types import SubnetLease
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid
from taonet.scale.types import u32, u64f64


class Leases(Pallet, prefix="SubtensorModule"):
    """Subnets that the contributors of a crowdloan own together."""

    subnet_leases = OptionMap(twox_64_concat(u32), value=SubnetLease, doc="Leases by number.")
    subnet_lease_shares = StorageMap(
        twox_64_concat(u32),
        identity(AccountId),
        value=u64f64,
        default=U64F64(0),
        doc="Share of a contributor in a lease.",
    )
    subnet_uid_to_lease_id = OptionMap(twox_64_concat(NetUid), value=u32, doc="Lease of a subnet.")
    next_subnet_lease_id = StorageValue(u32, default=0, doc="Number of the next lease.")
    accumulated_lease_dividends = StorageMap(
        twox_64_concat(u32),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha of a lease that waits to be distributed.",
    )
