"""
EVM's calls: money back from an Ethereum address, and running code for a native account.

An account acts for the address that its key begins with.

Source: frontier frame/evm/src/lib.rs, of the fork.
"""

from typing import Annotated, Final

from taonet.frame.dispatch_error import BadOrigin, ModuleError
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Event, Pallet, PostInfo, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.evm.contracts import Contracts
from taonet.pallets.evm.errors import (
    BalanceLow,
    GasLimitTooHigh,
    GasLimitTooLow,
    GasPriceTooLow,
    InvalidNonce,
    NotAllowed,
    Undefined,
)
from taonet.pallets.evm.events import Created, CreatedFailed, Executed, ExecutedFailed
from taonet.pallets.evm.gas_weight import declared_weight, spent_weight
from taonet.pallets.evm.runner import Outcome, Run, Runner
from taonet.pallets.evm.types import (
    U256,
    AccessItems,
    AuthorizationListItem,
    mirror_account,
    truncated_address,
)
from taonet.pallets.evm.validation import Candidate, Refusal, TransactionRefused, check
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U64, boolean

_WITHDRAW = Weight(32_000_000, 3593) + database_weight(reads=2, writes=2)
_ONE_WRITE = database_weight(writes=1)

_ERRORS: Final[dict[Refusal, type[ModuleError]]] = {
    Refusal.GAS_LIMIT_TOO_LOW: GasLimitTooLow,
    Refusal.GAS_LIMIT_TOO_HIGH: GasLimitTooHigh,
    Refusal.GAS_PRICE_TOO_LOW: GasPriceTooLow,
    Refusal.PRIORITY_FEE_TOO_HIGH: GasPriceTooLow,
    Refusal.BALANCE_TOO_LOW: BalanceLow,
    Refusal.NONCE_TOO_LOW: InvalidNonce,
}


class EvmCalls(Pallet, prefix="EVM"):
    """What native accounts ask of the EVM."""

    def __init__(self, contracts: Contracts, balances: Balances, runner: Runner) -> None:
        super().__init__(contracts.state)
        self._contracts = contracts
        self._balances = balances
        self._runner = runner

    @call(index=0, weight=_WITHDRAW)
    def withdraw(self, origin: Origin, address: H160, value: Rao) -> None:
        """Withdraw balance from EVM into currency/balances pallet."""
        destination = _ensure_owner(origin, address)
        self._balances.transfer(
            mirror_account(address), destination, value, Preservation.EXPENDABLE
        )

    @call(index=1, weight=lambda *arguments: declared_weight(arguments[4]))
    def call_(  # noqa: PLR0913
        self,
        origin: Origin,
        source: H160,
        target: H160,
        input: bytes,
        value: U256,
        gas_limit: U64,
        max_fee_per_gas: U256,
        max_priority_fee_per_gas: U256 | None,
        nonce: U256 | None,
        access_list: AccessItems,
        authorization_list: tuple[AuthorizationListItem, ...],
    ) -> PostInfo:
        """Issue an EVM call operation. This is similar to a message call transaction."""
        _ensure_owner(origin, source)
        run = Run(source, target, input, int(value), gas_limit, _listed(access_list))
        outcome = self._run(
            run, _fees(max_fee_per_gas, max_priority_fee_per_gas), nonce, authorization_list
        )
        happened = Executed(target) if outcome.success else ExecutedFailed(target)
        return self._report(happened, outcome)

    @call(index=2, weight=lambda *arguments: declared_weight(arguments[3]))
    def create(  # noqa: PLR0913
        self,
        origin: Origin,
        source: H160,
        init: bytes,
        value: U256,
        gas_limit: U64,
        max_fee_per_gas: U256,
        max_priority_fee_per_gas: U256 | None,
        nonce: U256 | None,
        access_list: AccessItems,
        authorization_list: tuple[AuthorizationListItem, ...],
    ) -> PostInfo:
        """Issue an EVM create operation. This is similar to a contract creation transaction."""
        _ensure_owner(origin, source)
        run = Run(source, None, init, int(value), gas_limit, _listed(access_list))
        outcome = self._run(
            run, _fees(max_fee_per_gas, max_priority_fee_per_gas), nonce, authorization_list
        )
        return self._report(_creation(outcome), outcome)

    @call(index=3, weight=lambda *arguments: declared_weight(arguments[4]))
    def create2(  # noqa: PLR0913
        self,
        origin: Origin,
        source: H160,
        init: bytes,
        salt: H256,
        value: U256,
        gas_limit: U64,
        max_fee_per_gas: U256,
        max_priority_fee_per_gas: U256 | None,
        nonce: U256 | None,
        access_list: AccessItems,
        authorization_list: tuple[AuthorizationListItem, ...],
    ) -> PostInfo:
        """Issue an EVM create2 operation."""
        _ensure_owner(origin, source)
        run = Run(source, None, init, int(value), gas_limit, _listed(access_list), bytes(salt))
        outcome = self._run(
            run, _fees(max_fee_per_gas, max_priority_fee_per_gas), nonce, authorization_list
        )
        return self._report(_creation(outcome), outcome)

    @call(index=4, weight=_ONE_WRITE)
    def set_whitelist(self, origin: Origin, new: tuple[H160, ...]) -> None:
        """Set the addresses that may create contracts; only root can call this."""
        ensure_root(origin)
        self._contracts.whitelisted_creators = new

    @call(index=5, weight=_ONE_WRITE)
    def disable_whitelist(
        self,
        origin: Origin,
        disabled: Annotated[bool, boolean],
    ) -> None:
        """Let everyone create contracts, or not; only root can call this."""
        ensure_root(origin)
        self._contracts.disable_whitelist_check = disabled

    def _run(
        self,
        run: Run,
        fees: tuple[int, int],
        nonce: U256 | None,
        authorizations: tuple[AuthorizationListItem, ...],
    ) -> Outcome:
        if run.to is None and not self._contracts.may_create(run.source):
            raise NotAllowed
        if authorizations:
            # Delegations are not followed here, so none is noted.
            raise Undefined
        sender = self._runner.sender(run.source)
        candidate = Candidate(
            sender.nonce if nonce is None else int(nonce),
            run.gas_limit,
            *fees,
            run.value,
            run.input,
            run.access_list,
            creates=run.to is None,
        )
        try:
            check(candidate, sender, self._runner.base_fee)
        except TransactionRefused as refused:
            raise _ERRORS[refused.reason] from refused
        if candidate.nonce > sender.nonce:
            raise InvalidNonce
        return self._runner.run(run)

    def _report(self, happened: Event, outcome: Outcome) -> PostInfo:
        self.deposit_event(happened)
        return PostInfo(spent_weight(outcome.used_gas), Pays.NO)


def _creation(outcome: Outcome) -> Event:
    address = outcome.created or H160.zero()
    return Created(address) if outcome.success else CreatedFailed(address)


def _fees(highest: U256, tip: U256 | None) -> tuple[int, int]:
    return int(highest), 0 if tip is None else int(tip)


def _ensure_owner(origin: Origin, address: H160) -> AccountId:
    who = ensure_signed(origin)
    if truncated_address(who) != address:
        raise BadOrigin
    return who


def _listed(items: AccessItems) -> tuple[tuple[bytes, tuple[int, ...]], ...]:
    return tuple(
        (address, tuple(int.from_bytes(slot, "big") for slot in slots)) for address, slots in items
    )
