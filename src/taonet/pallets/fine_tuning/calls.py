"""
A market for fine-tuning: somebody puts TAO in escrow for the best adapter of a model.

A job has three parts, counted in blocks. While miners train, each commits to the hash of its
adapter, its hotkey and a salt, so that nobody can hand in another one's work. Then they show which
adapters these were. The hidden test, which was posted encrypted, is opened by its key; validators
of the job's subnet measure every adapter on it and say how much better than the base each one is.
At the end the median of the verdicts by stake decides: the best three are paid 70, 20 and 10
percent of the budget, and what is not won goes back to the poster.

A poster can't have the adapters for nothing by keeping the key back: then the budget is burned, if
there was any adapter to judge.

What neurons do here is free, as their own calls of the chain are, since hotkeys hold no TAO; so who
may do it is asked before a call is taken at all, and nobody may do it over and over.

The real chain has no such pallet; its index is beyond those that the real chain has given out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Final

from taonet.economy.prizes import Contender, prizes, weighted_median
from taonet.frame.call import Call
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Constant, Pallet, call, declared_errors, declared_events
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.fine_tuning import errors, events
from taonet.pallets.fine_tuning.storage import (
    SUBMISSIONS_MAX,
    FineTuningStorage,
    HashBytes,
    Job,
    Submission,
    Terms,
    Verdict,
    Windows,
    Winner,
)
from taonet.pallets.pallet_id import PalletId
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.packed_vectors import BOOL, item
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, to_rao
from taonet.scale.types import U32, u32, vec

FINE_TUNING_INDEX: Final = 202
"""The pallet's place in the runtime, beyond those of the real chain."""

FINE_TUNING_PALLET_ID: Final = PalletId(b"tn/ftune")
JOBS_KEPT: Final = 256
"""How far behind the newest job's number a settled one is still kept."""

Verdicts = Annotated[tuple[Verdict, ...], vec(Verdict, SUBMISSIONS_MAX)]


