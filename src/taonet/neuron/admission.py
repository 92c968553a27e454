"""Who may ask a miner, and how often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from taonet.neuron.chain import Metagraph, Neuron
from taonet.neuron.errors import NotRegistered, RateLimited, TooLittleStake


@dataclass(frozen=True)
class Rate:
    """`per_s` requests a second on average, `burst` at once."""

    per_s: float = 20.0
    burst: float = 40.0


@dataclass
class _Bucket:
    tokens: float
    filled_at_s: float


class Admission:
    """
    Admits the hotkeys of one subnet.

    Nobody is admitted before the first `update`. Its memory is bounded by the subnet's size.
    """

    def __init__(
        self,
        *,
        now_s: Callable[[], float],
        rate: Rate | None = None,
        stake_rao_min: int = 0,
    ) -> None:
        self._now_s = now_s
        self._rate = rate or Rate()
        self._stake_rao_min = stake_rao_min
        self._members: Mapping[str, Neuron] = {}
        self._buckets: dict[str, _Bucket] = {}

    def update(self, metagraph: Metagraph) -> None:
        """Admit this metagraph's hotkeys from now on."""
        self._members = metagraph.by_hotkey
        self._buckets = {
            hotkey: bucket for hotkey, bucket in self._buckets.items() if hotkey in self._members
        }

    def check_member(self, hotkey: str) -> None:
        """Raise `NotRegistered` or `TooLittleStake`; costs a dictionary look-up."""
        neuron = self._members.get(hotkey)
        if neuron is None:
            raise NotRegistered("your hotkey has no uid on this subnet; register it first")
        if neuron.stake_rao < self._stake_rao_min:
            raise TooLittleStake(
                f"this miner answers hotkeys with at least {self._stake_rao_min} rao of stake, "
                f"yours has {neuron.stake_rao}"
            )

    def charge(self, hotkey: str) -> None:
        """Count one request of a member; raises `RateLimited`."""
        now_s = self._now_s()
        bucket = self._buckets.setdefault(hotkey, _Bucket(self._rate.burst, now_s))
        gained = (now_s - bucket.filled_at_s) * self._rate.per_s
        bucket.tokens = min(self._rate.burst, bucket.tokens + gained)
        bucket.filled_at_s = now_s
        if bucket.tokens < 1.0:
            wait_s = (1.0 - bucket.tokens) / self._rate.per_s
            raise RateLimited(
                f"{self._rate.per_s:g} requests a second are the limit; wait {wait_s:.2f} s", wait_s
            )
        bucket.tokens -= 1.0
