"""`payment_*`: what an extrinsic would cost, from the runtime's own answer."""

from collections.abc import Mapping
from typing import Any

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import BlockHash, Extrinsic
from taonet.node.rpc.state import call_runtime
from taonet.scale.codec import codec
from taonet.scale.types import U8, U64, CompactU64, Struct

CLASSES = ("normal", "operational", "mandatory")


class _Weight(Struct, path="sp_weights::weight_v2::Weight"):
    ref_time: CompactU64
    proof_size: CompactU64


class _DispatchInfo(Struct, path="pallet_transaction_payment::types::RuntimeDispatchInfo"):
    weight: _Weight
    class_: U8
    partial_fee: U64


class _InclusionFee(Struct, path="pallet_transaction_payment::types::InclusionFee"):
    base_fee: U64
    len_fee: U64
    adjusted_weight_fee: U64


class _FeeDetails(Struct, path="pallet_transaction_payment::types::FeeDetails"):
    inclusion_fee: _InclusionFee | None
    tip: U64


class PaymentMethods:
    """Fees in rao; the signature is not verified."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("payment_queryInfo")
    def query_info(self, encoded_xt: Extrinsic, at: BlockHash | None = None) -> Mapping[str, Any]:
        """Weight, class and fee without tip."""
        info = codec(_DispatchInfo).decode(self._ask("query_info", encoded_xt, at))
        return {
            "weight": {"ref_time": info.weight.ref_time, "proof_size": info.weight.proof_size},
            "class": CLASSES[info.class_],
            "partialFee": str(info.partial_fee),
        }

    @method("payment_queryFeeDetails")
    def query_fee_details(
        self, encoded_xt: Extrinsic, at: BlockHash | None = None
    ) -> Mapping[str, Any]:
        """The parts of the fee; null where none is taken."""
        details = codec(_FeeDetails).decode(self._ask("query_fee_details", encoded_xt, at))
        fee = details.inclusion_fee
        parts = fee and {
            "baseFee": hex(fee.base_fee),
            "lenFee": hex(fee.len_fee),
            "adjustedWeightFee": hex(fee.adjusted_weight_fee),
        }
        return {"inclusionFee": parts}

    def _ask(self, name: str, extrinsic: bytes, at: bytes | None) -> bytes:
        arguments = extrinsic + len(extrinsic).to_bytes(4, "little")
        api = f"TransactionPaymentApi_{name}"
        return call_runtime(self._backend, at or self._backend.best(), api, arguments)
