"""The named splits, on two subnets that each of them judges differently."""

import pytest

from taonet.economy.rule_sets import (
    EPOCHS,
    REGISTRATION_PRICES,
    SPLITS,
    FlowSplit,
    PriceSplit,
)
from taonet.economy.subnet_emission import Subnet
from taonet.economy.swap import Pool
from taonet.frame.config import EmissionSplit, EpochVariant, RegistrationPrice
from taonet.primitives.fixed_point import i64f64, i96f32, u64f64, u96f32
from taonet.primitives.units import Alpha, Rao

ONE = 1 << 64


def subnet(price: int, burned_percent: int) -> Subnet:
    """A dynamic subnet with a moving price and a part of its miners' emission withheld."""
    pool = Pool(Rao(10**12), Alpha(10**12))
    return Subnet(
        pool,
        Alpha(10**12),
        i96f32.from_int(price),
        miner_burned=u96f32.from_ratio(burned_percent, 100),
    )


SUBNETS = [subnet(price=1, burned_percent=0), subnet(price=3, burned_percent=50)]


def test_genesis_can_choose_every_rule_set_and_no_other() -> None:
    assert {split.value for split in EmissionSplit} == set(SPLITS)
    assert {variant.value for variant in EpochVariant} == set(EPOCHS)
    assert {price.value for price in RegistrationPrice} == set(REGISTRATION_PRICES)


@pytest.mark.parametrize(
    ("name", "of_those_that_chose_it", "of_others"),
    [("subnet_choice", True, False), ("yuma2", False, False), ("yuma3", True, True)],
)
def test_epoch_variants(name: str, of_those_that_chose_it: bool, of_others: bool) -> None:
    assert EPOCHS[name].runs_yuma3(chosen=True) is of_those_that_chose_it
    assert EPOCHS[name].runs_yuma3(chosen=False) is of_others


@pytest.mark.parametrize(
    ("name", "expected"), [("price_burn", [0.4, 0.6]), ("plain_price", [0.25, 0.75])]
)
def test_price_splits(name: str, expected: list[float]) -> None:
    split = SPLITS[name]

    assert isinstance(split, PriceSplit)
    assert [share / ONE for share in split.shares(SUBNETS)] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "expected"), [("tao_flow", [0.75, 0.25]), ("net_flow", [0.5, 0.5])]
)
def test_flow_splits(name: str, expected: list[float]) -> None:
    split = SPLITS[name]
    stakers = [i64f64.from_int(300), i64f64.from_int(100)]
    protocol = [i64f64.from_int(200), i64f64.zero]

    assert isinstance(split, FlowSplit)
    shares = split.shares(stakers, protocol, i64f64.zero, u64f64.one)
    assert [share / ONE for share in shares] == pytest.approx(expected, abs=1e-6)
