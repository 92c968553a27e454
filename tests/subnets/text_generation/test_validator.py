"""What a validator concludes without running a model: faults, speed, verdicts."""

import pytest

from taonet.neuron.score import Standing
from taonet.neuron.subnet import Streamed
from taonet.subnets.text_generation.messages import Generated
from taonet.subnets.text_generation.tokenizer import unfinished
from taonet.subnets.text_generation.validator import Speed, _speed, judged


def streamed(*arrivals_s: float) -> Streamed[Generated]:
    pieces = tuple(Generated("x", (5,), (-1.0,)) for _ in arrivals_s)
    return Streamed(pieces, arrivals_s, arrivals_s[-1] if arrivals_s else 9.0)


def standing(**evidence: float) -> Standing:
    return Standing("hotkey", 1, 0.8, 5, evidence)


def test_speed_is_what_the_caller_saw() -> None:
    speed = _speed(streamed(0.5, 0.6, 0.7, 0.8))
    assert speed.first_s == 0.5
    assert speed.tokens_per_s == pytest.approx(10.0)
    assert speed.longest_gap_share == pytest.approx(0.0, abs=1e-9)


def test_a_stream_that_is_held_back_and_flushed_earns_less_than_a_steady_one() -> None:
    steady = _speed(streamed(*(0.2 + 0.1 * index for index in range(40)))).value
    flushed = _speed(streamed(*([4.1] * 40))).value
    baited = _speed(streamed(0.01, *([4.1] * 39))).value
    assert flushed < steady
    assert baited < steady


def test_a_faster_miner_earns_more() -> None:
    assert Speed(0.1, 50.0, 0.0).value > Speed(0.1, 20.0, 0.0).value > Speed(3.0, 20.0, 0.0).value
    assert Speed(30.0, 0.0, 1.0).value >= 0.0
    assert Speed(0.0, 1e9, 0.0).value <= 1.0


def test_no_tokens_are_no_speed() -> None:
    assert _speed(streamed()) == Speed(9.0, 0.0, 1.0)


def test_trust_grows_with_verified_tokens() -> None:
    values = [
        judged(standing(claimed=float(count), difference=0.05 * count)).value
        for count in (0, 64, 128, 1000)
    ]
    assert values == pytest.approx([0.0, 0.4, 0.8, 0.8])


def test_fraud_earns_nothing_however_fast() -> None:
    verdict = judged(standing(claimed=200.0, difference=200 * 0.6))
    assert verdict.value == 0.0
    assert verdict.parts["mean_difference"] == pytest.approx(0.6)
    assert verdict.note == "the log-probabilities are not the model's"


def test_tokens_that_are_not_sampled_as_asked_earn_nothing() -> None:
    verdict = judged(standing(claimed=200.0, difference=10.0, excess=-90.0, variance=100.0))
    assert verdict.value == 0.0
    assert verdict.parts["surprise"] == pytest.approx(-9.0)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"", 0), (b"a", 0), ("é".encode(), 0), ("é".encode()[:1], 1), ("a😀".encode()[:-1], 3),
     ("a漢".encode()[:-1], 2), (b"\xff", 1), (b"\x80\x80\x80\x80\x80", 0)],
)  # fmt: skip
def test_a_character_that_is_cut_off_is_seen(raw: bytes, expected: int) -> None:
    assert unfinished(raw) == expected
