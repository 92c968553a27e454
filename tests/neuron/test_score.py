"""A score is a number from 0 to 1 with finite reasons."""

import pytest

from taonet.neuron.score import PARTS_MAX, Score, as_score


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_score_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="within 0 and 1"):
        as_score(value)


def test_parts_are_finite_and_few() -> None:
    with pytest.raises(ValueError, match="ttft"):
        Score(0.5, {"ttft": float("inf")})
    with pytest.raises(ValueError, match=str(PARTS_MAX)):
        Score(0.5, {str(index): 0.0 for index in range(PARTS_MAX + 1)})


def test_a_bare_number_is_a_score_without_reasons() -> None:
    assert as_score(1) == Score(1.0)
