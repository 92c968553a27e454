"""The division of a dataset, and the sealed test."""

import pytest

from taonet.subnets.fine_tuning.dataset import DatasetInvalid, Example
from taonet.subnets.fine_tuning.hidden_test import TestUnreadable, divided, opened, sealed
from tests.subnets.fine_tuning.model import examples

KEY, OTHER = b"k" * 32, b"o" * 32


def test_every_example_falls_into_one_part() -> None:
    whole = examples(1_000)
    parts = divided(whole, KEY)
    assert sorted(e.encoded() for part in (parts.train, parts.validation, parts.test) for e in part)
    assert len(parts.train) + len(parts.validation) + len(parts.test) == 1_000
    assert 110 < len(parts.test) < 190
    assert 65 < len(parts.validation) < 135


def test_the_same_key_divides_the_same_way_and_another_one_differently() -> None:
    whole = examples(200)
    assert divided(whole, KEY) == divided(whole, KEY)
    assert divided(whole, KEY).test != divided(whole, OTHER).test


def test_an_example_that_comes_twice_is_never_learnt_and_tested() -> None:
    whole = examples(100) * 2
    parts = divided(whole, KEY)
    assert not {e.encoded() for e in parts.train} & {e.encoded() for e in parts.test}


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(DatasetInvalid, match="too few to be divided"):
        divided([Example((("user", "a"),), "b")] * 50, KEY)


def test_only_the_key_opens_the_test() -> None:
    test = divided(examples(100), KEY).test
    raw = sealed(test, KEY)
    assert opened(raw, KEY) == test
    assert b"number" not in raw
    with pytest.raises(TestUnreadable, match="does not open"):
        opened(raw, OTHER)
    with pytest.raises(TestUnreadable, match="does not open"):
        opened(raw[:-1], KEY)
    with pytest.raises(TestUnreadable, match="does not open"):
        opened(b"", KEY)
