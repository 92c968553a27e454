"""Keys and what they may use."""

import json
import stat
from pathlib import Path

import pytest

from taonet.gateway.errors import InvalidKey, RateLimited
from taonet.gateway.quota import (
    ANONYMOUS,
    InvalidKeyFile,
    Key,
    KeyRing,
    Quota,
    add_key,
    hash_key,
    read_keys,
)
from tests.gateway.clock import ManualClock

NOON = 20_000 * 86_400 + 43_200.0
KEY = Key("ada", hash_key("secret"), requests_per_minute=60, tokens_per_day=1000)


def quota(clock: ManualClock) -> Quota:
    """A quota whose day stands at noon when the clock stands at zero."""
    return Quota(monotonic=clock, wall=lambda: NOON + clock())


def test_a_key_is_kept_as_its_hash_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    secret = add_key(path, "ada")
    assert secret not in path.read_text()
    assert read_keys(path) == (Key("ada", hash_key(secret)),)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_keys_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    add_key(path, "ada")
    before = path.read_bytes()
    with pytest.raises(InvalidKeyFile, match="'ada'"):
        add_key(path, "ada")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": [{"name": "ada"}]}',
        '{"keys": [{"name": "ada", "sha256": "00", "colour": 1}]}',
        json.dumps({"keys": [{"name": "ada", "sha256": "ab"}]}),
        json.dumps({"keys": [{"name": "", "sha256": "a" * 64}]}),
        json.dumps({"keys": [{"name": "ada", "sha256": "a" * 64, "requests_per_minute": 0}]}),
        json.dumps({"keys": [{"name": "ada", "sha256": "a" * 64}] * 2}),
    ],
)
def test_a_broken_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(InvalidKeyFile):
        read_keys(path)


def test_the_ring_knows_keys_by_their_header(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    secret = add_key(path, "ada")
    ring = KeyRing(path, allow_any=False, monotonic=ManualClock())
    ring.load()
    assert ring.identify(f"Bearer {secret}").name == "ada"
    assert ring.identify(f"bearer  {secret}").name == "ada"
    for header in (None, "", secret, f"Basic {secret}", "Bearer ", f"Bearer {secret}x", "Bearer é"):
        with pytest.raises(InvalidKey):
            ring.identify(header)


def test_any_key_is_allowed_only_where_configured(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    secret = add_key(path, "ada")
    ring = KeyRing(path, allow_any=True, monotonic=ManualClock())
    ring.load()
    assert ring.identify(None) is ANONYMOUS
    assert ring.identify("Bearer anything") is ANONYMOUS
    assert ring.identify(f"Bearer {secret}").name == "ada"


def test_a_changed_key_file_is_taken_over_and_a_broken_one_is_not(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "keys.json"
    first = add_key(path, "ada")
    ring = KeyRing(path, allow_any=False, monotonic=clock)
    ring.load()
    second = add_key(path, "bob")
    with pytest.raises(InvalidKey):
        ring.identify(f"Bearer {second}")
    clock.advance(1.0)
    assert ring.identify(f"Bearer {second}").name == "bob"
    path.write_text("broken")
    clock.advance(1.0)
    assert ring.identify(f"Bearer {first}").name == "ada"
    path.unlink()
    clock.advance(1.0)
    assert ring.identify(f"Bearer {first}").name == "ada"


def test_requests_of_a_minute_are_counted_and_come_back() -> None:
    clock = ManualClock()
    counted = quota(clock)
    for _ in range(60):
        counted.take_request(KEY)
    with pytest.raises(RateLimited) as refused:
        counted.take_request(KEY)
    assert refused.value.retry_after_s == pytest.approx(1.0)
    assert refused.value.headers() == {"Retry-After": "1"}
    assert refused.value.body()["error"] == {
        "message": "Rate limit reached: 60 requests per minute.",
        "type": "requests",
        "param": None,
        "code": "rate_limit_exceeded",
    }
    clock.advance(1.0)
    counted.take_request(KEY)
    with pytest.raises(RateLimited):
        counted.take_request(KEY)


def test_one_key_does_not_use_up_another() -> None:
    counted = quota(ManualClock())
    other = Key("bob", hash_key("other"), requests_per_minute=1)
    counted.take_request(other)
    with pytest.raises(RateLimited):
        counted.take_request(other)
    counted.take_request(KEY)


def test_tokens_are_set_aside_while_a_request_is_under_way() -> None:
    counted = quota(ManualClock())
    reservation = counted.reserve(KEY, 900)
    with pytest.raises(RateLimited) as refused:
        counted.reserve(KEY, 200)
    assert refused.value.retry_after_s == 43_200
    assert counted.headers(KEY)["x-ratelimit-remaining-tokens"] == "100"
    reservation.settle(100)
    assert counted.headers(KEY)["x-ratelimit-remaining-tokens"] == "900"
    counted.reserve(KEY, 200)


def test_tokens_come_back_at_midnight() -> None:
    clock = ManualClock()
    counted = quota(clock)
    late = counted.reserve(KEY, 1000)
    clock.advance(43_200.0)
    counted.reserve(KEY, 1000)
    late.settle(5)
    assert counted.headers(KEY)["x-ratelimit-remaining-tokens"] == "0"


def test_what_was_used_before_a_restart_counts() -> None:
    counted = quota(ManualClock())
    counted.restore(KEY, 990)
    with pytest.raises(RateLimited):
        counted.reserve(KEY, 11)
    counted.reserve(KEY, 10)
