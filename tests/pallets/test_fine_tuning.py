"""The fine-tuning market, from a job's posting to its payment."""

from dataclasses import replace
from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets.fine_tuning import errors, events
from taonet.pallets.fine_tuning.calls import JOBS_KEPT, FineTuning, commitment_to
from taonet.pallets.fine_tuning.storage import (
    SUBMISSIONS_MAX,
    Job,
    Limits,
    Metric,
    Terms,
    Verdict,
    Windows,
)
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao, to_rao
from taonet.runtime.transaction_validity import TransactionInvalid
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, Chain, Wallet, call_of

NETUID = NetUid(9)
POOR = Wallet("Poor")
POSTER = Signed(ALICE.account)
KEY = b"k" * 32
BUDGET = to_rao(10)
WINDOWS = Windows(training=20, revealing=5, judging=5)
TERMS = Terms(
    base_model=b"SmolLM2-135M-Instruct",
    dataset=b"d" * 32,
    hidden_test=b"t" * 32,
    test_key=blake2_256(KEY),
    metric=Metric.EXACT_MATCH,
    limits=Limits(rank=16, file_bytes=10 << 20),
)


def account(name: str) -> AccountId:
    """An account named for its part in a test."""
    return AccountId(name.encode().ljust(32, b"."))


