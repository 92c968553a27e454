"""
API keys and what each may use: requests a minute, tokens a day.

Keys are kept as SHA-256 hashes in one JSON file that an operator can edit while the gateway runs.
A plain hash is enough, as a key is 256 random bits and not a word that could be guessed.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog

from taonet.gateway.errors import InvalidKey, RateLimited

KEY_PREFIX = "tao-"
"""How a key begins, so that scanners of leaked secrets can find one."""
KEYS_MAX = 100_000
KEYS_BYTES_MAX = 64 << 20
"""Bounds of the key file: it is read whole."""
KEY_CHARACTERS_MAX = 256
"""Longest key that is hashed at all."""
RELOAD_S = 1.0
"""How often the key file is looked at for changes."""
REQUESTS_PER_MINUTE = 600
TOKENS_PER_DAY = 10_000_000
"""The quota of a key for which no other is named."""
SECONDS_PER_DAY = 86_400

log = structlog.get_logger("taonet.gateway")


class InvalidKeyFile(ValueError):
    """The key file can't be used; the text says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key file."""

    name: str
    """The owner, as receipts name him."""
    sha256: str
    """Hash of the key in hexadecimal."""
    requests_per_minute: int = REQUESTS_PER_MINUTE
    tokens_per_day: int = TOKENS_PER_DAY
    """Prompt and completion together; a day is UTC's."""


ANONYMOUS = Key(name="anonymous", sha256="")
"""Whom requests are put down to where any key, or none, is allowed."""


