"""
Honest calls that need what came before: acting for others, and a job from its posting to its prize.

Each asks the state how far the matter is, and takes the next step.
"""

from random import Random
from typing import Any, Final

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Origin, Signed
from taonet.frame.weight import Weight
from taonet.pallets.fine_tuning.calls import commitment_to
from taonet.pallets.fine_tuning.storage import Job, Limits, Metric, Terms, Verdict, Windows
from taonet.pallets.multisig import multisig_account
from taonet.pallets.proxy.types import ProxyType
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, to_rao
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime
from tests.properties.calls import CallMaker

THRESHOLD: Final = 2
MOST: Final = Weight(10**12, 10**6)
"""What an operation of several may weigh."""

KEY: Final = b"k" * 32
TERMS: Final = Terms(
    base_model=b"model",
    dataset=b"d" * 32,
    hidden_test=b"t" * 32,
    test_key=blake2_256(KEY),
    metric=Metric.EXACT_MATCH,
    limits=Limits(rank=16, file_bytes=1 << 20),
)
WINDOWS: Final = Windows(training=3, revealing=3, judging=4)


def call_of(pallet: str, name: str, *arguments: Any) -> Call:
    """A call by its names."""
    return Call(*CALLS[pallet, name], arguments)


class Errands:
    """Takes the next step of something, as one who may; now and then as one who may not."""

    def __init__(
        self, runtime: Runtime, random: Random, coldkeys: tuple[AccountId, ...], maker: CallMaker
    ) -> None:
        self._runtime = runtime
        self._random = random
        self._coldkeys = coldkeys
        self._maker = maker

    def next(self) -> tuple[Call, Origin]:
        """A step of a proxy's, of several signatories', or of a job."""
        call, who = self._random.choice((self._proxy, self._several, self._job))()
        if self._random.random() < 0.15:
            who = self._random.choice(self._coldkeys)
        return call, Signed(who)

    def _proxy(self) -> tuple[Call, AccountId]:
        """Money moved for somebody, who first says that this one may."""
        inner, origin = self._maker.honest()
        assert isinstance(origin, Signed)
        real, delegate = origin.who, self._random.choice(self._coldkeys)
        known, _ = self._runtime.proxy.kept.proxies[real]
        if all(one.delegate != delegate for one in known):
            return call_of("Proxy", "add_proxy", AddressId(delegate), ProxyType.ANY, 0), real
        return call_of("Proxy", "proxy", AddressId(real), None, inner), delegate

    def _several(self) -> tuple[Call, AccountId]:
        """A transfer of what three hold together, with the approval of two."""
        three = tuple(sorted(self._random.sample(self._coldkeys, 3)))
        account = multisig_account(three, THRESHOLD)
        who = self._random.choice(three)
        if int(self._runtime.balances.free(account)) < int(to_rao(2)):
            return call_of("Balances", "transfer_keep_alive", AddressId(account), to_rao(5)), who
        inner = call_of("Balances", "transfer_keep_alive", AddressId(three[0]), to_rao(1))
        encoded = self._runtime.codecs.of(RUNTIME_CALL).encode(inner)
        operation = self._runtime.multisig.multisigs[account, blake2_256(encoded)]
        when = None
        if operation is not None:
            when = operation.when
            who = next(one for one in three if one not in operation.approvals)
        others = tuple(one for one in three if one != who)
        return call_of("Multisig", "as_multi", THRESHOLD, others, when, inner, MOST), who

    def _job(self) -> tuple[Call, AccountId]:
        """The next step of an open job of some subnet, or a new one."""
        subnets = self._runtime.subtensor.staking.subnets.without_root()
        poster = self._random.choice(self._coldkeys)
        if not subnets:
            return call_of("System", "remark", b""), poster
        netuid = self._random.choice(subnets)
        kept = self._runtime.fine_tuning.kept
        if not kept.open_jobs[netuid]:
            return call_of("FineTuning", "post", netuid, TERMS, Rao(10**9), WINDOWS), poster
        number = kept.open_jobs[netuid][0]
        job = kept.jobs[number]
        assert job is not None
        return self._step(number, job, poster)

    def _step(self, number: int, job: Job, anyone: AccountId) -> tuple[Call, AccountId]:
        block = self._runtime.system.number
        miners = [hotkey for _, hotkey in self._runtime.subtensor.neurons.keys.under(job.netuid)]
        miner = self._random.choice(miners or [anyone])
        adapter, salt = blake2_256(b"adapter" + miner), blake2_256(b"salt" + miner)
        if block < job.commit_until:
            made = commitment_to(adapter, miner, salt)
            return call_of("FineTuning", "commit", number, made), miner
        if job.key is None and block < job.judge_until and self._random.random() < 0.3:
            return call_of("FineTuning", "open_test", number, KEY), anyone
        if block < job.reveal_until:
            return call_of("FineTuning", "reveal", number, adapter, salt), miner
        if block < job.judge_until:
            verdicts = self._verdicts(number, job.netuid)
            return call_of("FineTuning", "judge", number, verdicts), miner
        return call_of("FineTuning", "settle", number), anyone

    def _verdicts(self, number: int, netuid: NetUid) -> tuple[Verdict, ...]:
        """What a validator of the subnet found of the adapters that were shown."""
        submissions = self._runtime.fine_tuning.kept.submissions
        shown = [hotkey for (_, hotkey), made in submissions.under(number) if made.adapter]
        return tuple(Verdict(hotkey, self._random.randrange(10**6)) for hotkey in shown)
