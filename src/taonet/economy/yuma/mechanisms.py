"""
Several mechanisms in one subnet: each has weights, bonds and an epoch of its own, and a part of
the emission; the neurons' common terms are the parts' average.

Source: subtensor pallets/subtensor/src/subnets/mechanism.rs @ 14bc6f9.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from taonet.economy.yuma.outputs import EpochOutput
from taonet.primitives.fixed_point import U16_MAX, U64_MAX, U64F64, u64f64


@dataclass(frozen=True, slots=True)
class SubnetTerms:
    """What a subnet stores of all its mechanisms' epochs together; lists are indexed by uid."""

    server_emission_rao: list[int]
    """Summed over the mechanisms."""

    validator_emission_rao: list[int]
    """Summed over the mechanisms."""

    emission_rao: list[int]
    """Each mechanism's, times its part of the emission: the Emission item."""

    consensus_u16: list[int]
    dividends_u16: list[int]
    validator_trust_u16: list[int]
    stake_weight_u16: list[int]
    """Averages by the mechanisms' parts of the emission, rounded down at each step."""

    active: list[bool]
    """In any mechanism."""

    validator_permits: list[bool]
    """In any mechanism."""


def split_among_mechanisms(
    emission_rao: int, mechanisms: int, split_u16: Sequence[int] | None
) -> list[int]:
    """
    The rao of each mechanism; the first also gets what rounding leaves over.

    `split_u16` is in 65535ths, evenly if None; mechanisms beyond it get nothing.
    """
    if split_u16 is None:
        parts = [emission_rao // max(mechanisms, 1)] * mechanisms
    else:
        parts = [emission_rao * part // U16_MAX for part in split_u16[:mechanisms]]
        parts += [0] * (mechanisms - len(parts))
    if parts:
        parts[0] += max(emission_rao - sum(parts), 0)
    return parts


def merge_mechanisms(
    outputs: Sequence[EpochOutput], parts_rao: Sequence[int], emission_rao: int
) -> SubnetTerms:
    """
    The terms of a subnet from its mechanisms' epochs, `parts_rao[i]` of `emission_rao` each.

    Without emission the first mechanism's terms stand. Neurons must be the same in all outputs,
    and there must be at least one.
    """
    shares = [
        u64f64.from_ratio(part, emission_rao) if emission_rao else _whole_if(first=number == 0)
        for number, part in enumerate(parts_rao)
    ]
    return SubnetTerms(
        server_emission_rao=_sums([out.server_emission_rao.tolist() for out in outputs]),
        validator_emission_rao=_sums([out.validator_emission_rao.tolist() for out in outputs]),
        emission_rao=_averages(
            [out.combined_emission_rao.tolist() for out in outputs], shares, U64_MAX
        ),
        consensus_u16=_averages([out.consensus_u16.tolist() for out in outputs], shares, U16_MAX),
        dividends_u16=_averages([out.dividends_u16.tolist() for out in outputs], shares, U16_MAX),
        validator_trust_u16=_averages(
            [out.validator_trust_u16.tolist() for out in outputs], shares, U16_MAX
        ),
        stake_weight_u16=_averages(
            [out.stake_weight_u16.tolist() for out in outputs], shares, U16_MAX
        ),
        active=[
            any(flags) for flags in zip(*(out.active.tolist() for out in outputs), strict=True)
        ],
        validator_permits=[
            any(flags)
            for flags in zip(*(out.validator_permits.tolist() for out in outputs), strict=True)
        ],
    )


def _whole_if(*, first: bool) -> U64F64:
    return u64f64.one if first else u64f64.zero


def _sums(columns: Sequence[Sequence[int]]) -> list[int]:
    """The neurons' sums over the mechanisms, as saturated u64."""
    return [min(sum(values), U64_MAX) for values in zip(*columns, strict=True)]


def _averages(
    columns: Sequence[Sequence[int]], shares: Sequence[U64F64], highest: int
) -> list[int]:
    """The neurons' averages over the mechanisms, rounded down at each and clamped."""
    averages = [0] * len(columns[0])
    for values, share in zip(columns, shares, strict=True):
        averages = [
            min(average + (value * share >> u64f64.fraction_bits), highest)
            for average, value in zip(averages, values, strict=True)
        ]
    return averages