def hash_key(secret: str) -> str:
    """What the key file holds instead of the key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file; raises `InvalidKeyFile`, and `FileNotFoundError` where there is none."""
    if path.stat().st_size > KEYS_BYTES_MAX:
        raise InvalidKeyFile(f"{path.name} is longer than {KEYS_BYTES_MAX} bytes")
    try:
        content = json.loads(path.read_bytes())
        keys = tuple(Key(**entry) for entry in content["keys"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidKeyFile(f"{path.name} is not a key file: {error}") from error
    if len(keys) > KEYS_MAX:
        raise InvalidKeyFile(f"{path.name} holds {len(keys)} keys, at most {KEYS_MAX} are read")
    for key in keys:
        _check_key(key)
    if len({key.name for key in keys}) < len(keys):
        raise InvalidKeyFile(f"{path.name} names a key twice")
    return keys


def _check_key(key: Key) -> None:
    if not isinstance(key.name, str) or not key.name:
        raise InvalidKeyFile("a key has no name")
    if not isinstance(key.sha256, str) or len(key.sha256) != 64:
        raise InvalidKeyFile(f"the key {key.name!r} has no SHA-256 hash")
    for quota in (key.requests_per_minute, key.tokens_per_day):
        if not isinstance(quota, int) or quota < 1:
            raise InvalidKeyFile(
                f"the quotas of the key {key.name!r} are not whole numbers above 0"
            )


def write_keys(path: Path, keys: tuple[Key, ...]) -> None:
    """Replaces the key file in one step, readable by its owner alone."""
    write_private(path, json.dumps({"keys": [asdict(key) for key in keys]}, indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def add_key(
    path: Path,
    name: str,
    *,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    tokens_per_day: int = TOKENS_PER_DAY,
) -> str:
    """
    Makes a key, adds its hash to the file (made if need be) and returns the key itself.

    The key is in no file: whoever loses it needs a new one. Raises `InvalidKeyFile`, also for a
    name that is taken.
    """
    keys = read_keys(path) if path.exists() else ()
    if any(key.name == name for key in keys):
        raise InvalidKeyFile(f"there is a key named {name!r} already")
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = Key(name, hash_key(secret), requests_per_minute, tokens_per_day)
    _check_key(key)
    write_keys(path, (*keys, key))
    return secret


class KeyRing:
    """The key file in memory; follows its changes."""

    def __init__(self, path: Path, *, allow_any: bool, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._allow_any = allow_any
        self._monotonic = monotonic
        self._keys: dict[str, Key] = {}
        self._seen: tuple[int, int] | None = None
        self._look_at = 0.0

    def load(self) -> None:
        """Reads the file; raises `InvalidKeyFile` or `FileNotFoundError`."""
        status = self._path.stat()
        self._keys = {key.sha256.lower(): key for key in read_keys(self._path)}
        self._seen = (status.st_mtime_ns, status.st_size)
        self._look_at = self._monotonic() + RELOAD_S

    def identify(self, authorization: str | None) -> Key:
        """The key of an `Authorization` header; raises `InvalidKey`."""
        self._follow()
        scheme, _, secret = (authorization or "").partition(" ")
        secret = secret.strip()
        known = None
        if scheme.lower() == "bearer" and 0 < len(secret) <= KEY_CHARACTERS_MAX:
            known = self._keys.get(hash_key(secret))
        if known is not None:
            return known
        if self._allow_any:
            return ANONYMOUS
        if not authorization:
            raise InvalidKey(
                "You didn't provide an API key. Send it as `Authorization: Bearer YOUR_KEY`."
            )
        raise InvalidKey("Incorrect API key provided.")

    def _follow(self) -> None:
        """Takes a changed file over; a broken or missing one leaves the known keys valid."""
        now = self._monotonic()
        if now < self._look_at:
            return
        self._look_at = now + RELOAD_S
        try:
            status = self._path.stat()
            if (status.st_mtime_ns, status.st_size) != self._seen:
                self._seen = (status.st_mtime_ns, status.st_size)
                self.load()
        except (InvalidKeyFile, OSError) as error:
            log.warning("key_file_unusable", path=str(self._path), error=str(error))


@dataclass(slots=True)
class Usage:
    """What one key has used."""

    requests_left: float
    """Tokens of the bucket that refills to `requests_per_minute` within a minute."""
    filled_at: float
    """Monotonic time of the last refill."""
    day: int
    """Days since 1970 that `tokens` belongs to."""
    tokens: int = 0
    """Used and reserved in that day."""
    under_way: int = 0


@dataclass(slots=True)
class Reservation:
    """Tokens set aside for a request under way."""

    usage: Usage
    day: int
    tokens: int

    def settle(self, tokens: int) -> None:
        """Replaces what was set aside by what was used; call it once."""
        if self.usage.day == self.day:
            self.usage.tokens += tokens - self.tokens
        self.tokens = 0


@dataclass(slots=True)
class Quota:
    """Counts requests and tokens by key name."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    """Seconds since 1970, for the day."""
    _usages: dict[str, Usage] = field(default_factory=dict)

    def restore(self, key: Key, tokens: int) -> None:
        """Puts tokens of today, known from before a restart, down to a key."""
        self._usage(key).tokens += tokens

    def take_request(self, key: Key) -> Usage:
        """Counts one request; raises `RateLimited` where the minute's are used up."""
        usage = self._usage(key)
        now = self.monotonic()
        per_s = key.requests_per_minute / 60
        refill = (now - usage.filled_at) * per_s
        usage.requests_left = min(key.requests_per_minute, usage.requests_left + refill)
        usage.filled_at = now
        if usage.requests_left < 1:
            raise RateLimited(
                f"Rate limit reached: {key.requests_per_minute} requests per minute.",
                resource="requests",
                retry_after_s=(1 - usage.requests_left) / per_s,
            )
        usage.requests_left -= 1
        return usage

    def reserve(self, key: Key, tokens: int) -> Reservation:
        """Sets tokens aside; raises `RateLimited` where the day's don't suffice."""
        usage = self._usage(key)
        if usage.tokens + tokens > key.tokens_per_day:
            left = max(0, key.tokens_per_day - usage.tokens)
            raise RateLimited(
                f"Rate limit reached: {key.tokens_per_day} tokens per day, of which {left} are "
                f"left; this request may need {tokens}.",
                resource="tokens",
                retry_after_s=SECONDS_PER_DAY - self.wall() % SECONDS_PER_DAY,
            )
        usage.tokens += tokens
        return Reservation(usage, usage.day, tokens)

    def headers(self, key: Key) -> dict[str, str]:
        """OpenAI's `x-ratelimit` headers."""
        usage = self._usage(key)
        return {
            "x-ratelimit-limit-requests": str(key.requests_per_minute),
            "x-ratelimit-remaining-requests": str(int(usage.requests_left)),
            "x-ratelimit-limit-tokens": str(key.tokens_per_day),
            "x-ratelimit-remaining-tokens": str(max(0, key.tokens_per_day - usage.tokens)),
        }

    def _usage(self, key: Key) -> Usage:
        today = int(self.wall() // SECONDS_PER_DAY)
        usage = self._usages.get(key.name)
        if usage is None:
            usage = Usage(key.requests_per_minute, self.monotonic(), today)
            self._usages[key.name] = usage
        if usage.day != today:
            usage.day, usage.tokens = today, 0
        return usage
