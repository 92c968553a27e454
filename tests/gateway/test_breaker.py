"""The circuit breaker."""

from taonet.gateway.breaker import FAILURES_IN_A_ROW, PAUSE_S_MAX, PAUSE_S_MIN, Breaker, Circuit


def opened() -> Breaker:
    """A breaker that has just opened at time 0."""
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW):
        breaker.fail(0.0)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.fail(0.0)
    breaker.succeed()
    for _ in range(FAILURES_IN_A_ROW - 1):
        breaker.fail(0.0)
    assert breaker.circuit(0.0) is Circuit.CLOSED
    breaker.fail(0.0)
    assert breaker.circuit(0.0) is Circuit.OPEN


def test_one_request_probes_after_the_pause() -> None:
    breaker = opened()
    assert breaker.circuit(PAUSE_S_MIN - 0.1) is Circuit.OPEN
    assert breaker.circuit(PAUSE_S_MIN) is Circuit.PROBING
    breaker.begin(PAUSE_S_MIN)
    assert breaker.circuit(PAUSE_S_MIN) is Circuit.OPEN
    breaker.succeed()
    assert breaker.circuit(PAUSE_S_MIN) is Circuit.CLOSED


def test_a_probe_without_a_verdict_leaves_room_for_another() -> None:
    breaker = opened()
    breaker.begin(PAUSE_S_MIN)
    breaker.abandon()
    assert breaker.circuit(PAUSE_S_MIN) is Circuit.PROBING


def test_each_failed_probe_doubles_the_pause_up_to_its_limit() -> None:
    breaker, now, pauses = opened(), 0.0, []
    for _ in range(10):
        pauses.append(breaker.open_until - now)
        now = breaker.open_until
        breaker.begin(now)
        breaker.fail(now)
    assert pauses[:3] == [PAUSE_S_MIN, 2 * PAUSE_S_MIN, 4 * PAUSE_S_MIN]
    assert pauses[-1] == PAUSE_S_MAX


def test_requests_that_were_under_way_do_not_lengthen_the_pause() -> None:
    breaker = opened()
    for _ in range(50):
        breaker.fail(1.0)
    assert breaker.open_until == PAUSE_S_MIN
