"""
Crowdloans: many give TAO to one end, which is either an account or a call of the creator's.

The money lies on an account of the crowdloan's own. When the cap is raised the creator finalizes:
the money goes to the account, or the call is dispatched as the creator's, which may take it from
there (`SubtensorModule.register_leased_network` does). Until then everyone can take back what it
gave, except the creator its deposit.

Source: subtensor pallets/crowdloan/src/lib.rs @ 14bc6f9.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Final

from taonet.frame.call import RUNTIME_CALL, Call, Dispatcher
from taonet.frame.dispatch_error import DispatchError, Unavailable
from taonet.frame.origin import Origin, Signed, ensure_signed
from taonet.frame.pallet import Constant, Pallet, PostInfo, call, declared_errors, declared_events
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.balances import Balances, CompactRao
from taonet.pallets.balances_types import Preservation
from taonet.pallets.crowdloan import errors, events
from taonet.pallets.crowdloan.storage import CrowdloanInfo, CrowdloanStorage
from taonet.pallets.pallet_id import PalletId
from taonet.pallets.preimage import Preimage
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao, to_rao
from taonet.scale.types import CompactU32, option, type_of, u32

ID_MAX: Final = 2**32 - 1

CROWDLOAN_PALLET_ID: Final = PalletId(b"bt/cloan")

OptionalCall = Annotated[Call | None, option(RUNTIME_CALL)]
OptionalRao = Annotated[Rao | None, option(type_of(Rao))]


def _create_weight(
    _deposit: Rao,
    _min_contribution: Rao,
    _cap: Rao,
    _end: int,
    inner: Call | None,
    _target_address: AccountId | None,
) -> Weight:
    base = Weight(59_829_000, 6148) + database_weight(reads=3, writes=5)
    return base if inner is None else base + inner.info().weight


def _refund_weight(contributors: int) -> Weight:
    each = Weight(39_503_253, 2579) + database_weight(reads=2, writes=2)
    base = Weight(110_703_000, 3747) + database_weight(reads=2)
    return base + Weight(each.ref_time * contributors, each.proof_size * contributors)


class Crowdloan(Pallet, prefix="Crowdloan"):
    """Raises funds, gives them back, or puts them to their end."""

    events = declared_events(events)
    errors = declared_errors(errors)

    pallet_id = Constant(
        PalletId, CROWDLOAN_PALLET_ID, doc="What the accounts of crowdloans are derived from."
    )
    minimum_deposit = Constant(
        Rao, to_rao(10), doc="The minimum deposit required to create a crowdloan."
    )
    absolute_minimum_contribution = Constant(
        Rao, Rao(100_000_000), doc="The smallest minimum contribution of a crowdloan."
    )
    minimum_block_duration = Constant(
        u32, lambda config: config.pick(50_400, 50), doc="The shortest crowdloan, in blocks."
    )
    maximum_block_duration = Constant(
        u32, lambda config: config.pick(432_000, 20_000), doc="The longest crowdloan, in blocks."
    )
    refund_contributors_limit = Constant(u32, 50, doc="How many contributors are refunded at once.")
    max_contributors = Constant(u32, 500, doc="How many may contribute to a crowdloan.")

    def __init__(
        self,
        system: System,
        balances: Balances,
        preimages: Preimage,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(system.state)
        self._system = system
        self._balances = balances
        self._preimages = preimages
        self._dispatcher = dispatcher
        self._kept = CrowdloanStorage(system.state)

    @call(index=0, weight=_create_weight)
    def create(
        self,
        origin: Origin,
        deposit: CompactRao,
        min_contribution: CompactRao,
        cap: CompactRao,
        end: CompactU32,
        call: OptionalCall,
        target_address: AccountId | None,
    ) -> None:
        """
        Create a crowdloan up to a cap in rao, for an account or for a call of yours, exactly one
        of them. Your deposit is its first contribution and stays until it is dissolved.
        """
        creator = ensure_signed(origin)
        if deposit < self.minimum_deposit:
            raise errors.DepositTooLow
        if cap <= deposit:
            raise errors.CapTooLow
        if min_contribution < self.absolute_minimum_contribution:
            raise errors.MinimumContributionTooLow
        if (call is None) == (target_address is None):
            raise errors.InvalidFinalizationConfig
        self._ensure_end(end)
        if self._balances.free(creator) < deposit:
            raise errors.InsufficientBalance
        number = self._next_id()
        account = self._funds_account(number)
        self._system.increment_providers(account)
        self._kept.crowdloans[number] = CrowdloanInfo(
            creator=creator,
            deposit=deposit,
            min_contribution=min_contribution,
            end=end,
            cap=cap,
            funds_account=account,
            raised=deposit,
            target_address=target_address,
            call=None if call is None else self._preimages.bound(call),
            finalized=False,
            contributors_count=1,
        )
        self._transfer(creator, account, deposit)
        self._kept.contributions[number, creator] = deposit
        self.deposit_event(events.Created(crowdloan_id=number, creator=creator, end=end, cap=cap))

    @call(index=1, weight=Weight(66_609_000, 6148) + database_weight(reads=5, writes=4))
    def contribute(self, origin: Origin, crowdloan_id: CompactU32, amount: CompactRao) -> None:
        """
        Give to a crowdloan, in rao: at most what it still needs, and what one contributor may
        give.
        """
        who = ensure_signed(origin)
        loan = self._loan(crowdloan_id)
        if self._system.number >= loan.end:
            raise errors.ContributionPeriodEnded
        if loan.raised >= loan.cap:
            raise errors.CapRaised
        if amount < loan.min_contribution:
            raise errors.ContributionTooLow
        if loan.contributors_count >= self.max_contributors:
            raise errors.MaxContributorsReached
        former = self._kept.contributions[crowdloan_id, who]
        given = Rao(0) if former is None else former
        accepted = min(amount, loan.cap - loan.raised, self._left_to(crowdloan_id, given, amount))
        if self._balances.free(who) < accepted:
            raise errors.InsufficientBalance
        self._transfer(who, loan.funds_account, accepted)
        self._kept.contributions[crowdloan_id, who] = given + accepted
        self._kept.crowdloans[crowdloan_id] = replace(
            loan,
            raised=loan.raised + accepted,
            contributors_count=loan.contributors_count + (former is None),
        )
        self.deposit_event(
            events.Contributed(crowdloan_id=crowdloan_id, contributor=who, amount=accepted)
        )

    @call(index=2, weight=Weight(60_259_000, 6148) + database_weight(reads=4, writes=4))
    def withdraw(self, origin: Origin, crowdloan_id: CompactU32) -> None:
        """Take back all that you gave; as the creator, all but the deposit."""
        who = ensure_signed(origin)
        loan = self._loan_not_finalized(crowdloan_id)
        amount = self._kept.contributions[crowdloan_id, who]
        if not amount:
            raise errors.NoContribution
        if who == loan.creator:
            if amount <= loan.deposit:
                raise errors.DepositCannotBeWithdrawn
            amount -= loan.deposit
            self._kept.contributions[crowdloan_id, who] = loan.deposit
        else:
            self._kept.contributions[crowdloan_id, who] = None
            loan = replace(loan, contributors_count=_one_less(loan.contributors_count))
        self._transfer(loan.funds_account, who, amount)
        self._kept.crowdloans[crowdloan_id] = replace(loan, raised=loan.raised - amount)
        self.deposit_event(
            events.Withdrew(crowdloan_id=crowdloan_id, contributor=who, amount=amount)
        )

    @call(index=3, weight=Weight(31_507_000, 4_197_809) + database_weight(reads=4, writes=2))
    def finalize(self, origin: Origin, crowdloan_id: CompactU32) -> None:
        """
        End a crowdloan that has raised its cap: transfer the funds, or dispatch the call as yours.
        The call cannot finalize a crowdloan itself.
        """
        who = ensure_signed(origin)
        loan = self._loan(crowdloan_id)
        if who != loan.creator:
            raise errors.InvalidOrigin
        if loan.raised != loan.cap:
            raise errors.CapNotRaised
        if loan.finalized:
            raise errors.AlreadyFinalized
        if loan.call is not None and loan.target_address is None:
            self._dispatch(crowdloan_id, loan, who)
        elif loan.target_address is not None and loan.call is None:
            self._transfer(loan.funds_account, loan.target_address, loan.raised)
        else:
            raise errors.InvalidFinalizationConfig
        self._kept.crowdloans[crowdloan_id] = replace(loan, finalized=True)
        self.deposit_event(events.Finalized(crowdloan_id=crowdloan_id))

    @call(index=4, weight=lambda _id: _refund_weight(50))
    def refund(self, origin: Origin, crowdloan_id: CompactU32) -> PostInfo:
        """
        Give back what others contributed to your crowdloan, to fifty of them at once. Call it
        again until all are refunded.
        """
        loan = self._own_loan(origin, crowdloan_id)
        others = [
            (key[1], amount)
            for key, amount in self._kept.contributions.under(crowdloan_id)
            if key[1] != loan.creator
        ]
        refunded = others[: self.refund_contributors_limit]
        raised = loan.raised
        for contributor, amount in refunded:
            assert amount is not None
            self._transfer(loan.funds_account, contributor, amount)
            self._kept.contributions[crowdloan_id, contributor] = None
            raised -= amount
        count = loan.contributors_count - len(refunded)
        self._kept.crowdloans[crowdloan_id] = replace(loan, raised=raised, contributors_count=count)
        if len(refunded) < len(others):
            self.deposit_event(events.PartiallyRefunded(crowdloan_id=crowdloan_id))
            return PostInfo()
        self.deposit_event(events.AllRefunded(crowdloan_id=crowdloan_id))
        return PostInfo(_refund_weight(len(refunded)))

    @call(index=5, weight=Weight(66_939_000, 6148) + database_weight(reads=4, writes=5))
    def dissolve(self, origin: Origin, crowdloan_id: CompactU32) -> None:
        """Remove your crowdloan and take your deposit back, once all others are refunded."""
        loan = self._own_loan(origin, crowdloan_id)
        own = self._kept.contributions[crowdloan_id, loan.creator]
        if own is None:
            raise errors.NoContribution
        if own != loan.raised:
            raise errors.NotReadyToDissolve
        self._transfer(loan.funds_account, loan.creator, own)
        self._kept.contributions[crowdloan_id, loan.creator] = None
        if loan.call is not None:
            self._preimages.drop(loan.call)
        self._release(loan.funds_account)
        self._kept.crowdloans[crowdloan_id] = None
        self._kept.max_contributions[crowdloan_id] = None
        self.deposit_event(events.Dissolved(crowdloan_id=crowdloan_id))

    @call(index=6, weight=Weight(13_259_000, 3747) + database_weight(reads=2, writes=1))
    def update_min_contribution(
        self, origin: Origin, crowdloan_id: CompactU32, new_min_contribution: CompactRao
    ) -> None:
        """Change the smallest contribution to your crowdloan, in rao."""
        loan = self._own_loan(origin, crowdloan_id)
        if new_min_contribution < self.absolute_minimum_contribution:
            raise errors.MinimumContributionTooLow
        most = self._kept.max_contributions[crowdloan_id]
        if most is not None and new_min_contribution > most:
            raise errors.MinimumContributionTooHigh
        self._kept.crowdloans[crowdloan_id] = replace(loan, min_contribution=new_min_contribution)
        self.deposit_event(
            events.MinContributionUpdated(
                crowdloan_id=crowdloan_id, new_min_contribution=new_min_contribution
            )
        )

    @call(index=7, weight=Weight(12_048_000, 3747) + database_weight(reads=1, writes=1))
    def update_end(self, origin: Origin, crowdloan_id: CompactU32, new_end: CompactU32) -> None:
        """Change the block at which your crowdloan ends."""
        loan = self._own_loan(origin, crowdloan_id)
        self._ensure_end(new_end)
        self._kept.crowdloans[crowdloan_id] = replace(loan, end=new_end)
        self.deposit_event(events.EndUpdated(crowdloan_id=crowdloan_id, new_end=new_end))

    @call(index=8, weight=Weight(11_357_000, 3747) + database_weight(reads=1, writes=1))
    def update_cap(self, origin: Origin, crowdloan_id: CompactU32, new_cap: CompactRao) -> None:
        """Change your crowdloan's cap, in rao, to what it has raised or more."""
        loan = self._own_loan(origin, crowdloan_id)
        if new_cap < loan.raised:
            raise errors.CapTooLow
        self._kept.crowdloans[crowdloan_id] = replace(loan, cap=new_cap)
        self.deposit_event(events.CapUpdated(crowdloan_id=crowdloan_id, new_cap=new_cap))

    @call(index=9, weight=Weight(16_024_000, 3747) + database_weight(reads=2, writes=1))
    def set_max_contribution(
        self, origin: Origin, crowdloan_id: CompactU32, new_max_contribution: OptionalRao
    ) -> None:
        """Limit what one contributor may give to your crowdloan, in rao, or lift the limit."""
        loan = self._own_loan(origin, crowdloan_id)
        if new_max_contribution is not None:
            own = self._kept.contributions[crowdloan_id, loan.creator] or Rao(0)
            if new_max_contribution < max(loan.min_contribution, own):
                raise errors.MaximumContributionTooLow
        self._kept.max_contributions[crowdloan_id] = new_max_contribution
        self.deposit_event(
            events.MaxContributionUpdated(
                crowdloan_id=crowdloan_id, new_max_contribution=new_max_contribution
            )
        )

    def try_state(self) -> None:
        """What an open crowdloan has raised is what was contributed, and lies on its account."""
        assert self._kept.current_crowdloan_id is None, "a crowdloan is still being finalized"
        for number, loan in self._kept.crowdloans.items():
            if loan is None or loan.finalized:
                continue
            given = [int(amount or 0) for _, amount in self._kept.contributions.under(number)]
            assert sum(given) == int(loan.raised), f"crowdloan {number} raised something else"
            assert len(given) == loan.contributors_count, f"contributors of crowdloan {number}"
            held = self._balances.free(loan.funds_account)
            assert held >= loan.raised, f"crowdloan {number} holds only {int(held)} rao"

    def _dispatch(self, crowdloan_id: int, loan: CrowdloanInfo, who: AccountId) -> None:
        assert loan.call is not None
        if self._kept.current_crowdloan_id is not None:
            # Two that finalize each other would never end.
            raise errors.InvalidFinalizationConfig
        self._kept.current_crowdloan_id = crowdloan_id
        try:
            stored = self._preimages.peek(loan.call)
        except Unavailable:
            raise errors.CallUnavailable from None
        try:
            self._dispatcher.apply(stored, Signed(who))
        except DispatchError as error:
            # The finalization costs what it declares, whatever its call says.
            error.spent = None
            raise
        self._kept.current_crowdloan_id = None

    def _loan(self, crowdloan_id: int) -> CrowdloanInfo:
        loan = self._kept.crowdloans[crowdloan_id]
        if loan is None:
            raise errors.InvalidCrowdloanId
        return loan

    def _loan_not_finalized(self, crowdloan_id: int) -> CrowdloanInfo:
        loan = self._loan(crowdloan_id)
        if loan.finalized:
            raise errors.AlreadyFinalized
        return loan

    def _own_loan(self, origin: Origin, crowdloan_id: int) -> CrowdloanInfo:
        who = ensure_signed(origin)
        loan = self._loan_not_finalized(crowdloan_id)
        if who != loan.creator:
            raise errors.InvalidOrigin
        return loan

    def _next_id(self) -> int:
        number = self._kept.next_crowdloan_id
        if number == ID_MAX:
            raise errors.Overflow
        self._kept.next_crowdloan_id = number + 1
        return number

    def _ensure_end(self, end: int) -> None:
        duration = end - self._system.number
        if duration <= 0:
            raise errors.CannotEndInPast
        if duration < self.minimum_block_duration:
            raise errors.BlockDurationTooShort
        if duration > self.maximum_block_duration:
            raise errors.BlockDurationTooLong

    def _left_to(self, crowdloan_id: int, given: Rao, amount: Rao) -> Rao:
        """What the contributor's own limit leaves of `amount`."""
        most = self._kept.max_contributions[crowdloan_id]
        if most is None:
            return amount
        if given >= most:
            raise errors.MaxContributionReached
        return min(amount, most - given)

    def _funds_account(self, crowdloan_id: int) -> AccountId:
        return CROWDLOAN_PALLET_ID.account(crowdloan_id.to_bytes(4, "little"))

    def _transfer(self, source: AccountId, dest: AccountId, amount: Rao) -> None:
        self._balances.transfer(source, dest, amount, Preservation.EXPENDABLE)

    def _release(self, account: AccountId) -> None:
        """The account need not live any more; if somebody sent it money, it does."""
        with suppress(DispatchError):
            self._system.decrement_providers(account)


def _one_less(count: int) -> int:
    if not count:
        raise errors.Underflow
    return count - 1
