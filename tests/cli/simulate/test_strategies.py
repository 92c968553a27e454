"""What each strategy weighs, given what there is to see."""

from random import Random

from taonet.cli.simulate.scenario import Strategy
from taonet.cli.simulate.strategies import LARGEST_WEIGHT, STRATEGIES, Mind, SubnetView

VIEW = SubnetView(qualities={3: 0.5, 4: 1.0}, consensus=[0, 0, 9, 100, 65_535], cabal=[1, 2, 4])
LATER = SubnetView(qualities={3: 1.0, 4: 0.0}, consensus=[0, 0, 0, 0, 0], cabal=[1, 2, 4])


def mind(noise: float = 0.0) -> Mind:
    """Validator 2, with the same luck each time."""
    return Mind(2, Random(1), noise)


def test_every_strategy_is_there() -> None:
    assert set(STRATEGIES) == set(Strategy)


def test_an_honest_validator_weighs_what_it_measures() -> None:
    weigh = STRATEGIES[Strategy.HONEST]

    assert weigh(mind(), VIEW) == {3: 32_768, 4: LARGEST_WEIGHT}
    assert weigh(mind(), LATER) == {3: LARGEST_WEIGHT, 4: 0}


def test_what_is_measured_is_off_by_the_noise_and_in_range() -> None:
    validator, weigh = mind(noise=0.2), STRATEGIES[Strategy.HONEST]

    measured = [weigh(validator, VIEW) for _ in range(200)]

    halves = [weights[3] / LARGEST_WEIGHT for weights in measured]
    assert 0.45 < sum(halves) / len(halves) < 0.55
    assert max(halves) - min(halves) > 0.4
    assert all(0 <= weights[4] <= LARGEST_WEIGHT for weights in measured)


def test_a_lazy_validator_never_looks_again() -> None:
    validator, weigh = mind(), STRATEGIES[Strategy.LAZY]

    first = dict(weigh(validator, VIEW))

    assert set(first) == {3, 4}
    assert weigh(validator, LATER) == first
    assert weigh(Mind(2, Random(2)), VIEW) != first


def test_a_copier_weighs_what_was_agreed_on_but_not_itself() -> None:
    weigh = STRATEGIES[Strategy.COPIER]

    assert weigh(mind(), VIEW) == {3: 100, 4: 65_535}
    assert weigh(mind(), LATER) == {}


def test_a_cabal_weighs_its_members_but_not_itself() -> None:
    assert STRATEGIES[Strategy.CABAL](mind(), VIEW) == {1: LARGEST_WEIGHT, 4: LARGEST_WEIGHT}


def test_self_weighting_weighs_itself_alone() -> None:
    assert STRATEGIES[Strategy.SELF_WEIGHTING](mind(), VIEW) == {2: LARGEST_WEIGHT}
