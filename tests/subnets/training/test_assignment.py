"""Pages are drawn, all different, and can be drawn again by anybody."""

import pytest

from taonet.subnets.training.assignment import assigned, evaluated

HASH = bytes(range(32))


def test_everybody_draws_the_same_pages() -> None:
    assert assigned(HASH, 3, 5, 1000) == [751, 714, 998, 49, 351]
    assert evaluated(HASH, 5, 1000) == [433, 528, 25, 461, 35]


def test_pages_differ_within_and_between_miners_and_blocks() -> None:
    first = assigned(HASH, 3, 50, 10_000)
    assert len(set(first)) == 50
    assert all(0 <= page < 10_000 for page in first)
    for other in (assigned(HASH, 4, 50, 10_000), assigned(HASH[::-1], 3, 50, 10_000)):
        assert len(set(first) & set(other)) < 5


def test_every_page_can_be_drawn() -> None:
    assert sorted(assigned(HASH, 0, 20, 20)) == list(range(20))
    with pytest.raises(ValueError, match="there are 20 pages, not 21"):
        assigned(HASH, 0, 21, 20)
