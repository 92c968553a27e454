"""
TransactionPayment: what a transaction costs, and who gets it.

A fee is the length at one rao a byte, plus half a rao for each thousand picoseconds that the call
and the extrinsic itself weigh, plus a tip. It is taken before dispatch for what the call may cost,
and what it did not cost after all is given back; the block's author gets the rest.

Source: polkadot-sdk substrate/frame/transaction-payment; subtensor
pallets/transaction-fee/src/lib.rs and runtime/src/transaction_payment_wrapper.rs @ 14bc6f9.
"""

from functools import lru_cache

from taonet.frame.call import DispatchInfo
from taonet.frame.pallet import Constant, Event, Pallet
from taonet.frame.state import State
from taonet.frame.storage import StorageValue
from taonet.frame.weight import Pays, Weight
from taonet.pallets.balances import Balances
from taonet.pallets.block_limits import BASE_EXTRINSIC, BLOCK_WEIGHTS
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U128, CLike, Struct, c_like, u8

MULTIPLIER_ONE = 10**18

FEE_PARTS_PER_BILLION = 500_000
"""Rao for a picosecond of weight, in parts of a billion."""


class FixedU128(Struct, path="sp_arithmetic::fixed_point::FixedU128"):
    """A decimal number with 18 places."""

    _0: U128


FEES_REMEMBERED = 1 << 12
"""More weights than there are calls of a fixed one."""


@c_like("pallet_transaction_payment::Releases")
class Releases(CLike):
    """The layout of this pallet's storage."""

    V1_ANCIENT = 0
    V2 = 1


class TransactionFeePaid(Event, index=0):
    """A transaction fee `actual_fee`, of which `tip` was added to the minimum inclusion fee, has
    been paid by `who`."""

    who: AccountId
    actual_fee: Rao
    tip: Rao


class InclusionFee(Struct, path="pallet_transaction_payment::types::InclusionFee"):
    """The parts of a fee that are not a tip, in rao."""

    base_fee: Rao
    len_fee: Rao
    adjusted_weight_fee: Rao


class FeeDetails(Struct, path="pallet_transaction_payment::types::FeeDetails"):
    """A fee in its parts; None is a call that pays none."""

    inclusion_fee: InclusionFee | None
    tip: Rao


def weight_to_fee(weight: Weight) -> Rao:
    """The fee of a weight, capped by a block's: rounded as Perbill rounds, to the nearest."""
    return Rao(_fee_of_ref_time(weight.ref_time))


@lru_cache(maxsize=FEES_REMEMBERED)
def _fee_of_ref_time(ref_time: int) -> int:
    ref_time = min(ref_time, BLOCK_WEIGHTS.max_block.ref_time)
    whole, rest = divmod(ref_time * FEE_PARTS_PER_BILLION, 10**9)
    return whole + (rest > 500_000_000)


def length_to_fee(length: int) -> Rao:
    """The fee of an extrinsic's bytes: a rao each."""
    return Rao(length)


def fee_details(length: int, info: DispatchInfo) -> FeeDetails:
    """The parts of the fee, without a tip, of an extrinsic whose call costs `info`."""
    if info.pays_fee is Pays.NO:
        return FeeDetails(None, Rao(0))
    base = weight_to_fee(BASE_EXTRINSIC)
    fee = InclusionFee(base, length_to_fee(length), weight_to_fee(info.weight))
    return FeeDetails(fee, Rao(0))


_BASE_FEE = int(weight_to_fee(BASE_EXTRINSIC))


def fee_of(length: int, info: DispatchInfo, tip: Rao) -> Rao:
    """The whole fee, in rao."""
    if info.pays_fee is Pays.NO:
        return tip
    return Rao(_BASE_FEE + length + _fee_of_ref_time(info.weight.ref_time) + int(tip))


class TransactionPayment(Pallet, prefix="TransactionPayment"):
    events = (TransactionFeePaid,)

    operational_fee_multiplier = Constant(
        u8, 5, doc="How much an operational call's fee raises its priority."
    )

    next_fee_multiplier = StorageValue(
        FixedU128, default=FixedU128(MULTIPLIER_ONE), doc="What weight fees are multiplied by: one."
    )
    storage_version = StorageValue(
        Releases, default=Releases.V1_ANCIENT, doc="The layout of this pallet's storage."
    )

    def __init__(self, state: State, balances: Balances) -> None:
        super().__init__(state)
        self.balances = balances

    def settle(self, who: AccountId, charged: Rao, actual: Rao, author: AccountId | None) -> None:
        """Give back what was charged too much, unless the payer is gone, and pay the author."""
        refund, kept, balances = int(charged) - int(actual), charged, self.balances
        if refund > 0 and int(balances.total(who)) and balances.resolve(who, Rao(refund)):
            kept = actual
        if int(kept) and (author is None or not balances.resolve(author, kept)):
            balances.retire(kept)
