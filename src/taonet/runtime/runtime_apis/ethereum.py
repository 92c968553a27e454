"""
What the node's Ethereum methods ask the runtime, and how a bare transaction becomes an extrinsic.

Calls run on the state that they are asked at and leave nothing in it. Parts that build Ethereum
blocks of what is pending are left out.

Source: frontier primitives/rpc/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import Failure
from taonet.frame.runtime_api import RuntimeApi, api
from taonet.pallets.ethereum.block import EthereumBlock, Receipt, TransactionStatus
from taonet.pallets.ethereum.transaction import Transaction
from taonet.pallets.evm.errors import BalanceLow, GasPriceTooLow, Undefined
from taonet.pallets.evm.exit_reason import ExitReason
from taonet.pallets.evm.runner import Outcome, Run
from taonet.pallets.evm.types import (
    U256,
    AccessItems,
    AuthorizationListItem,
    Log,
    Permill,
)
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.chain import UncheckedExtrinsic
from taonet.scale.types import U64, Struct, TaggedUnion, option, type_of, u8, vec

_U64_MAX = 2**64 - 1

ByteList = Annotated[tuple[int, ...], vec(u8)]
"""`Vec<u8>` that clients read as bytes."""

_ACCESS = option(type_of(AccessItems))
_AUTHORIZATIONS = option(vec(AuthorizationListItem))


class Basic(Struct, path="evm::backend::Basic"):
    """A balance in wei, and a nonce."""

    balance: U256
    nonce: U256


class UsedGas(Struct, path="fp_evm::UsedGas"):
    """Gas of the run; both are the same here."""

    standard: U256
    effective: U256


class WeightInfo(Struct, path="fp_evm::WeightInfo"):
    """What a run cost in weight; not measured here."""

    ref_time_limit: U64 | None
    proof_size_limit: U64 | None
    ref_time_usage: U64 | None
    proof_size_usage: U64 | None


class CallInfo(Struct, path="fp_evm::ExecutionInfoV2", parameters={"T": vec(u8)}):
    """What became of a call; `value` is its output."""

    exit_reason: ExitReason
    value: ByteList
    used_gas: UsedGas
    weight_info: WeightInfo | None
    logs: tuple[Log, ...]


class CreateInfo(Struct, path="fp_evm::ExecutionInfoV2", parameters={"T": H160}):
    """What became of a creation; `value` is where the contract would stand."""

    exit_reason: ExitReason
    value: H160
    used_gas: UsedGas
    weight_info: WeightInfo | None
    logs: tuple[Log, ...]


class CallResult(TaggedUnion, path="Result", parameters={"T": CallInfo, "E": Failure}):
    """A run, or why there was none."""


class CallOk(CallResult, index=0, name="Ok"):
    """A run."""

    _0: CallInfo


class CallErr(CallResult, index=1, name="Err"):
    """Why there was none."""

    _0: Failure


class CreateResult(TaggedUnion, path="Result", parameters={"T": CreateInfo, "E": Failure}):
    """A run, or why there was none."""


class CreateOk(CreateResult, index=0, name="Ok"):
    """A run."""

    _0: CreateInfo


class CreateErr(CreateResult, index=1, name="Err"):
    """Why there was none."""

    _0: Failure


class EthereumRuntimeRPCApi(RuntimeApi[Runtime], version=6):
    """Ethereum's view of a state."""

    @api
    def chain_id(self) -> U64:
        """The EVM chain's number."""
        return self.runtime.evm_chain_id.chain_id

    @api
    def account_basic(self, address: H160) -> Basic:
        """An address's balance in wei and its nonce."""
        sender = self.runtime.evm_runner.sender(address)
        return Basic(U256.of(sender.balance), U256.of(sender.nonce))

    @api
    def gas_price(self) -> U256:
        """What a unit of gas costs, in wei."""
        return self.runtime.base_fee.base_fee_per_gas

    @api
    def account_code_at(self, address: H160) -> ByteList:
        """A contract's code."""
        return tuple(self.runtime.contracts.code(address))

    @api
    def author(self) -> H160:
        """The block's author."""
        return self.runtime.evm_runner.author()

    @api
    def storage_at(self, address: H160, index: U256) -> H256:
        """A slot of a contract's storage."""
        return H256(self.runtime.contracts.slot(address, int(index)).to_bytes(32, "big"))

    @api
    def call(  # noqa: PLR0913
        self,
        from_: H160,
        to: H160,
        data: bytes,
        value: U256,
        gas_limit: U256,
        max_fee_per_gas: U256 | None,
        max_priority_fee_per_gas: U256 | None,  # noqa: ARG002
        nonce: U256 | None,  # noqa: ARG002
        estimate: bool,  # noqa: ARG002, FBT001
        access_list: Annotated[AccessItems | None, _ACCESS],
        authorization_list: Annotated[tuple[AuthorizationListItem, ...] | None, _AUTHORIZATIONS],
    ) -> CallResult:
        """What a call would do."""
        run = _run(from_, to, data, value, gas_limit, access_list)
        try:
            outcome = self._simulate(run, max_fee_per_gas, authorization_list)
        except DispatchError as error:
            return CallErr(self.runtime.failure_of(error))
        output, logs = tuple(outcome.output), outcome.logs
        return CallOk(CallInfo(outcome.reason, output, _used(outcome), None, logs))

    @api
    def create(  # noqa: PLR0913
        self,
        from_: H160,
        data: bytes,
        value: U256,
        gas_limit: U256,
        max_fee_per_gas: U256 | None,
        max_priority_fee_per_gas: U256 | None,  # noqa: ARG002
        nonce: U256 | None,  # noqa: ARG002
        estimate: bool,  # noqa: ARG002, FBT001
        access_list: Annotated[AccessItems | None, _ACCESS],
        authorization_list: Annotated[tuple[AuthorizationListItem, ...] | None, _AUTHORIZATIONS],
    ) -> CreateResult:
        """What a contract's creation would do."""
        run = _run(from_, None, data, value, gas_limit, access_list)
        try:
            outcome = self._simulate(run, max_fee_per_gas, authorization_list)
        except DispatchError as error:
            return CreateErr(self.runtime.failure_of(error))
        where = outcome.created or H160.zero()
        return CreateOk(CreateInfo(outcome.reason, where, _used(outcome), None, outcome.logs))

    @api
    def current_block(self) -> EthereumBlock | None:
        """The block's Ethereum form."""
        return self.runtime.ethereum.current_block

    @api
    def current_receipts(self) -> tuple[Receipt, ...] | None:
        """The receipts of the block's transactions."""
        return self.runtime.ethereum.current_receipts

    @api
    def current_transaction_statuses(self) -> tuple[TransactionStatus, ...] | None:
        """The statuses of the block's transactions."""
        return self.runtime.ethereum.current_transaction_statuses

    @api
    def current_all(
        self,
    ) -> tuple[
        EthereumBlock | None,
        tuple[Receipt, ...] | None,
        tuple[TransactionStatus, ...] | None,
    ]:
        """All three."""
        return self.current_block(), self.current_receipts(), self.current_transaction_statuses()

    @api
    def elasticity(self) -> Permill | None:
        """How far a block may move the price of gas."""
        return self.runtime.base_fee.elasticity

    @api
    def gas_limit_multiplier_support(self) -> None:
        """Says by its being there that calls may have more gas than a block."""

    def _simulate(
        self,
        run: Run,
        fee: U256 | None,
        authorizations: tuple[AuthorizationListItem, ...] | None,
    ) -> Outcome:
        if authorizations:
            raise Undefined
        if fee is not None and int(fee):
            if int(fee) < self.runtime.base_fee.wei:
                raise GasPriceTooLow
            balance = self.runtime.evm_runner.sender(run.source).balance
            if balance < run.value + int(fee) * run.gas_limit:
                raise BalanceLow
        with self.runtime.state.discarded():
            return self.runtime.evm_runner.simulate(run)


class ConvertTransactionRuntimeApi(RuntimeApi[Runtime], version=2):
    """Ethereum's transactions in the chain's own form."""

    @api
    def convert_transaction(self, transaction: Transaction) -> UncheckedExtrinsic:
        """A bare extrinsic without its length prefix."""
        call = Call(*CALLS["Ethereum", "transact"], (transaction,))
        encoded = self.runtime.codecs.of(RUNTIME_CALL).encode(call)
        return UncheckedExtrinsic(b"\x04" + encoded)


def _run(
    source: H160,
    to: H160 | None,
    data: bytes,
    value: U256,
    gas_limit: U256,
    access_list: AccessItems | None,
) -> Run:
    listed = tuple(
        (address, tuple(int.from_bytes(slot, "big") for slot in slots))
        for address, slots in access_list or ()
    )
    return Run(source, to, data, int(value), min(int(gas_limit), _U64_MAX), listed)


def _used(outcome: Outcome) -> UsedGas:
    gas = U256.of(outcome.used_gas)
    return UsedGas(gas, gas)