class Market:
    """A subnet with three miners and two validators, the second of twice the stake."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.runtime = self.chain.runtime
        self.pallet: FineTuning = self.runtime.fine_tuning
        module = self.runtime.subtensor
        module.subnet_creation.add(NETUID, 100)
        for name in ("anne", "ben", "cleo", "small", "large"):
            module.hotkeys.associate(account(f"{name} cold"), account(name))
            module.neuron_registry.append(NETUID, account(name))
        module.scores.validator_permit[NETUID] = bytes([0, 0, 0, 1, 1])
        for name, alpha in (("small", 10**12), ("large", 2 * 10**12)):
            module.staking.grant(account(name), account(f"{name} cold"), NETUID, Alpha(alpha))
            module.pools.subnet_alpha_out[NETUID] += Alpha(alpha)
        self.chain.block()

    @property
    def number(self) -> int:
        """The present block."""
        return self.runtime.system.number

    def at(self, number: int) -> None:
        """Make another block the present one."""
        self.runtime.system.number = number

    def make(self, name: str, *arguments: Any, origin: Origin = POSTER) -> None:
        """Dispatch a call of the market and check its books."""
        self.runtime.apply(call_of("FineTuning", name, *arguments), origin)
        self.pallet.try_state()

    def refuse(
        self,
        error: type[DispatchError],
        name: str,
        *arguments: Any,
        origin: Origin = POSTER,
    ) -> None:
        refuses(self.runtime, call_of("FineTuning", name, *arguments), origin, error)

    def post(self) -> Job:
        """Post the usual job; it is number 0 of this chain."""
        self.runtime.apply(posting(), POSTER)
        self.pallet.try_state()
        return self.job()

    def job(self, number: int = 0) -> Job:
        job = self.pallet.kept.jobs[number]
        assert job is not None
        return job

    def work(self, *names: str) -> None:
        """Let miners commit in this order, and show their adapters in time."""
        for name in names:
            self.make("commit", 0, commitment(name), origin=Signed(account(name)))
        self.at(self.job().commit_until)
        for name in names:
            self.make("reveal", 0, adapter(name), salt(name), origin=Signed(account(name)))

    def judge(self, validator: str, **gains: int) -> None:
        """Let a validator say what it found, in millionths."""
        self.at(self.job().reveal_until)
        verdicts = tuple(Verdict(account(name), gain) for name, gain in gains.items())
        self.make("judge", 0, verdicts, origin=Signed(account(validator)))

    def settle(self) -> events.JobSettled:
        """Let time pass, settle, and say what was reported."""
        self.at(self.job().judge_until)
        self.make("settle", 0, origin=Signed(account("anyone")))
        event = self.runtime.state.events[-1].event
        assert isinstance(event, events.JobSettled)
        return event

    def free(self, name: str) -> int:
        return int(self.runtime.balances.free(account(name)))


def posting(**changed: Any) -> Call:
    """The usual job, with changes."""
    given = {"netuid": NETUID, "terms": TERMS, "budget": BUDGET, "windows": WINDOWS} | changed
    return call_of("FineTuning", "post", *given.values())


def adapter(name: str) -> bytes:
    return blake2_256(b"adapter of " + name.encode())


def salt(name: str) -> bytes:
    return blake2_256(b"salt of " + name.encode())


def commitment(name: str) -> bytes:
    return commitment_to(adapter(name), account(name), salt(name))


@pytest.fixture
def market() -> Market:
    return Market()


def test_the_best_are_paid_and_the_rest_comes_back(market: Market) -> None:
    before = market.chain.free(ALICE)
    job = market.post()
    assert before - market.chain.free(ALICE) == int(BUDGET)
    market.work("anne", "ben", "cleo")
    market.make("open_test", 0, KEY)
    market.judge("large", ben=200_000, anne=100_000)
    settled = market.settle()
    assert [winner.hotkey for winner in settled.winners] == [account("ben"), account("anne")]
    assert market.free("ben cold") == int(to_rao(7))
    assert market.free("anne cold") == int(to_rao(2))
    assert market.free("cleo cold") == 0
    assert settled.refund == to_rao(1)
    assert before - market.chain.free(ALICE) == int(to_rao(9))
    assert market.runtime.balances.free(market.pallet.account) == Rao(0)
    assert market.job() == replace(job, key=KEY, settled=True, winners=settled.winners)


def test_the_larger_stake_decides(market: Market) -> None:
    market.post()
    market.work("anne", "ben")
    market.make("open_test", 0, KEY)
    market.judge("small", anne=999_999)
    market.judge("large", ben=1)
    assert [winner.hotkey for winner in market.settle().winners] == [account("ben")]


def test_who_lost_its_permit_does_not_count(market: Market) -> None:
    market.post()
    market.work("anne", "ben")
    market.make("open_test", 0, KEY)
    market.judge("small", anne=5)
    market.judge("large", ben=5)
    market.runtime.subtensor.scores.validator_permit[NETUID] = bytes([0, 0, 0, 1, 0])
    assert [winner.hotkey for winner in market.settle().winners] == [account("anne")]


def test_of_equal_adapters_the_earlier_commitment_wins(market: Market) -> None:
    market.post()
    market.work("cleo", "anne")
    market.make("open_test", 0, KEY)
    market.judge("large", anne=7, cleo=7)
    assert [winner.hotkey for winner in market.settle().winners] == [
        account("cleo"),
        account("anne"),
    ]


def test_a_second_commitment_loses_the_place_of_the_first(market: Market) -> None:
    market.post()
    market.make("commit", 0, b"x" * 32, origin=Signed(account("cleo")))
    market.at(market.number + market.pallet.commit_interval)
    market.work("anne", "cleo")
    market.make("open_test", 0, KEY)
    market.judge("large", anne=7, cleo=7)
    assert market.settle().winners[0].hotkey == account("anne")


@pytest.mark.parametrize("gains", [{}, {"anne": 0}])
def test_nobody_beats_the_base_and_everything_comes_back(
    market: Market, gains: dict[str, int]
) -> None:
    before = market.chain.free(ALICE)
    market.post()
    market.work("anne")
    market.make("open_test", 0, KEY)
    market.judge("large", **gains)
    settled = market.settle()
    assert (settled.winners, settled.refund) == ((), BUDGET)
    assert market.chain.free(ALICE) == before


def test_nobody_works_and_everything_comes_back(market: Market) -> None:
    before = market.chain.free(ALICE)
    market.post()
    assert market.settle().refund == BUDGET
    assert market.chain.free(ALICE) == before


def test_a_key_that_is_kept_back_costs_the_budget(market: Market) -> None:
    """Else the poster would have the adapters for nothing."""
    before = market.chain.free(ALICE)
    burnt = market.runtime.subtensor.constants.burn_account_id.account()
    market.post()
    market.work("anne")
    settled = market.settle()
    assert (settled.winners, settled.refund) == ((), Rao(0))
    assert before - market.chain.free(ALICE) == int(BUDGET)
    assert market.runtime.balances.free(burnt) == BUDGET


def test_a_winner_whose_key_is_gone_is_passed_over(market: Market) -> None:
    market.post()
    market.work("anne", "ben")
    market.make("open_test", 0, KEY)
    market.judge("large", anne=9, ben=5)
    del market.runtime.subtensor.accounts.owner[account("anne")]
    assert [winner.hotkey for winner in market.settle().winners] == [account("ben")]


def test_a_job_without_work_can_be_taken_back(market: Market) -> None:
    before = market.chain.free(ALICE)
    market.post()
    market.refuse(errors.NotThePoster, "cancel", 0, origin=Signed(account("anne")))
    market.make("cancel", 0)
    assert market.chain.free(ALICE) == before
    market.refuse(errors.AlreadySettled, "cancel", 0)


def test_a_job_with_work_cannot(market: Market) -> None:
    market.post()
    market.make("commit", 0, commitment("anne"), origin=Signed(account("anne")))
    market.refuse(errors.WorkHasBegun, "cancel", 0)


def test_jobs_of_a_subnet_that_ends_come_back(market: Market) -> None:
    before = market.chain.free(ALICE)
    market.post()
    market.post()
    market.make("commit", 0, commitment("anne"), origin=Signed(account("anne")))
    market.pallet.forget_subnet(NETUID)
    market.pallet.try_state()
    assert market.chain.free(ALICE) == before


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"netuid": NetUid(77)}, errors.SubnetNotExists),
        ({"budget": to_rao(1) // 10 - Rao(1)}, errors.BudgetTooSmall),
        ({"budget": to_rao(10_000_000)}, errors.BudgetNotCovered),
        ({"windows": replace(WINDOWS, training=1)}, errors.WindowOutOfRange),
        ({"windows": replace(WINDOWS, judging=50_401)}, errors.WindowOutOfRange),
        ({"terms": replace(TERMS, limits=Limits(0, 1))}, errors.LimitsOutOfRange),
        ({"terms": replace(TERMS, limits=Limits(257, 1))}, errors.LimitsOutOfRange),
        ({"terms": replace(TERMS, limits=Limits(1, 0))}, errors.LimitsOutOfRange),
        ({"terms": replace(TERMS, limits=Limits(1, (1 << 30) + 1))}, errors.LimitsOutOfRange),
    ],
)
def test_a_bad_job_is_refused(
    market: Market, changed: dict[str, Any], error: type[DispatchError]
) -> None:
    refuses(market.runtime, posting(**changed), POSTER, error)


def test_a_subnet_has_so_many_open_jobs_and_no_more(market: Market) -> None:
    for _ in range(market.pallet.maximum_open_jobs):
        market.runtime.apply(posting(budget=to_rao(1)), POSTER)
    refuses(market.runtime, posting(), POSTER, errors.TooManyJobs)
    market.make("cancel", 3)
    market.runtime.apply(posting(), POSTER)


def test_old_jobs_are_forgotten_once_they_are_settled(market: Market) -> None:
    kept = market.pallet.kept
    market.post()
    for number in range(1, JOBS_KEPT + 2):
        market.runtime.apply(posting(budget=to_rao(1)), POSTER)
        if number != 1:
            market.make("cancel", number)
    assert kept.jobs[0] is not None
    market.make("cancel", 0)
    assert kept.jobs[0] is None
    assert kept.jobs[2] is not None
    market.runtime.apply(posting(), POSTER)
    assert kept.jobs[2] is None
    assert kept.jobs[1] is not None


def test_only_miners_commit_in_time(market: Market) -> None:
    market.refuse(errors.UnknownJob, "commit", 0, commitment("anne"))
    job = market.post()
    market.refuse(errors.NotAMiner, "commit", 0, commitment("anne"))
    market.refuse(BadOrigin, "commit", 0, commitment("anne"), origin=Root())
    market.at(job.commit_until)
    market.refuse(errors.TooLate, "commit", 0, commitment("anne"), origin=Signed(account("anne")))


def test_a_job_takes_so_many_submissions_and_no_more(market: Market) -> None:
    market.post()
    module = market.runtime.subtensor
    for number in range(SUBMISSIONS_MAX):
        hotkey = account(f"miner {number}")
        module.neuron_registry.append(NETUID, hotkey)
        market.make("commit", 0, b"x" * 32, origin=Signed(hotkey))
    market.refuse(errors.TooManySubmissions, "commit", 0, b"x" * 32, origin=Signed(account("anne")))
    miner = Signed(account("miner 3"))
    market.refuse(errors.CommittedTooOften, "commit", 0, b"y" * 32, origin=miner)
    market.at(market.number + market.pallet.commit_interval)
    market.make("commit", 0, b"y" * 32, origin=miner)


def test_what_is_shown_is_what_was_committed_to(market: Market) -> None:
    job = market.post()
    anne, ben = Signed(account("anne")), Signed(account("ben"))
    market.make("commit", 0, commitment("anne"), origin=anne)
    market.make("commit", 0, commitment("anne"), origin=ben)
    shown = 0, adapter("anne"), salt("anne")
    market.refuse(errors.TooEarly, "reveal", *shown, origin=anne)
    market.at(job.commit_until)
    market.refuse(errors.CommitmentDiffers, "reveal", *shown, origin=ben)
    market.refuse(errors.CommitmentDiffers, "reveal", 0, adapter("ben"), salt("anne"), origin=anne)
    market.refuse(errors.NothingCommitted, "reveal", *shown, origin=Signed(account("cleo")))
    market.make("reveal", *shown, origin=anne)
    market.refuse(errors.AlreadyRevealed, "reveal", *shown, origin=anne)
    market.at(job.reveal_until)
    market.refuse(errors.TooLate, "reveal", *shown, origin=anne)


def test_the_hidden_test_opens_after_the_last_commitment(market: Market) -> None:
    job = market.post()
    market.refuse(errors.TooEarly, "open_test", 0, KEY)
    market.at(job.commit_until)
    market.refuse(errors.KeyDiffers, "open_test", 0, b"x" * 32)
    market.make("open_test", 0, KEY, origin=Signed(account("anyone")))
    assert market.job().key == KEY
    market.at(job.judge_until)
    market.refuse(errors.TooLate, "open_test", 0, KEY)


def test_only_validators_judge_what_was_shown_on_an_open_test(market: Market) -> None:
    job = market.post()
    market.work("anne")
    large = Signed(account("large"))
    verdict = (Verdict(account("anne"), 5),)
    market.refuse(errors.TooEarly, "judge", 0, verdict, origin=large)
    market.at(job.reveal_until)
    market.refuse(errors.TestIsClosed, "judge", 0, verdict, origin=large)
    market.make("open_test", 0, KEY)
    market.refuse(errors.NotAValidator, "judge", 0, verdict, origin=Signed(account("anne")))
    market.refuse(errors.NotAValidator, "judge", 0, verdict)
    market.refuse(errors.VerdictOnNobody, "judge", 0, verdict * 2, origin=large)
    stranger = (Verdict(account("ben"), 5),)
    market.refuse(errors.VerdictOnNobody, "judge", 0, stranger, origin=large)
    market.make("judge", 0, verdict, origin=large)
    market.refuse(errors.AlreadyJudged, "judge", 0, (), origin=large)
    market.at(job.judge_until)
    market.refuse(errors.TooLate, "judge", 0, verdict, origin=large)


def test_a_job_is_settled_once_and_in_time(market: Market) -> None:
    market.post()
    market.refuse(errors.TooEarly, "settle", 0)
    market.settle()
    market.refuse(errors.AlreadySettled, "settle", 0)
    market.refuse(errors.UnknownJob, "settle", 1)


def test_neurons_work_for_free_and_strangers_are_turned_away_before(market: Market) -> None:
    """A hotkey without TAO gets its call into a block; a stranger's does not reach the pool."""
    chain = market.chain
    market.runtime.subtensor.neuron_registry.append(NETUID, POOR.account)
    posted = chain.sign(ALICE, posting())
    chain.block(posted)
    call = call_of("FineTuning", "commit", 0, commitment("anne"))
    assert chain.free(POOR) == 0
    chain.block(chain.sign(POOR, call))
    assert market.pallet.kept.submissions[0, POOR.account] is not None
    for nonce in (1, 2):
        with pytest.raises(TransactionInvalid, match="Custom error: 255"):
            chain.validate(chain.sign(POOR, call, nonce=nonce))
    with pytest.raises(TransactionInvalid, match="Custom error: 255"):
        chain.validate(chain.sign(Wallet("Nobody"), call))
