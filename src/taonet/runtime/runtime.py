"""
The runtime: every pallet over one state, and the way from a call to its method.

A `Runtime` is cheap to make: reading the state after block N is `Runtime(State(reader, config))`.
"""

from collections.abc import Callable, Sequence

from taonet.frame.call import Call
from taonet.frame.dispatch_error import (
    Arithmetic,
    ArithmeticFailure,
    DispatchError,
    ModuleError,
)
from taonet.frame.dispatch_outcome import Failure, failure_of
from taonet.frame.origin import Origin, Signed
from taonet.frame.pallet import Pallet, PostInfo
from taonet.frame.state import State
from taonet.pallets.admin_utils import AdminUtils
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.aura import Aura
from taonet.pallets.balances import Balances
from taonet.pallets.base_fee import BaseFee
from taonet.pallets.commitments import Commitments
from taonet.pallets.crowdloan import Crowdloan
from taonet.pallets.drand.beacon import Drand
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.ethereum import Ethereum
from taonet.pallets.evm import Contracts, EvmCalls, Runner
from taonet.pallets.evm.runner import Surroundings
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.fine_tuning import FineTuning
from taonet.pallets.grandpa import Grandpa
from taonet.pallets.limit_orders.calls import LimitOrders
from taonet.pallets.limit_orders.checks import OrderBook
from taonet.pallets.mev_shield import MevShield
from taonet.pallets.model_releases import ModelReleases
from taonet.pallets.multisig import Multisig
from taonet.pallets.preimage import Preimage
from taonet.pallets.proxy import Proxy
from taonet.pallets.randomness_collective_flip import RandomnessCollectiveFlip
from taonet.pallets.rule_sets import RuleSets
from taonet.pallets.safe_mode import SafeMode
from taonet.pallets.scheduler import Scheduler
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.subnets import Subnets
from taonet.pallets.sudo import Sudo
from taonet.pallets.swap import Swap
from taonet.pallets.system import CallFiltered, EventRecord, System
from taonet.pallets.timestamp import Timestamp
from taonet.pallets.transaction_payment import TransactionPayment
from taonet.pallets.utility import Utility
from taonet.runtime.call_filter import BATCH_PALLET, allows, survives_safe_mode
from taonet.runtime.guards import check_guards
from taonet.runtime.pallets import CALL_OWNERS, CODECS, ERROR_PALLETS, SPECS
from taonet.runtime.precompiles.registry import Precompiles
from taonet.scale.types import vec

_NOTHING_SAID = PostInfo()


