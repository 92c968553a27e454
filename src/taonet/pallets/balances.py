"""
Balances: TAO in rao, held by accounts that live while they hold the existential deposit.

Money moves in three ways. `transfer` moves it between accounts. `withdraw` takes it out of an
account and `resolve` puts it into one without changing the issuance: whoever withdraws must
resolve it elsewhere or `retire` it. `issue` and `retire` change the issuance alone.

Source: polkadot-sdk substrate/frame/balances (`impl_fungible.rs`, `impl_currency.rs`, `lib.rs`).
"""

from collections.abc import Sequence
from typing import Annotated

from taonet.frame.dispatch_error import (
    Arithmetic,
    ArithmeticFailure,
    Token,
    TokenError,
)
from taonet.frame.multi_address import MultiAddress, lookup
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Pallet, PostInfo, call
from taonet.frame.state import State
from taonet.frame.storage import StorageMap, StorageValue, blake2_128_concat
from taonet.frame.weight import READ_REF_TIME, WRITE_REF_TIME, Pays, Weight, database_weight
from taonet.pallets import balances_events as events
from taonet.pallets.balances_errors import (
    ERRORS,
    DeadAccount,
    DeltaZero,
    InsufficientBalance,
    IssuanceDeactivated,
    LiquidityRestrictions,
)
from taonet.pallets.balances_types import (
    AdjustmentDirection,
    BalanceLock,
    BalanceStatus,
    IdAmountFreeze,
    IdAmountHold,
    Preservation,
    ReserveData,
    RuntimeHoldReason,
)
from taonet.pallets.system import (
    NEW_FLAGS,
    NEW_LOGIC,
    NO_BALANCE,
    AccountData,
    AccountInfo,
    System,
)
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import compact, u32, vec

EXISTENTIAL_DEPOSIT = 500
"""Rao that an account must hold to exist; less is dust and is burned."""

U64_MAX = 2**64 - 1

CompactRao = Annotated[Rao, compact(Rao)]

_ONE_ACCOUNT = database_weight(reads=1, writes=1)


def _weight(ref_time: int, proof_size: int = 3593) -> Weight:
    return Weight(ref_time, proof_size) + _ONE_ACCOUNT


def _upgrade_weight(who: Sequence[AccountId]) -> Weight:
    each = 13_973_659 + READ_REF_TIME + WRITE_REF_TIME
    return Weight(16_588_000 + each * len(who), 990 + 2603 * len(who))


def _burn_weight(_value: Rao, keep_alive: bool) -> Weight:  # noqa: FBT001
    # The real chain has the two the wrong way round; so has the fee.
    return Weight(30_968_000 if keep_alive else 20_711_000, 0)


