"""
The market on chain as anyone sees it: jobs, who works on them, and the calls that move them on.

Source: the pallet `FineTuning`, which says what each call wants.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from taonet.neuron.errors import ChainRefused
from taonet.neuron.sdk_chain import SdkChain
from taonet.primitives.ss58 import decode_ss58
from taonet.subnets.fine_tuning.judgement import EXACT_MATCH, HELD_OUT_LOSS, PREFERENCE

PALLET: Final = "FineTuning"
MILLION: Final = 1_000_000
GAIN_MAX: Final = 2**32 - 1

METRIC_NAMES: Final = {
    HELD_OUT_LOSS: "HeldOutLoss",
    EXACT_MATCH: "ExactMatch",
    PREFERENCE: "PreferenceAccuracy",
}
"""Metrics as the chain calls them."""


@dataclass(frozen=True)
class Windows:
    """Blocks that each part of a job takes."""

    training: int = 300
    revealing: int = 50
    judging: int = 100


@dataclass(frozen=True)
class Terms:
    """What a job asks for; hashes are hexadecimal, those of blobs SHA-256."""

    base_model: str
    dataset: str
    hidden_test: str
    test_key: str
    """BLAKE2b-256 of the key that opens the hidden test."""
    metric: str
    rank_max: int
    file_bytes_max: int


@dataclass(frozen=True)
class Winner:
    """Who was paid, in rao, for which adapter and how much better it was."""

    hotkey: str
    adapter: str
    gain: float
    reward_rao: int


@dataclass(frozen=True)
class Job:
    """A job as it stands; blocks are those before which each part is over."""

    number: int
    netuid: int
    poster: str
    terms: Terms
    budget_rao: int
    commit_until: int
    reveal_until: int
    judge_until: int
    key: bytes | None
    settled: bool
    winners: tuple[Winner, ...]

    def phase(self, block: int) -> str:
        """`training`, `revealing`, `judging`, `due` for settling, or `settled`."""
        if self.settled:
            return "settled"
        ends = {
            "training": self.commit_until,
            "revealing": self.reveal_until,
            "judging": self.judge_until,
        }
        return next((name for name, end in ends.items() if block < end), "due")


@dataclass(frozen=True)
class Submission:
    """A miner's work on a job: its place in time, and the adapter's hash once it is shown."""

    hotkey: str
    order: int
    adapter: str | None


class Market:
    """The market through one's own connection, signed by one's own keys."""

    def __init__(self, chain: SdkChain) -> None:
        self._chain = chain
        self.hotkey = chain.hotkey

    async def block(self) -> int:
        """The newest block's number."""
        return int(await self._chain.read("System", "Number"))

    async def jobs(self, netuid: int | None = None) -> list[Job]:
        """Every job that the chain remembers, of one subnet or of all, the newest first."""
        entries = await self._chain.entries(PALLET, "Jobs")
        jobs = [_job(int(number), value) for number, value in entries]
        wanted = [job for job in jobs if netuid is None or job.netuid == netuid]
        return sorted(wanted, key=lambda job: -job.number)

    async def job(self, number: int) -> Job:
        """One job; raises `ChainRefused("UnknownJob")`."""
        value = await self._chain.read(PALLET, "Jobs", [number])
        if value is None:
            raise ChainRefused("UnknownJob", f"there is no job {number}, or no more")
        return _job(number, value)

    async def submissions(self, number: int) -> list[Submission]:
        """Who works on a job, in the order in which they committed."""
        entries = await self._chain.entries(PALLET, "Submissions", [number])
        found = [_submission(key, value) for key, value in entries]
        return sorted(found, key=lambda submission: submission.order)

    async def has_judged(self, number: int) -> bool:
        """Whether one's own verdict on a job is on chain."""
        return await self._chain.read(PALLET, "Verdicts", [number, self.hotkey]) is not None

    async def post(self, netuid: int, terms: Terms, budget_rao: int, windows: Windows) -> int:
        """Post a job, signed by the coldkey; its number."""
        events = await self._submit(
            "post",
            {
                "netuid": netuid,
                "terms": {
                    "base_model": f"0x{terms.base_model.encode().hex()}",
                    "dataset": f"0x{terms.dataset}",
                    "hidden_test": f"0x{terms.hidden_test}",
                    "test_key": f"0x{terms.test_key}",
                    "metric": METRIC_NAMES[terms.metric],
                    "limits": {"rank": terms.rank_max, "file_bytes": terms.file_bytes_max},
                },
                "budget": budget_rao,
                "windows": {
                    "training": windows.training,
                    "revealing": windows.revealing,
                    "judging": windows.judging,
                },
            },
            signer="coldkey",
        )
        (posted,) = [event for event in events if event["event_id"] == "JobPosted"]
        return int(posted["attributes"]["job"])

    async def commit(self, number: int, adapter: str, salt: bytes) -> None:
        """Commit to an adapter, by the hash of its manifest."""
        commitment = commitment_to(adapter, self.hotkey, salt)
        await self._submit("commit", {"job": number, "commitment": f"0x{commitment.hex()}"})

    async def reveal(self, number: int, adapter: str, salt: bytes) -> None:
        """Show the adapter that one committed to."""
        await self._submit(
            "reveal", {"job": number, "adapter": f"0x{adapter}", "salt": f"0x{salt.hex()}"}
        )

    async def open_test(self, number: int, key: bytes, *, signer: str = "hotkey") -> None:
        """Make the hidden test's key known."""
        arguments = {"job": number, "key": f"0x{key.hex()}"}
        await self._submit("open_test", arguments, signer=signer)

    async def judge(self, number: int, gains: Mapping[str, float]) -> None:
        """Say how much better than the base each adapter is, by hotkey."""
        verdicts = [
            {"hotkey": hotkey, "gain": min(int(gain * MILLION), GAIN_MAX)}
            for hotkey, gain in gains.items()
            if gain > 0
        ]
        await self._submit("judge", {"job": number, "verdicts": verdicts})

    async def settle(self, number: int, *, signer: str = "hotkey") -> bool:
        """Pay a job out whose time is over; whether it was not done already by somebody else."""
        try:
            await self._submit("settle", {"job": number}, signer=signer)
        except ChainRefused:
            if not (await self.job(number)).settled:
                raise
            return False
        return True

    async def cancel(self, number: int) -> None:
        """Take back one's own job, signed by the coldkey."""
        await self._submit("cancel", {"job": number}, signer="coldkey")

    async def _submit(
        self, name: str, arguments: Mapping[str, Any], *, signer: str = "hotkey"
    ) -> list[Any]:
        return await self._chain.submit(PALLET, name, arguments, signer=signer)


