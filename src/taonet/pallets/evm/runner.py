"""
The runner: takes the fee, runs code on the chain's state, gives back what was not used.

The priority fee is not taken, whatever a transaction offers, so that nobody can buy a place in the
block; what the sender pays for gas goes to the block's author.

Source: frontier frame/evm/src/runner/stack.rs, of the fork; subtensor pallets/transaction-fee
`SubtensorEvmFeeHandler` @ 14bc6f9.
"""

from collections.abc import Callable
from dataclasses import dataclass

from taonet.frame.dispatch_error import TokenError
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.evm.chain_world import ChainWorld, NativeContracts
from taonet.pallets.evm.contracts import Contracts
from taonet.pallets.evm.errors import (
    BalanceLow,
    FeeOverflow,
    NotAllowed,
    TransactionMustComeFromEoa,
)
from taonet.pallets.evm.events import Logged
from taonet.pallets.evm.exit_reason import (
    CreateContractLimit,
    ExitReason,
    Failed,
    OutOfGas,
)
from taonet.pallets.evm.gas_weight import BLOCK_GAS_LIMIT, spent_weight
from taonet.pallets.evm.machine.calls import (
    INIT_CODE_BYTES_MAX,
    contract_address,
    salted_address,
)
from taonet.pallets.evm.machine.execution import execute
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Message, Purpose, Result
from taonet.pallets.evm.machine.gas import REFUND_QUOTIENT, AccessList, intrinsic_gas
from taonet.pallets.evm.machine.world import BlockContext, Work
from taonet.pallets.evm.types import Log, mirror_account, to_rao
from taonet.pallets.evm.validation import Refusal, Sender, TransactionRefused
from taonet.pallets.subtensor.types import H160
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao


@dataclass(frozen=True)
class Run:
    """What is to be run: a call `to` an address, or a contract's creation; value in wei."""

    source: H160
    to: H160 | None
    input: bytes
    value: int
    gas_limit: int
    access_list: AccessList = ()
    salt: bytes | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of it; `created` is where a contract stands, if one was to be made."""

    reason: ExitReason
    output: bytes
    created: H160 | None
    used_gas: int
    logs: tuple[Log, ...]

    @property
    def success(self) -> bool:
        """Whether what it did stays."""
        return self.reason.variant_index == 0


@dataclass(frozen=True)
class Surroundings:
    """What a run reads of other pallets, each when it starts."""

    base_fee: Callable[[], int]
    chain_id: Callable[[], int]
    time_ms: Callable[[], int]
    author: Callable[[], AccountId | None]
    block_hash: Callable[[int], bytes]


class Runner:
    """Runs code for whoever pays, or to see what would happen."""

    def __init__(
        self,
        contracts: Contracts,
        system: System,
        balances: Balances,
        natives: NativeContracts,
        surroundings: Surroundings,
    ) -> None:
        self._contracts = contracts
        self._system = system
        self._balances = balances
        self._natives = natives
        self._around = surroundings

    @property
    def base_fee(self) -> int:
        """What a unit of gas costs, in wei."""
        return self._around.base_fee()

    @property
    def chain_id(self) -> int:
        """The chain's number for Ethereum's tools."""
        return self._around.chain_id()

    def sender(self, address: bytes) -> Sender:
        """An address's nonce and balance."""
        world = self._world()
        return Sender(world.nonce(address), world.balance(address))

    def author(self) -> H160:
        """The block's author as Ethereum's tools see it."""
        author = self._around.author()
        return H160.zero() if author is None else H160(author[4:24])

    def check_sender(self, source: bytes, *, creates: bool) -> None:
        """Raise `TransactionRefused` for a contract, and for who may not make one."""
        if self._contracts.code(source):
            raise TransactionRefused(Refusal.SENDER_IS_CONTRACT)
        if creates and not self._contracts.may_create(source):
            raise TransactionRefused(Refusal.MAY_NOT_CREATE)

    def run(self, run: Run) -> Outcome:
        """
        Run a transaction for its fee; what failed code did is undone, its fee stays.

        Raises `NotAllowed`, `TransactionMustComeFromEOA`, `FeeOverflow` or `BalanceLow`.
        """
        self._ensure_sender(run)
        price = self.base_fee
        payer = mirror_account(run.source)
        paid = self._withdraw(payer, price * run.gas_limit)
        outcome = self._execute(run, price)
        self._settle(payer, paid, to_rao(price * outcome.used_gas))
        for log in outcome.logs:
            self._contracts.deposit_event(Logged(log))
        return outcome

    def simulate(self, run: Run) -> Outcome:
        """Run for nothing; the caller discards what it does. Raises `NotAllowed`."""
        if run.to is None and not self._contracts.may_create(run.source):
            raise NotAllowed
        return self._execute(run, self.base_fee)

    def _ensure_sender(self, run: Run) -> None:
        try:
            self.check_sender(run.source, creates=run.to is None)
        except TransactionRefused as refused:
            if refused.reason is Refusal.MAY_NOT_CREATE:
                raise NotAllowed from refused
            raise TransactionMustComeFromEoa from refused

    def _withdraw(self, payer: AccountId, fee_wei: int) -> int:
        try:
            fee = to_rao(fee_wei)
        except OverflowError as error:
            raise FeeOverflow from error
        if fee:
            try:
                self._balances.withdraw(payer, Rao(fee), Preservation.PRESERVE)
            except TokenError as error:
                raise BalanceLow from error
        return fee

    def _settle(self, payer: AccountId, paid: int, actual: int) -> None:
        """Give back what was not used, and pay the author the rest; unpayable money is burned."""
        kept = paid
        if paid > actual and self._balances.resolve(payer, Rao(paid - actual)):
            kept = actual
        author = self._around.author()
        if kept and (author is None or not self._balances.resolve(author, Rao(kept))):
            self._balances.retire(Rao(kept))

    def _world(self) -> ChainWorld:
        around = self._around
        block = BlockContext(
            number=self._system.number,
            time_s=around.time_ms() // 1000,
            coinbase=self.author(),
            gas_limit=BLOCK_GAS_LIMIT,
            base_fee=around.base_fee(),
            chain_id=around.chain_id(),
        )
        return ChainWorld(
            block,
            self._contracts,
            self._system,
            self._balances,
            self._natives,
            around.block_hash,
        )

    def _execute(self, run: Run, gas_price: int) -> Outcome:
        world = self._world()
        work = Work(spent_weight(run.gas_limit).ref_time)
        context = Context(world, run.source, gas_price, work=work)
        creates = run.to is None
        gas = run.gas_limit - intrinsic_gas(run.input, run.access_list, creates=creates)
        if gas < 0:
            return Outcome(Failed(OutOfGas()), b"", None, run.gas_limit, ())
        target = self._target(run, world)
        if creates and len(run.input) > INIT_CODE_BYTES_MAX:
            return Outcome(Failed(CreateContractLimit()), b"", target, run.gas_limit, ())
        self._warm(context, run, target)
        if not creates:
            world.increment_nonce(run.source)
        result = execute(
            context,
            Message(
                purpose=Purpose.CREATE if creates else Purpose.CALL,
                caller=run.source,
                address=target,
                code_address=target,
                value=run.value,
                input=run.input,
                gas=gas,
                depth=0,
                is_static=False,
            ),
        )
        return self._outcome(run, context, result, target)

    def _outcome(self, run: Run, context: Context, result: Result, target: H160) -> Outcome:
        substate = context.substate
        used = run.gas_limit - result.gas_left
        used -= min(used // REFUND_QUOTIENT, max(substate.refund, 0))
        for address in sorted(substate.destroyed):
            self._contracts.remove(address)
        return Outcome(
            result.reason,
            result.output,
            target if run.to is None else None,
            used,
            tuple(map(Log.of, substate.logs)),
        )

    def _target(self, run: Run, world: ChainWorld) -> H160:
        if run.to is not None:
            return run.to
        if run.salt is not None:
            return H160(salted_address(run.source, run.salt, run.input))
        return H160(contract_address(run.source, world.nonce(run.source)))

    def _warm(self, context: Context, run: Run, target: bytes) -> None:
        """What is touched by every transaction, and what it says that it will touch."""
        substate = context.substate
        substate.addresses |= self._natives.addresses()
        substate.addresses |= {run.source, target, context.world.block.coinbase}
        for address, slots in run.access_list:
            substate.addresses.add(address)
            substate.slots |= {(address, slot) for slot in slots}