class Balances(Pallet, prefix="Balances"):
    events = events.EVENTS
    errors = ERRORS

    existential_deposit = Constant(
        Rao, Rao(EXISTENTIAL_DEPOSIT), doc="The minimum amount required to keep an account open."
    )
    max_locks = Constant(u32, 50, doc="The maximum number of locks on an account.")
    max_reserves = Constant(u32, 50, doc="The maximum number of named reserves on an account.")
    max_freezes = Constant(u32, 50, doc="The maximum number of freezes on an account.")

    total_issuance = StorageValue(Rao, default=Rao(0), doc="The total units issued in the system.")
    inactive_issuance = StorageValue(
        Rao, default=Rao(0), doc="The total units of outstanding deactivated balance."
    )
    account = StorageMap(
        blake2_128_concat(AccountId),
        value=AccountData,
        default=NO_BALANCE,
        doc="Unused: balances are kept in System.Account.",
    )
    locks = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(BalanceLock, 50),
        default=(),
        doc="Any liquidity locks on some account balances.",
    )
    reserves = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(ReserveData, 50),
        default=(),
        doc="Named reserves on some account balances.",
    )
    holds = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(IdAmountHold, 50),
        default=(),
        doc="Holds on account balances.",
    )
    freezes = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(IdAmountFreeze, 50),
        default=(),
        doc="Freeze locks on account balances.",
    )

    def __init__(self, state: State, system: System) -> None:
        super().__init__(state)
        self.system = system

    @call(index=0, weight=_weight(48_363_000))
    def transfer_allow_death(self, origin: Origin, dest: MultiAddress, value: CompactRao) -> None:
        """Transfer some liquid free balance to another account; the sender's may be reaped."""
        source = ensure_signed(origin)
        self.transfer(source, lookup(dest), value, Preservation.EXPENDABLE)

    @call(index=2, weight=Weight(49_944_000, 6196) + database_weight(reads=2, writes=2))
    def force_transfer(
        self, origin: Origin, source: MultiAddress, dest: MultiAddress, value: CompactRao
    ) -> None:
        """Exactly as `transfer_allow_death`, except that root says whose balance moves."""
        ensure_root(origin)
        self.transfer(lookup(source), lookup(dest), value, Preservation.EXPENDABLE)

    @call(index=3, weight=_weight(38_159_000))
    def transfer_keep_alive(self, origin: Origin, dest: MultiAddress, value: CompactRao) -> None:
        """Same as `transfer_allow_death`, but it will not kill the sender's account."""
        source = ensure_signed(origin)
        self.transfer(source, lookup(dest), value, Preservation.PRESERVE)

    @call(index=4, weight=_weight(47_385_000))
    def transfer_all(self, origin: Origin, dest: MultiAddress, keep_alive: bool) -> None:  # noqa: FBT001
        """Transfer the entire transferable balance; `keep_alive` leaves the existential deposit."""
        source = ensure_signed(origin)
        preservation = Preservation.PRESERVE if keep_alive else Preservation.EXPENDABLE
        value = Rao(self.reducible(source, preservation))
        self.transfer(source, lookup(dest), value, preservation)

    @call(index=5, weight=_weight(17_233_000))
    def force_unreserve(self, origin: Origin, who: MultiAddress, amount: Rao) -> None:
        """Unreserve some balance from a user by force; only root can call this."""
        ensure_root(origin)
        self.unreserve(lookup(who), amount)

    @call(index=6, weight=_upgrade_weight)
    def upgrade_accounts(self, origin: Origin, who: tuple[AccountId, ...]) -> PostInfo:
        """Upgrade accounts to the new rules; free if nine of ten needed it."""
        ensure_signed(origin)
        upgraded = sum(self._upgrade(account) for account in who)
        return PostInfo(pays=Pays.NO if upgraded * 10 >= len(who) * 9 else Pays.YES)

    @call(index=8, weight=_weight(19_929_000))
    def force_set_balance(self, origin: Origin, who: MultiAddress, new_free: CompactRao) -> None:
        """Set the regular balance of a given account; only root can call this."""
        ensure_root(origin)
        account = lookup(who)
        free = int(new_free) if int(new_free) >= EXISTENTIAL_DEPOSIT else 0
        info = self.system.account[account]
        self.total_issuance = Rao(int(self.total_issuance) + free - info.data.free)
        self._put(account, info, free, info.data.reserved, info.data.frozen)
        self.deposit_event(events.BalanceSet(who=account, free=Rao(free)))

    @call(index=9, weight=Weight(6_594_000, 0))
    def force_adjust_total_issuance(
        self, origin: Origin, direction: AdjustmentDirection, delta: CompactRao
    ) -> None:
        """Adjust the total issuance in a saturating way; only root can call this."""
        ensure_root(origin)
        if int(delta) == 0:
            raise DeltaZero
        old = int(self.total_issuance)
        if direction is AdjustmentDirection.INCREASE:
            new = min(old + int(delta), U64_MAX)
        else:
            new = max(old - int(delta), 0)
        if int(self.inactive_issuance) > new:
            raise IssuanceDeactivated
        self.total_issuance = Rao(new)
        self.deposit_event(events.TotalIssuanceForced(old=Rao(old), new=Rao(new)))

    @call(index=10, weight=_burn_weight)
    def burn(self, origin: Origin, value: CompactRao, keep_alive: bool) -> None:  # noqa: FBT001
        """Burn the specified liquid free balance from the origin account."""
        source = ensure_signed(origin)
        preservation = Preservation.PRESERVE if keep_alive else Preservation.EXPENDABLE
        self.burn_from(source, value, preservation)

    def free(self, who: AccountId) -> Rao:
        """What the account holds and could spend but for freezes."""
        return Rao(self.system.account[who].data.free)

    def total(self, who: AccountId) -> Rao:
        """What the account holds, reserved or not."""
        data = self.system.account[who].data
        return Rao(data.free + data.reserved)

    def reducible(self, who: AccountId, preservation: Preservation) -> int:
        """What may leave the account, in rao."""
        return _reducible(self.system.account[who], preservation)

    def pay_fee(self, who: AccountId, info: AccountInfo, fee: Rao) -> None:
        """
        Count a transaction and withdraw its fee, `Withdraw`, in one write; `info` is the account
        as it stands, and `can_withdraw` has said that the fee can leave it.
        """
        data, value = info.data, int(fee)
        if value:
            data = AccountData(data.free - value, data.reserved, data.frozen, NEW_FLAGS)
            self.state.deposit(events.Withdraw(who, fee))
        self.system.account[who] = AccountInfo(
            info.nonce + 1, info.consumers, info.providers, info.sufficients, data
        )

    def transfer(
        self, source: AccountId, dest: AccountId, amount: Rao, preservation: Preservation
    ) -> None:
        """
        Move `amount` and report `Transfer`; what is left under the existential deposit is dust.

        Raises `TokenError`: `FUNDS_UNAVAILABLE`, `FROZEN`, `ONLY_PROVIDER`, `NOT_EXPENDABLE` for
        the source, `BELOW_MINIMUM` for a destination that could not exist.
        """
        value = int(amount)
        accounts = self.system.account
        info, target = accounts[source], accounts[dest]
        _check_withdrawal(info, value, preservation)
        _check_deposit(target, value)
        if source == dest:
            return
        data = info.data
        self._put(source, info, data.free - value, data.reserved, data.frozen)
        if value:
            data = target.data
            self._put(dest, target, data.free + value, data.reserved, data.frozen)
        self.state.deposit(events.Transfer(source, dest, amount))

    def withdraw(self, who: AccountId, amount: Rao, preservation: Preservation) -> None:
        """
        Take exactly `amount` out of the account, `Withdraw`; the issuance still counts it.

        Raises `TokenError(FUNDS_UNAVAILABLE)`.
        """
        self._decrease(who, int(amount), preservation)
        self.deposit_event(events.Withdraw(who=who, amount=amount))

    def resolve(self, who: AccountId, amount: Rao) -> bool:
        """
        Put what was withdrawn or issued into the account, `Deposit`; False, and nothing done, for
        less than the existential deposit into an account that does not exist.
        """
        info = self.system.account[who]
        data, free = info.data, info.data.free + int(amount)
        if free < EXISTENTIAL_DEPOSIT:
            return False
        self._put(who, info, free, data.reserved, data.frozen)
        self.state.deposit(events.Deposit(who, amount))
        return True

    def issue(self, amount: Rao) -> None:
        """Make `amount` of new money, `Issued`, to be resolved into an account."""
        self._raise_issuance(int(amount))
        self.deposit_event(events.Issued(amount=amount))

    def retire(self, amount: Rao) -> None:
        """Strike withdrawn money from the issuance; says nothing, as a dropped imbalance."""
        self.total_issuance = Rao(max(int(self.total_issuance) - int(amount), 0))

    def mint(self, who: AccountId, amount: Rao) -> None:
        """Make new money in an account, `Minted`; raises `TokenError(BELOW_MINIMUM)`."""
        _check_deposit(self.system.account[who], int(amount))
        self._raise_issuance(int(amount))
        self._increase(who, int(amount))
        self.deposit_event(events.Minted(who=who, amount=amount))

    def burn_from(self, who: AccountId, amount: Rao, preservation: Preservation) -> None:
        """Destroy an account's money, `Burned`; raises `TokenError(FUNDS_UNAVAILABLE)`."""
        self._decrease(who, int(amount), preservation)
        if int(self.total_issuance) < int(amount):
            raise ArithmeticFailure(Arithmetic.UNDERFLOW)
        self.total_issuance -= amount
        self.deposit_event(events.Burned(who=who, amount=amount))

    def reserve(self, who: AccountId, amount: Rao) -> None:
        """Set `amount` aside; raises `InsufficientBalance` or `LiquidityRestrictions`."""
        if int(amount) == 0:
            return
        info = self.system.account[who]
        data = info.data
        if data.free < int(amount):
            raise InsufficientBalance
        if data.free - int(amount) < max(data.frozen - data.reserved, 0):
            raise LiquidityRestrictions
        free, reserved = data.free - int(amount), data.reserved + int(amount)
        self._put(who, info, free, reserved, data.frozen)
        self.deposit_event(events.Reserved(who=who, amount=amount))

    def unreserve(self, who: AccountId, amount: Rao) -> Rao:
        """Free at most `amount` of what is reserved; returns what could not be."""
        info = self.system.account[who]
        data = info.data
        if int(amount) == 0 or data.free + data.reserved == 0:
            return amount
        freed = min(data.reserved, int(amount))
        self._put(who, info, data.free + freed, data.reserved - freed, data.frozen)
        self.deposit_event(events.Unreserved(who=who, amount=Rao(freed)))
        return Rao(int(amount) - freed)

    def hold(self, who: AccountId, reason: RuntimeHoldReason, amount: Rao) -> None:
        """Set `amount` aside for a reason; raises `TokenError(FUNDS_UNAVAILABLE)`."""
        info = self.system.account[who]
        data, value = info.data, int(amount)
        # A hold asks for no liquidity: what is frozen may be held.
        kept = EXISTENTIAL_DEPOSIT if info.providers == 1 else 0
        if not info.providers or value > data.free - kept:
            raise TokenError(
                Token.FUNDS_UNAVAILABLE if info.providers else Token.CANNOT_CREATE_HOLD
            )
        self._put(who, info, data.free - value, data.reserved + value, data.frozen)
        self._set_hold(who, reason, self.held(who, reason) + value)

    def held(self, who: AccountId, reason: RuntimeHoldReason) -> int:
        """What is held of an account for a reason, in rao."""
        return sum(int(hold.amount) for hold in self.holds[who] if hold.id == reason)

    def release(self, who: AccountId, reason: RuntimeHoldReason, amount: Rao) -> Rao:
        """Free at most `amount` of what is held for a reason; returns what was freed."""
        info = self.system.account[who]
        data = info.data
        # Root may have freed what is reserved without asking what for.
        value = min(int(amount), self.held(who, reason), data.reserved)
        self._put(who, info, data.free + value, data.reserved - value, data.frozen)
        self._set_hold(who, reason, self.held(who, reason) - value)
        return Rao(value)

    def burn_held(self, who: AccountId, reason: RuntimeHoldReason, amount: Rao) -> None:
        """Destroy at most `amount` of what is held for a reason."""
        info = self.system.account[who]
        data = info.data
        value = min(int(amount), self.held(who, reason), data.reserved)
        self._put(who, info, data.free, data.reserved - value, data.frozen)
        self._set_hold(who, reason, self.held(who, reason) - value)
        self.retire(Rao(value))

    def repatriate_reserved(
        self, slashed: AccountId, beneficiary: AccountId, amount: Rao, status: BalanceStatus
    ) -> Rao:
        """Move reserved money to another account; returns what could not be moved."""
        if slashed == beneficiary:
            if status is BalanceStatus.FREE:
                return self.unreserve(slashed, amount)
            return saturating(int(amount) - self.system.account[slashed].data.reserved)
        if int(self.total(beneficiary)) == 0:
            raise DeadAccount
        source = self.system.account[slashed]
        moved = min(source.data.reserved, int(amount))
        data = source.data
        self._put(slashed, source, data.free, data.reserved - moved, data.frozen)
        target = self.system.account[beneficiary]
        data = target.data
        if status is BalanceStatus.FREE:
            self._put(beneficiary, target, data.free + moved, data.reserved, data.frozen)
        else:
            self._put(beneficiary, target, data.free, data.reserved + moved, data.frozen)
        self.deposit_event(
            events.ReserveRepatriated(
                from_=slashed, to=beneficiary, amount=Rao(moved), destination_status=status
            )
        )
        return Rao(int(amount) - moved)

    def try_state(self) -> None:
        """The issuance is what accounts hold, and nobody holds dust."""
        held = 0
        for who, info in self.system.account.items():
            held += info.data.free + info.data.reserved
            dust = 0 < info.data.free < EXISTENTIAL_DEPOSIT and info.data.reserved == 0
            assert not dust, f"{who.hex()} holds {info.data.free} rao, which is dust"
        issued = int(self.total_issuance)
        assert issued == held, f"{issued} rao are issued, accounts hold {held}"

    def _set_hold(self, who: AccountId, reason: RuntimeHoldReason, amount: int) -> None:
        holds = tuple(hold for hold in self.holds[who] if hold.id != reason)
        if amount:
            holds = (*holds, IdAmountHold(reason, Rao(amount)))
        if holds:
            self.holds[who] = holds
        else:
            del self.holds[who]

    def _raise_issuance(self, amount: int) -> None:
        issued = int(self.total_issuance) + amount
        if issued > U64_MAX:
            raise ArithmeticFailure(Arithmetic.OVERFLOW)
        self.total_issuance = Rao(issued)

    def _decrease(self, who: AccountId, amount: int, preservation: Preservation) -> None:
        info = self.system.account[who]
        if amount > _reducible(info, preservation):
            raise TokenError(Token.FUNDS_UNAVAILABLE)
        data = info.data
        self._put(who, info, data.free - amount, data.reserved, data.frozen)

    def _increase(self, who: AccountId, amount: int) -> None:
        if amount == 0:
            return
        info = self.system.account[who]
        data = info.data
        self._put(who, info, data.free + amount, data.reserved, data.frozen)

    def _upgrade(self, who: AccountId) -> bool:
        """Whether the account had still to be brought under the new rules."""
        info = self.system.account[who]
        data = info.data
        if data.flags._0 & NEW_LOGIC:
            return False
        consumes = int(data.reserved > 0 or data.frozen > 0)
        flags = AccountData(data.free, data.reserved, data.frozen, NEW_FLAGS)
        # An account of the old rules may consume without a provider; it gets one.
        provides = int(consumes == 1 and info.providers == 0)
        self.system.settle(who, info, flags, provides=provides, consumes=consumes)
        self.deposit_event(events.Upgraded(who=who))
        return True

    def _put(
        self, who: AccountId, info: AccountInfo, free: int, reserved: int, frozen: int
    ) -> None:
        """
        Write balances; a free balance of the existential deposit provides for the account, a
        reserve or freeze consumes it, and what is left under the deposit is burned.
        """
        old = info.data
        if (
            free >= EXISTENTIAL_DEPOSIT
            and old.free >= EXISTENTIAL_DEPOSIT
            and reserved == old.reserved
            and frozen == old.frozen
        ):
            # What almost every transfer is: nobody comes or goes.
            data = AccountData(free, reserved, frozen, NEW_FLAGS)
            self.system.account[who] = AccountInfo(
                info.nonce, info.consumers, info.providers, info.sufficients, data
            )
            return
        did_provide = old.free >= EXISTENTIAL_DEPOSIT
        provides = (free >= EXISTENTIAL_DEPOSIT) - did_provide
        consumes = (reserved > 0 or frozen > 0) - (old.reserved > 0 or old.frozen > 0)
        dust = 0
        if free < EXISTENTIAL_DEPOSIT and reserved == 0:
            dust, free = free, 0
        if free == old.free and reserved == old.reserved and frozen == old.frozen:
            data = old
        else:
            data = AccountData(free, reserved, frozen, NEW_FLAGS)
        self.system.settle(who, info, data, provides=provides, consumes=consumes)
        if provides > 0 and old.free == 0 and old.reserved == 0:
            self.deposit_event(events.Endowed(account=who, free_balance=Rao(free)))
        if dust:
            self.deposit_event(events.DustLost(account=who, amount=Rao(dust)))
            self.retire(Rao(dust))


