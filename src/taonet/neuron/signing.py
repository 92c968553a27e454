"""
Who asks: every request carries a `btauth/1` signature of its sender's hotkey.

The protocol is the SDK's (`bittensor.http_auth`), so a neuron written with it can talk to ours. The
signature binds method, path, body, sender, receiver and a nonce, the time in nanoseconds. Two
things are added here: the cache of nonces is bounded, and a request signed before this process
started is refused, since the cache that knew its nonce is gone.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bittensor import http_auth

from taonet.neuron.errors import Busy, MalformedRequest, NotAuthentic, Refused, Replayed

AGE_S_MAX = 10.0
"""A request older than this is refused."""
SKEW_S_MAX = 2.0
"""A request from further in the future than this is refused."""
NONCES_MAX = 100_000
"""Nonces kept; each lives `AGE_S_MAX + SKEW_S_MAX`, so this bounds accepted requests a second."""
HEADER_HOTKEY = http_auth.HEADER_HOTKEY


class Keypair(Protocol):
    """A hotkey: the SDK's keypair is one."""

    @property
    def ss58_address(self) -> str:
        """Who signs."""
        ...

    @property
    def crypto_type(self) -> int:
        """1 for sr25519, 0 for ed25519."""
        ...

    def sign(self, data: bytes, /) -> bytes:
        """The signature of `data`."""
        ...


class NonceCache:
    """The nonces accepted lately. Full, it refuses new requests rather than forget old ones."""

    def __init__(
        self, *, capacity: int = NONCES_MAX, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.retention = AGE_S_MAX + SKEW_S_MAX
        self._capacity = capacity
        self._now_s = now_s
        self._seen: set[tuple[str, int]] = set()
        self._expiry: deque[tuple[float, tuple[str, int]]] = deque()

    def __len__(self) -> int:
        return len(self._seen)

    def check_and_store(self, hotkey_ss58: str, nonce_ns: int) -> bool:
        """Whether this nonce is new; raises `Busy` when the cache is full."""
        now_s = self._now_s()
        while self._expiry and self._expiry[0][0] <= now_s:
            self._seen.discard(self._expiry.popleft()[1])
        key = (hotkey_ss58, nonce_ns)
        if key in self._seen:
            return False
        if len(self._seen) >= self._capacity:
            raise Busy(f"{self._capacity} requests within {self.retention:g} s are the limit")
        self._seen.add(key)
        self._expiry.append((now_s + self.retention, key))
        return True


def sign(keypair: Keypair, *, path: str, body: bytes, receiver: str) -> dict[str, str]:
    """The headers of a POST to `path` of `receiver`'s axon; each attempt signs anew."""
    return http_auth.sign(
        keypair,  # type: ignore[arg-type]  # the SDK types a wallet; it takes any keypair
        method="POST",
        path=path,
        body=body,
        receiver_ss58=receiver,
    )


@dataclass
class Verifier:
    """Checks requests to one hotkey. `time_ns` is the wall clock."""

    hotkey: str
    nonces: NonceCache
    time_ns: Callable[[], int] = time.time_ns

    def __post_init__(self) -> None:
        self._since_ns = self.time_ns()

    def verify(self, headers: Mapping[str, str], *, path: str, body: bytes) -> str:
        """The caller's hotkey; raises `MalformedRequest`, `NotAuthentic`, `Replayed` or `Busy`."""
        try:
            caller = http_auth.verify(
                headers,
                body,
                method="POST",
                path=path,
                self_hotkey_ss58=self.hotkey,
                max_age=AGE_S_MAX,
                allowed_skew=SKEW_S_MAX,
                nonce_store=self.nonces,
                now_ns=self.time_ns(),
            )
        except http_auth.AuthError as error:
            raise _refusal(error) from error
        if caller.nonce_ns < self._since_ns - int(SKEW_S_MAX * 1e9):
            raise NotAuthentic("the request was signed before this miner started")
        return caller.hotkey_ss58


def _refusal(error: http_auth.AuthError) -> Refused:
    if isinstance(error, http_auth.MalformedAuth):
        return MalformedRequest(str(error))
    if isinstance(error, http_auth.ReplayedRequest):
        return Replayed(str(error))
    return NotAuthentic(str(error))