class Runtime:
    """All pallets over `state`; `pallets` is the order in which blocks start them."""

    specs = SPECS
    codecs = CODECS

    def __init__(self, state: State) -> None:
        self.state = state
        self.config = state.config
        self.system = System(state)
        self.randomness_collective_flip = RandomnessCollectiveFlip(state, self.system)
        self.timestamp = Timestamp(state)
        self.aura = Aura(state, self.system)
        self.grandpa = Grandpa(state)
        self.balances = Balances(state, self.system)
        self.transaction_payment = TransactionPayment(state, self.balances)
        self.rule_sets = RuleSets(self.system)
        self.alpha_assets = AlphaAssets(state)
        self.swap = Swap(state, Subnets(state))
        self.proxy = Proxy(state, self.system, self.balances, self, self.codecs)
        self.subtensor = Subtensor(
            state,
            self.system,
            self.balances,
            self.swap,
            self.alpha_assets,
            self.aura.author,
            self.proxy,
        )
        self.pulses = Pulses(state)
        self.drand = Drand(self.system)
        self.mev_shield = MevShield(self.system, self.aura)
        self.commitments = Commitments(self.system, self.subtensor)
        self.admin_utils = AdminUtils(self.subtensor, self.system)
        self.preimage = Preimage(state, self.balances, self.codecs)
        self.multisig = Multisig(state, self.system, self.balances, self, self.codecs)
        self.scheduler = Scheduler(state, self.system, self.preimage, self)
        self.safe_mode = SafeMode(state, self.system, self.balances)
        self.crowdloan = Crowdloan(self.system, self.balances, self.preimage, self)
        self.model_releases = ModelReleases(self.system, self.subtensor)
        self.fine_tuning = FineTuning(self.system, self.subtensor)
        self.order_book = OrderBook(state)
        self.limit_orders = LimitOrders(self.system, self.balances, self.subtensor, self)
        self._compose_evm()
        self.utility = Utility(state, self)
        self.sudo = Sudo(state, self)
        self.pallets = self._in_order()
        self._by_class = {type(pallet): pallet for pallet in self.pallets}
        self._methods: dict[tuple[int, int], Callable[..., PostInfo | None]] = {}

    def _in_order(self) -> Sequence[Pallet]:
        """All pallets, as blocks start them."""
        return (
            self.system,
            self.randomness_collective_flip,
            self.timestamp,
            self.aura,
            self.grandpa,
            self.balances,
            self.transaction_payment,
            self.rule_sets,
            *(v for v in vars(self.subtensor).values() if isinstance(v, Pallet)),
            self.pulses,
            self.drand,
            self.mev_shield,
            self.commitments,
            *vars(self.admin_utils).values(),
            self.multisig,
            self.preimage,
            self.scheduler,
            self.scheduler.agenda,
            self.proxy,
            self.proxy.kept,
            self.safe_mode,
            self.crowdloan,
            self.model_releases,
            self.fine_tuning,
            *(self.ethereum, self.contracts, self.evm, self.evm_chain_id, self.base_fee),
            self.utility,
            self.sudo,
            self.swap,
            self.alpha_assets,
            self.order_book,
            self.limit_orders,
        )

    def _compose_evm(self) -> None:
        """What Ethereum's tools see; its contracts may reach every other pallet."""
        self.evm_chain_id = EvmChainId(self.state)
        self.base_fee = BaseFee(self.system)
        self.contracts = Contracts(self.state, self.system)
        around = Surroundings(
            base_fee=lambda: self.base_fee.wei,
            chain_id=lambda: self.evm_chain_id.chain_id,
            time_ms=lambda: self.timestamp.now,
            author=self.aura.author,
            block_hash=lambda number: self.ethereum.hash_of(number),
        )
        self.evm_runner = Runner(
            self.contracts, self.system, self.balances, Precompiles(self), around
        )
        self.evm = EvmCalls(self.contracts, self.balances, self.evm_runner)
        self.ethereum = Ethereum(self.system, self.timestamp, self.evm_runner)

    def dispatch(self, call: Call, origin: Origin) -> PostInfo:
        """Run a call's method; what a refused call wrote stays: use `apply`."""
        key = (call.pallet_index, call.spec.index)
        outcome = (self._methods.get(key) or self._method_of(key, call))(origin, *call.arguments)
        return _NOTHING_SAID if outcome is None else outcome

    def _method_of(self, key: tuple[int, int], call: Call) -> Callable[..., PostInfo | None]:
        owner = self._by_class[CALL_OWNERS[key]]
        method: Callable[..., PostInfo | None] = getattr(owner, call.spec.method)
        self._methods[key] = method
        return method

    def apply(self, call: Call, origin: Origin) -> PostInfo:
        """
        Run a call, or raise `DispatchError` and leave the state as it was.

        The chain's filter and guards stand between the origin and the call; root passes.
        """
        self._ensure_allowed(call, origin)
        return self.apply_unfiltered(call, origin)

    def apply_unfiltered(self, call: Call, origin: Origin) -> PostInfo:
        """`apply` without the filter: what root asks for."""
        if isinstance(origin, Signed):
            check_guards(self, origin.who, call)
        return self._apply(call, origin)

    def apply_guarded(self, call: Call, origin: Signed) -> PostInfo:
        """`apply` for a transaction's own call, which passed the guards a moment ago."""
        if origin.filters or call.pallet == BATCH_PALLET or self.safe_mode.is_entered:
            self._ensure_allowed(call, origin)
        return self._apply(call, origin)

    def _ensure_allowed(self, call: Call, origin: Origin) -> None:
        if not allows(call, origin):
            raise CallFiltered
        if self.safe_mode.is_entered and not survives_safe_mode(call, origin):
            raise CallFiltered

    def _apply(self, call: Call, origin: Origin) -> PostInfo:
        try:
            with self.state.transaction():
                return self.dispatch(call, origin)
        except OverflowError as error:
            raise ArithmeticFailure(Arithmetic.OVERFLOW) from error

    def failure_of(self, error: DispatchError) -> Failure:
        """The error as events carry it."""
        index = ERROR_PALLETS.get(type(error)) if isinstance(error, ModuleError) else None
        return failure_of(error, index)

    def events(self) -> tuple[EventRecord, ...]:
        """The events of the block that the state is after."""
        raw = self.state.overlay.get(System.events_.prefix)
        return () if raw is None else self.codecs.of(vec(EventRecord)).decode(raw)

    def try_state(self) -> None:
        """Raise `AssertionError` unless every pallet's invariants hold."""
        for pallet in self.pallets:
            pallet.try_state()