def _settle_weight(_job: int) -> Weight:
    each = database_weight(reads=2 + SUBMISSIONS_MAX // 4, writes=2)
    base = Weight(80_000_000, 10_000) + database_weight(reads=8, writes=10)
    return base + Weight(each.ref_time * SUBMISSIONS_MAX, each.proof_size * SUBMISSIONS_MAX)


class FineTuning(Pallet, prefix="FineTuning"):
    """Takes jobs, adapters and verdicts, and pays."""

    events = declared_events(events)
    errors = declared_errors(errors)

    pallet_id = Constant(
        PalletId, FINE_TUNING_PALLET_ID, doc="What the account that holds all budgets is made from."
    )
    minimum_budget = Constant(Rao, to_rao(1) // 10, doc="The smallest budget of a job.")
    minimum_window = Constant(
        u32, lambda config: config.pick(25, 2), doc="The shortest part of a job, in blocks."
    )
    maximum_window = Constant(u32, 50_400, doc="The longest part of a job, in blocks.")
    maximum_rank = Constant(u32, 256, doc="The highest rank that a job may allow.")
    maximum_file_bytes = Constant(u32, 1 << 30, doc="The largest adapter that a job may allow.")
    maximum_open_jobs = Constant(u32, 64, doc="How many jobs of a subnet may be open at once.")
    commit_interval = Constant(
        u32, 10, doc="The fewest blocks between two commitments of a hotkey to one job."
    )
    maximum_submissions = Constant(u32, SUBMISSIONS_MAX, doc="How many may work on one job.")

    def __init__(self, system: System, subtensor: Subtensor) -> None:
        super().__init__(system.state)
        self._system = system
        self._subtensor = subtensor
        self.kept = FineTuningStorage(system.state)
        subtensor.dissolution.listeners.append(self.forget_subnet)

    @property
    def account(self) -> AccountId:
        """Where the budgets of open jobs lie."""
        return FINE_TUNING_PALLET_ID.account()

    @call(index=0, weight=Weight(60_000_000, 6_000) + database_weight(reads=5, writes=5))
    def post(
        self, origin: Origin, netuid: NetUid, terms: Terms, budget: Rao, windows: Windows
    ) -> None:
        """Ask a subnet's miners for an adapter, and put the budget in escrow, in rao."""
        poster = ensure_signed(origin)
        if netuid not in self._subtensor.networks.networks_added:
            raise errors.SubnetNotExists
        if budget < self.minimum_budget:
            raise errors.BudgetTooSmall
        self._ensure_in_range(terms, windows)
        if len(self.kept.open_jobs[netuid]) >= self.maximum_open_jobs:
            raise errors.TooManyJobs
        if budget > self._subtensor.tao.balance_above_minimum(poster):
            raise errors.BudgetNotCovered
        self._pay(poster, self.account, budget)
        number = self.kept.next_job
        commit_until = self._system.number + windows.training
        reveal_until = commit_until + windows.revealing
        self.kept.jobs[number] = Job(
            netuid=netuid,
            poster=poster,
            terms=terms,
            budget=budget,
            commit_until=commit_until,
            reveal_until=reveal_until,
            judge_until=reveal_until + windows.judging,
            key=None,
            settled=False,
            winners=(),
        )
        self.kept.next_job = number + 1
        self.kept.open_jobs[netuid] += (number,)
        self._drop_old(number - JOBS_KEPT)
        self.deposit_event(
            events.JobPosted(job=number, netuid=netuid, poster=poster, budget=budget)
        )

    @call(
        index=1,
        weight=Weight(30_000_000, 5_000) + database_weight(reads=4, writes=2),
        pays=Pays.NO,
    )
    def commit(self, origin: Origin, job: U32, commitment: HashBytes) -> None:
        """
        Commit to an adapter as a miner: the BLAKE2b-256 hash of its SHA-256, your hotkey and a salt
        of 32 bytes. A second commitment takes the place of the first, and its place in time.
        """
        hotkey = ensure_signed(origin)
        self._ensure_may_commit(job, hotkey)
        order = self.kept.commitments_made[job]
        self.kept.commitments_made[job] = order + 1
        made = Submission(commitment, order, self._system.number, None)
        self.kept.submissions[job, hotkey] = made
        self.deposit_event(events.AdapterCommitted(job=job, hotkey=hotkey))

    @call(
        index=2,
        weight=Weight(30_000_000, 5_000) + database_weight(reads=3, writes=1),
        pays=Pays.NO,
    )
    def reveal(self, origin: Origin, job: U32, adapter: HashBytes, salt: HashBytes) -> None:
        """Show which adapter you committed to: its file's SHA-256, and the salt."""
        hotkey = ensure_signed(origin)
        submission = self._to_be_shown(job, hotkey)
        if commitment_to(adapter, hotkey, salt) != submission.commitment:
            raise errors.CommitmentDiffers
        self.kept.submissions[job, hotkey] = replace(submission, adapter=adapter)
        self.deposit_event(events.AdapterRevealed(job=job, hotkey=hotkey, adapter=adapter))

    @call(index=3, weight=Weight(25_000_000, 4_000) + database_weight(reads=2, writes=1))
    def open_test(self, origin: Origin, job: U32, key: HashBytes) -> None:
        """Make the hidden test's key known, once no adapter can be committed to any more."""
        ensure_signed(origin)
        posted = self._open_job(job)
        self._ensure_between(posted.commit_until, posted.judge_until)
        if blake2_256(key) != posted.terms.test_key:
            raise errors.KeyDiffers
        self.kept.jobs[job] = replace(posted, key=key)
        self.deposit_event(events.TestOpened(job=job, key=key))

    @call(
        index=4,
        weight=Weight(40_000_000, 8_000) + database_weight(reads=4 + SUBMISSIONS_MAX, writes=1),
        pays=Pays.NO,
    )
    def judge(self, origin: Origin, job: U32, verdicts: Verdicts) -> None:
        """
        Say as a validator how much better than the base model each shown adapter is, in millionths
        of the metric; who is left out gained nothing. A verdict is final.
        """
        validator = ensure_signed(origin)
        self._ensure_may_judge(job, validator)
        judged = {verdict.hotkey for verdict in verdicts}
        shown = {hotkey for hotkey, _ in self._shown(job)}
        if len(judged) < len(verdicts) or not judged <= shown:
            raise errors.VerdictOnNobody
        self.kept.verdicts[job, validator] = verdicts
        self.deposit_event(events.Judged(job=job, validator=validator))

    @call(index=5, weight=_settle_weight, pays=Pays.NO)
    def settle(self, origin: Origin, job: U32) -> None:
        """Pay out a job whose time is over. Anyone may ask for it."""
        who = ensure_signed(origin)
        posted = self._due(job, who)
        shown = self._shown(job)
        if posted.key is None and shown:
            self._subtensor.tao.burn(self.account, posted.budget)
            self._close(job, posted, (), Rao(0))
            return
        winners = self._winners(job, posted, shown)
        for winner in winners:
            owner = self._subtensor.hotkeys.owner(winner.hotkey)
            self._pay(self.account, owner, winner.reward)
        refund = posted.budget - Rao(sum(int(winner.reward) for winner in winners))
        self._pay(self.account, posted.poster, refund)
        self._close(job, posted, winners, refund)

    @call(index=6, weight=Weight(40_000_000, 5_000) + database_weight(reads=4, writes=4))
    def cancel(self, origin: Origin, job: U32) -> None:
        """Take back your job, and its whole budget, as long as no miner has committed to it."""
        who, posted = ensure_signed(origin), self._open_job(job)
        if who != posted.poster:
            raise errors.NotThePoster
        if self.kept.commitments_made[job]:
            raise errors.WorkHasBegun
        self._return(job, posted)

    def forget_subnet(self, netuid: NetUid) -> None:
        """Give every open job of a subnet that ends back to its poster."""
        for job in self.kept.open_jobs[netuid]:
            posted = self.kept.jobs[job]
            assert posted is not None, f"job {job} is listed as open and is not there"
            self._return(job, posted)

    def check(self, who: AccountId, call: Call) -> None:
        """Raise the `ModuleError` that a neuron's call would meet, before it is taken for free."""
        if call.pallet_index != FINE_TUNING_INDEX:
            return
        checks: dict[str, Callable[[int, AccountId], object]] = {
            "commit": self._ensure_may_commit,
            "reveal": self._to_be_shown,
            "judge": self._ensure_may_judge,
            "settle": self._due,
        }
        check = checks.get(call.spec.name)
        if check is not None:
            check(call.arguments[0], who)

    def try_state(self) -> None:
        """The budgets of open jobs are on the account, and nothing of settled ones is left."""
        listed = sorted(job for jobs in self.kept.open_jobs.values() for job in jobs)
        jobs = {number: job for number, job in self.kept.jobs.items() if job is not None}
        waiting = {number: job for number, job in jobs.items() if not job.settled}
        assert listed == sorted(waiting), "open jobs are listed otherwise than they are stored"
        budgets = sum(int(job.budget) for job in waiting.values())
        held = int(self._system.account[self.account].data.free)
        assert held >= budgets, f"{held} rao are held for budgets of {budgets}"
        worked_on = {number for number, _ in list(self.kept.submissions.keys())}
        assert worked_on <= set(waiting), "a job that is over has submissions"

    def _ensure_may_commit(self, job: int, hotkey: AccountId) -> None:
        posted = self._open_job(job)
        if self._system.number >= posted.commit_until:
            raise errors.TooLate
        if not self._subtensor.neuron_registry.is_registered(posted.netuid, hotkey):
            raise errors.NotAMiner
        former = self.kept.submissions[job, hotkey]
        if former is not None:
            if self._system.number < former.block + self.commit_interval:
                raise errors.CommittedTooOften
        elif sum(1 for _ in self.kept.submissions.under(job)) >= self.maximum_submissions:
            raise errors.TooManySubmissions

    def _to_be_shown(self, job: int, hotkey: AccountId) -> Submission:
        """What the hotkey has committed to and not shown yet."""
        posted = self._open_job(job)
        self._ensure_between(posted.commit_until, posted.reveal_until)
        submission = self.kept.submissions[job, hotkey]
        if submission is None:
            raise errors.NothingCommitted
        if submission.adapter is not None:
            raise errors.AlreadyRevealed
        return submission

    def _ensure_may_judge(self, job: int, validator: AccountId) -> None:
        posted = self._open_job(job)
        self._ensure_between(posted.reveal_until, posted.judge_until)
        if posted.key is None:
            raise errors.TestIsClosed
        if not self._is_validator(posted.netuid, validator):
            raise errors.NotAValidator
        if (job, validator) in self.kept.verdicts:
            raise errors.AlreadyJudged

    def _due(self, job: int, _who: AccountId) -> Job:
        """A job that can be settled; whoever asks."""
        posted = self._open_job(job)
        if self._system.number < posted.judge_until:
            raise errors.TooEarly
        return posted

    def _ensure_in_range(self, terms: Terms, windows: Windows) -> None:
        for blocks in (windows.training, windows.revealing, windows.judging):
            if not self.minimum_window <= blocks <= self.maximum_window:
                raise errors.WindowOutOfRange
        limits = terms.limits
        if not (
            0 < limits.rank <= self.maximum_rank
            and 0 < limits.file_bytes <= self.maximum_file_bytes
        ):
            raise errors.LimitsOutOfRange

    def _open_job(self, number: int) -> Job:
        job = self.kept.jobs[number]
        if job is None:
            raise errors.UnknownJob
        if job.settled:
            raise errors.AlreadySettled
        return job

    def _ensure_between(self, start: int, end: int) -> None:
        if self._system.number < start:
            raise errors.TooEarly
        if self._system.number >= end:
            raise errors.TooLate

    def _is_validator(self, netuid: NetUid, hotkey: AccountId) -> bool:
        uid = self._subtensor.neurons.uids[netuid, hotkey]
        permits = self._subtensor.scores.validator_permit[netuid]
        return uid is not None and bool(item(permits, int(uid), BOOL))

    def _shown(self, job: int) -> list[tuple[AccountId, Submission]]:
        """Who has shown an adapter, by hotkey."""
        return [
            (hotkey, submission)
            for (_, hotkey), submission in self.kept.submissions.under(job)
            if submission is not None
            and submission.adapter is not None
            # A key that was swapped away since has no owner who could be paid.
            and self._subtensor.hotkeys.exists(hotkey)
        ]

    def _winners(
        self, job: int, posted: Job, shown: Sequence[tuple[AccountId, Submission]]
    ) -> tuple[Winner, ...]:
        """Who is paid what, by the median of the verdicts of those who still validate."""
        found: list[dict[AccountId, int]] = []
        weights: list[int] = []
        for (_, validator), verdicts in self.kept.verdicts.under(job):
            if verdicts is not None and self._is_validator(posted.netuid, validator):
                found.append({verdict.hotkey: verdict.gain for verdict in verdicts})
                weights.append(int(self._subtensor.stake_weights.total(validator, posted.netuid)))
        contenders = [
            Contender(weighted_median([gains.get(h, 0) for gains in found], weights), s.order)
            for h, s in shown
        ]
        winners = []
        for index, reward in prizes(int(posted.budget), contenders):
            hotkey, submission = shown[index]
            assert submission.adapter is not None, "only shown adapters are in the running"
            gain = contenders[index].gain
            winners.append(Winner(hotkey, submission.adapter, gain, Rao(reward)))
        return tuple(winners)

    def _return(self, job: int, posted: Job) -> None:
        """Give the whole budget back."""
        self._pay(self.account, posted.poster, posted.budget)
        self._clear(job, posted, ())
        self.deposit_event(events.JobCancelled(job=job, refund=posted.budget))

    def _close(self, job: int, posted: Job, winners: tuple[Winner, ...], refund: Rao) -> None:
        self._clear(job, posted, winners)
        self.deposit_event(events.JobSettled(job=job, winners=winners, refund=refund))

    def _clear(self, job: int, posted: Job, winners: tuple[Winner, ...]) -> None:
        """Keep of a job no more than what it asked for and who won it."""
        is_old = job + JOBS_KEPT <= self.kept.next_job
        settled = replace(posted, settled=True, winners=winners)
        self.kept.jobs[job] = None if is_old else settled
        still_open = tuple(n for n in self.kept.open_jobs[posted.netuid] if n != job)
        self.kept.open_jobs[posted.netuid] = still_open
        if not still_open:
            del self.kept.open_jobs[posted.netuid]
        self.kept.submissions.clear(job)
        self.kept.verdicts.clear(job)
        del self.kept.commitments_made[job]

    def _drop_old(self, number: int) -> None:
        """Forget a job that was settled long ago."""
        old = self.kept.jobs[number] if number >= 0 else None
        if old is not None and old.settled:
            self.kept.jobs[number] = None

    def _pay(self, source: AccountId, dest: AccountId, amount: Rao) -> None:
        if amount:
            self._subtensor.tao.transfer(source, dest, amount)


def commitment_to(adapter: bytes, hotkey: AccountId, salt: bytes) -> bytes:
    """
    What a miner commits to: no other hotkey can show the same adapter with it, and without the salt
    nobody can try which adapter it is.
    """
    return blake2_256(adapter + bytes(hotkey) + salt)
