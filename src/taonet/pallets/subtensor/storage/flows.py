"""How much TAO flows into each subnet, which its share of the emission follows."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, identity
from taonet.primitives.fixed_point import I64F64, U64F64
from taonet.primitives.units import NetUid
from taonet.scale.types import i64, i64f64, pair, u64, u64f64


class Flows(Pallet, prefix="SubtensorModule"):
    """How much TAO flows into each subnet, which its share of the emission follows."""

    subnet_tao_flow = StorageMap(
        identity(NetUid),
        value=i64,
        default=0,
        doc="TAO that stakers brought less what they took since the last block.",
    )
    subnet_ema_tao_flow = OptionMap(
        identity(NetUid),
        value=pair(u64, i64f64),
        doc="Moving average of the stakers' flow and its block.",
    )
    subnet_protocol_flow = StorageMap(
        identity(NetUid),
        value=i64,
        default=0,
        doc="TAO that the protocol brought less what it took since the last block.",
    )
    subnet_ema_protocol_flow = OptionMap(
        identity(NetUid),
        value=pair(u64, i64f64),
        doc="Moving average of the protocol's flow and its block.",
    )
    net_tao_flow_enabled = StorageValue(
        bool, default=True, doc="Whether shares follow stakers' flow less the protocol's."
    )
    tao_flow_cutoff = StorageValue(
        i64f64, default=I64F64(0), doc="Flow below which a subnet has no share."
    )
    flow_norm_exponent = StorageValue(
        u64f64, default=U64F64(1 << 64), doc="Power to which flows are raised."
    )
    flow_ema_smoothing_factor = StorageValue(
        u64,
        default=29_597_889_189_277,
        doc="Weight of a new block in the moving averages, over 2**63 - 1.",
    )