_EXPENDABLE = Preservation.EXPENDABLE


def can_withdraw(info: AccountInfo, amount: Rao) -> bool:
    """Whether `amount` may leave an account without killing it."""
    data = info.data
    left = data.free - int(amount)
    enough = left >= EXISTENTIAL_DEPOSIT and left >= data.frozen - data.reserved
    return enough or int(amount) == 0


def _check_withdrawal(info: AccountInfo, amount: int, preservation: Preservation) -> None:
    if amount == 0:
        return
    data, free = info.data, info.data.free
    if free < amount:
        raise TokenError(Token.FUNDS_UNAVAILABLE)
    left = free - amount
    if left >= EXISTENTIAL_DEPOSIT and left >= data.frozen - data.reserved:
        return
    if amount > _reducible(info, Preservation.EXPENDABLE):
        raise TokenError(Token.FROZEN)
    if free - amount < EXISTENTIAL_DEPOSIT:
        if _needs_balance(info):
            raise TokenError(Token.ONLY_PROVIDER)
        if preservation is not Preservation.EXPENDABLE:
            raise TokenError(Token.NOT_EXPENDABLE)
    if preservation is not Preservation.EXPENDABLE and amount > _reducible(info, preservation):
        raise TokenError(Token.NOT_EXPENDABLE)


def _check_deposit(info: AccountInfo, amount: int) -> None:
    if amount == 0:
        return
    free = info.data.free + amount
    if free > U64_MAX:
        raise ArithmeticFailure(Arithmetic.OVERFLOW)
    if free < EXISTENTIAL_DEPOSIT:
        raise TokenError(Token.BELOW_MINIMUM)


def _reducible(info: AccountInfo, preservation: Preservation) -> int:
    data = info.data
    untouchable = data.frozen - data.reserved if data.frozen > data.reserved else 0
    needed = preservation is Preservation.PRESERVE or (
        data.free > 0
        and (_needs_balance(info) if preservation is _EXPENDABLE else info.providers == 1)
    )
    if needed and untouchable < EXISTENTIAL_DEPOSIT:
        untouchable = EXISTENTIAL_DEPOSIT
    return data.free - untouchable if data.free > untouchable else 0


def _needs_balance(info: AccountInfo) -> bool:
    """Whether the account is kept alive for some reason, and by its balance alone."""
    return info.consumers > 0 and info.providers <= 1


def saturating(value: int) -> Rao:
    """The value, or 0 rao where it is negative."""
    return Rao(max(value, 0))
