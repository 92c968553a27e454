"""
Runtime APIs of any Substrate chain: version, nonces, fees, authorities, validity.

What a node's own machinery calls on the real chain (building blocks, off-chain workers, session
keys) is left out, or answers that there is nothing.
"""

from typing import Annotated

from taonet.frame.call import EXTRINSIC, RuntimeCall
from taonet.frame.runtime_api import RuntimeApi, api
from taonet.frame.weight import DispatchClass, Weight
from taonet.pallets.aura import AuraId, slot_duration_ms
from taonet.pallets.grandpa import Authorities, GrandpaId
from taonet.pallets.transaction_payment import (
    FeeDetails,
    fee_details,
    fee_of,
    length_to_fee,
    weight_to_fee,
)
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.runtime.executive import Executive
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid, TransactionUnknown
from taonet.runtime.version import RuntimeVersion
from taonet.scale.codec import encode_compact
from taonet.scale.types import U8, U32, U64, CLike, Struct, TaggedUnion, byte_array, c_like, vec


class UncheckedExtrinsic(Struct, path="fp_self_contained::unchecked_extrinsic::UncheckedExtrinsic"):
    """An extrinsic, or an Ethereum transaction."""

    _0: Annotated[bytes, EXTRINSIC]


class RuntimeDispatchInfo(Struct, path="pallet_transaction_payment::types::RuntimeDispatchInfo"):
    """What an extrinsic may cost; the fee is without a tip."""

    weight: Weight
    class_: DispatchClass
    partial_fee: Rao


class SlotDuration(Struct, path="sp_consensus_slots::SlotDuration"):
    """Milliseconds between slots."""

    _0: U64


@c_like("sp_runtime::transaction_validity::TransactionSource")
class TransactionSource(CLike):
    """Where a transaction came from."""

    IN_BLOCK = 0
    LOCAL = 1
    EXTERNAL = 2


class WireValidity(Struct, path="sp_runtime::transaction_validity::ValidTransaction"):
    """How the pool may order a transaction."""

    priority: U64
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    longevity: U64
    propagate: bool


class InvalidTransaction(TaggedUnion, path="sp_runtime::transaction_validity::InvalidTransaction"):
    """Why a transaction may not stand in a block."""


class InvalidCall(InvalidTransaction, index=0, name="Call"):
    """The call is not expected."""


class InvalidPayment(InvalidTransaction, index=1, name="Payment"):
    """The fee cannot be paid."""


class InvalidFuture(InvalidTransaction, index=2, name="Future"):
    """The nonce is ahead of the account's."""


class InvalidStale(InvalidTransaction, index=3, name="Stale"):
    """The nonce was used."""


class InvalidBadProof(InvalidTransaction, index=4, name="BadProof"):
    """The signature does not fit."""


class InvalidAncientBirthBlock(InvalidTransaction, index=5, name="AncientBirthBlock"):
    """The birth block is forgotten."""


class InvalidExhaustsResources(InvalidTransaction, index=6, name="ExhaustsResources"):
    """The block has no room."""


class InvalidCustom(InvalidTransaction, index=7, name="Custom"):
    """A guard's own code."""

    _0: U8


class InvalidBadMandatory(InvalidTransaction, index=8, name="BadMandatory"):
    """An inherent that failed."""


class InvalidMandatoryValidation(InvalidTransaction, index=9, name="MandatoryValidation"):
    """An inherent outside of a block."""


class InvalidBadSigner(InvalidTransaction, index=10, name="BadSigner"):
    """The signer may not."""


class InvalidIndeterminateImplicit(InvalidTransaction, index=11, name="IndeterminateImplicit"):
    """What was signed cannot be computed."""


class InvalidUnknownOrigin(InvalidTransaction, index=12, name="UnknownOrigin"):
    """No extension authorized an origin."""


class UnknownTransaction(TaggedUnion, path="sp_runtime::transaction_validity::UnknownTransaction"):
    """Why a transaction cannot be judged."""


class UnknownCannotLookup(UnknownTransaction, index=0, name="CannotLookup"):
    """The signer cannot be looked up."""


class UnknownNoUnsignedValidator(UnknownTransaction, index=1, name="NoUnsignedValidator"):
    """No pallet judges it."""


class UnknownCustom(UnknownTransaction, index=2, name="Custom"):
    """A code of the chain's own."""

    _0: U8


class TransactionValidityError(
    TaggedUnion, path="sp_runtime::transaction_validity::TransactionValidityError"
):
    """Why a transaction is refused."""


class ValidityInvalid(TransactionValidityError, index=0, name="Invalid"):
    """It is invalid."""

    _0: InvalidTransaction


class ValidityUnknown(TransactionValidityError, index=1, name="Unknown"):
    """Nobody can say."""

    _0: UnknownTransaction


class Validity(
    TaggedUnion,
    path="Result",
    parameters={"T": WireValidity, "E": TransactionValidityError},
):
    """Whether a transaction may stand in the next block."""


class Valid(Validity, index=0, name="Ok"):
    """It may."""

    _0: WireValidity


class NotValid(Validity, index=1, name="Err"):
    """It may not."""

    _0: TransactionValidityError


class KeyTypeId(Struct, path="sp_core::crypto::KeyTypeId"):
    """Four letters that say what a session key is for."""

    _0: Annotated[bytes, byte_array(4)]


