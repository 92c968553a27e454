"""The types of Balances' storage, calls and events."""

import enum
from typing import Annotated

from taonet.primitives.units import Rao
from taonet.scale.types import CLike, Struct, TaggedUnion, byte_array, c_like


class Preservation(enum.Enum):
    """What taking money out of an account may do to the account."""

    EXPENDABLE = "expendable"
    """The account may be killed."""
    PROTECT = "protect"
    """The account may not be killed by this; another provider may keep it."""
    PRESERVE = "preserve"
    """The existential deposit stays."""


@c_like("pallet_balances::types::AdjustmentDirection")
class AdjustmentDirection(CLike):
    """Whether the issuance is raised or lowered."""

    INCREASE = 0
    DECREASE = 1


@c_like("frame_support::traits::tokens::misc::BalanceStatus")
class BalanceStatus(CLike):
    """Where moved reserves go."""

    FREE = 0
    RESERVED = 1


@c_like("pallet_balances::types::Reasons")
class Reasons(CLike):
    """What a lock keeps a balance from."""

    FEE = 0
    MISC = 1
    ALL = 2


class BalanceLock(Struct, path="pallet_balances::types::BalanceLock"):
    """A floor under an account's balance, by an identifier."""

    id: Annotated[bytes, byte_array(8)]
    amount: Rao
    reasons: Reasons


class ReserveData(Struct, path="pallet_balances::types::ReserveData"):
    """A reserve by a name."""

    id: Annotated[bytes, byte_array(8)]
    amount: Rao


class RuntimeHoldReason(TaggedUnion, path="node_subtensor_runtime::RuntimeHoldReason"):
    """Which pallet holds a balance, and why."""


@c_like("pallet_preimage::pallet::HoldReason")
class PreimageHoldReason(CLike):
    """Why the pallet Preimage holds a balance."""

    PREIMAGE = 0


@c_like("pallet_safe_mode::pallet::HoldReason")
class SafeModeHoldReason(CLike):
    """Why the pallet SafeMode holds a balance."""

    ENTER_OR_EXTEND = 0


class PreimageHold(RuntimeHoldReason, index=14, name="Preimage"):
    """For bytes that are stored."""

    _0: PreimageHoldReason


class SafeModeHold(RuntimeHoldReason, index=20, name="SafeMode"):
    """For entering or extending the safe mode."""

    _0: SafeModeHoldReason


class RuntimeFreezeReason(TaggedUnion, path="node_subtensor_runtime::RuntimeFreezeReason"):
    """Which pallet freezes a balance; none of this runtime's does."""


class IdAmountHold(
    Struct,
    path="frame_support::traits::tokens::misc::IdAmount",
    parameters={"Id": RuntimeHoldReason, "Balance": Rao},
):
    """A hold."""

    id: RuntimeHoldReason
    amount: Rao


class IdAmountFreeze(
    Struct,
    path="frame_support::traits::tokens::misc::IdAmount",
    parameters={"Id": RuntimeFreezeReason, "Balance": Rao},
):
    """A freeze."""

    id: RuntimeFreezeReason
    amount: Rao