def commitment_to(adapter: str, hotkey: str, salt: bytes) -> bytes:
    """What a miner commits to; the pallet computes the same when the adapter is shown."""
    whole = bytes.fromhex(adapter) + bytes(decode_ss58(hotkey)) + salt
    return hashlib.blake2b(whole, digest_size=32).digest()


def key_hash(key: bytes) -> str:
    """What the chain is told of a hidden test's key."""
    return hashlib.blake2b(key, digest_size=32).hexdigest()


def _job(number: int, value: Mapping[str, Any]) -> Job:
    terms, limits = value["terms"], value["terms"]["limits"]
    metrics = {name: metric for metric, name in METRIC_NAMES.items()}
    return Job(
        number=number,
        netuid=int(value["netuid"]),
        poster=value["poster"],
        terms=Terms(
            base_model=_text(terms["base_model"]),
            dataset=_hex(terms["dataset"]),
            hidden_test=_hex(terms["hidden_test"]),
            test_key=_hex(terms["test_key"]),
            metric=metrics[terms["metric"]],
            rank_max=int(limits["rank"]),
            file_bytes_max=int(limits["file_bytes"]),
        ),
        budget_rao=int(value["budget"]),
        commit_until=int(value["commit_until"]),
        reveal_until=int(value["reveal_until"]),
        judge_until=int(value["judge_until"]),
        key=None if value["key"] is None else bytes.fromhex(_hex(value["key"])),
        settled=bool(value["settled"]),
        winners=tuple(_winner(winner) for winner in value["winners"]),
    )


def _winner(value: Mapping[str, Any]) -> Winner:
    gain = int(value["gain"]) / MILLION
    return Winner(value["hotkey"], _hex(value["adapter"]), gain, int(value["reward"]))


def _submission(key: Any, value: Mapping[str, Any]) -> Submission:
    hotkey = key[-1] if isinstance(key, Sequence) and not isinstance(key, str) else key
    shown = value["adapter"]
    return Submission(str(hotkey), int(value["order"]), None if shown is None else _hex(shown))


def _hex(value: str | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value.removeprefix("0x")


def _text(value: str | bytes) -> str:
    """Bytes that the SDK shows as text where they are one, and as hexadecimal where not."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