def _extrinsic(runtime: Runtime, unchecked: UncheckedExtrinsic) -> Extrinsic:
    body = unchecked._0
    return decode_extrinsic(runtime.codecs, encode_compact(len(body)) + body)


def _wire_error(error: TransactionInvalid) -> TransactionValidityError:
    if isinstance(error, TransactionUnknown):
        return ValidityUnknown(UnknownNoUnsignedValidator())
    if error.code is Invalid.CUSTOM:
        assert error.custom is not None
        return ValidityInvalid(InvalidCustom(error.custom))
    return ValidityInvalid(InvalidTransaction.scale_variants[error.code]())


class Core(RuntimeApi[Runtime], version=5):
    """What every runtime answers."""

    @api
    def version_(self) -> RuntimeVersion:
        """The version of this runtime."""
        # The version counts the list of all APIs, of which this is one.
        from taonet.runtime.composition import VERSION

        return VERSION


class TaggedTransactionQueue(RuntimeApi[Runtime], version=3):
    """What the pool asks."""

    @api
    def validate_transaction(
        self,
        source: TransactionSource,  # noqa: ARG002
        tx: UncheckedExtrinsic,
        block_hash: H256,
    ) -> Validity:
        """Whether a block on top of this one may hold the transaction."""
        try:
            valid = Executive(self.runtime).validate_transaction(
                _extrinsic(self.runtime, tx), parent_hash=block_hash
            )
        except TransactionInvalid as error:
            return NotValid(_wire_error(error))
        return Valid(
            WireValidity(
                valid.priority, valid.requires, valid.provides, valid.longevity, valid.propagate
            )
        )


class AccountNonceApi(RuntimeApi[Runtime], version=1):
    """Accounts' nonces."""

    @api
    def account_nonce(self, account: AccountId) -> U32:
        """How many transactions the account has made."""
        return self.runtime.system.account[account].nonce


class TransactionPaymentApi(RuntimeApi[Runtime], version=4):
    """What extrinsics cost."""

    @api
    def query_info(self, uxt: UncheckedExtrinsic, len_: U32) -> RuntimeDispatchInfo:
        """What an extrinsic of `len` bytes may cost; its signature is not looked at."""
        extrinsic = _extrinsic(self.runtime, uxt)
        info, fee = Executive(self.runtime).query_info(extrinsic, len_)
        return RuntimeDispatchInfo(info.weight, info.class_, fee)

    @api
    def query_fee_details(self, uxt: UncheckedExtrinsic, len_: U32) -> FeeDetails:
        """The parts of the fee of an extrinsic of `len` bytes."""
        return Executive(self.runtime).query_fee_details(_extrinsic(self.runtime, uxt), len_)

    @api
    def query_weight_to_fee(self, weight: Weight) -> Rao:
        """The fee of a weight."""
        return weight_to_fee(weight)

    @api
    def query_length_to_fee(self, length: U32) -> Rao:
        """The fee of a length."""
        return length_to_fee(length)


class TransactionPaymentCallApi(RuntimeApi[Runtime], version=3):
    """What calls cost."""

    @api
    def query_call_info(self, call: RuntimeCall, len_: U32) -> RuntimeDispatchInfo:
        """What a call in an extrinsic of `len` bytes may cost."""
        info = call.info()
        return RuntimeDispatchInfo(info.weight, info.class_, fee_of(len_, info, Rao(0)))

    @api
    def query_call_fee_details(self, call: RuntimeCall, len_: U32) -> FeeDetails:
        """The parts of that fee."""
        return fee_details(len_, call.info())

    @api
    def query_weight_to_fee(self, weight: Weight) -> Rao:
        """The fee of a weight."""
        return weight_to_fee(weight)

    @api
    def query_length_to_fee(self, length: U32) -> Rao:
        """The fee of a length."""
        return length_to_fee(length)


class AuraApi(RuntimeApi[Runtime], version=1):
    """Who makes blocks, and how often."""

    @api
    def slot_duration(self) -> SlotDuration:
        """The declared time between blocks, in milliseconds."""
        return SlotDuration(slot_duration_ms(self.runtime.config))

    @api
    def authorities(self) -> Annotated[tuple[AuraId, ...], vec(AuraId)]:
        """The authors' keys."""
        return self.runtime.aura.authorities


class GrandpaApi(RuntimeApi[Runtime], version=3):
    """Who finalises blocks."""

    @api
    def grandpa_authorities(self) -> Authorities:
        """The finalisers' keys and weights."""
        return self.runtime.grandpa.authorities

    @api
    def current_set_id(self) -> U64:
        """How often the finalisers changed."""
        return self.runtime.grandpa.current_set_id


class SessionKeys(RuntimeApi[Runtime], version=1):
    """Keys of a node, which this chain's nodes do not keep in the runtime."""

    @api
    def decode_session_keys(self, encoded: bytes) -> tuple[tuple[bytes, KeyTypeId], ...] | None:
        """An author's and a finaliser's key out of 64 bytes."""
        if len(encoded) != AuraId.length + GrandpaId.length:
            return None
        return (
            (encoded[: AuraId.length], KeyTypeId(b"aura")),
            (encoded[AuraId.length :], KeyTypeId(b"gran")),
        )


CHAIN_APIS = (
    Core,
    TaggedTransactionQueue,
    AuraApi,
    SessionKeys,
    GrandpaApi,
    AccountNonceApi,
    TransactionPaymentApi,
    TransactionPaymentCallApi,
)
