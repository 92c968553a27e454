"""
Each subnet's part of a block's TAO, by the rule that holds.

Source: subtensor pallets/subtensor/src/coinbase/subnet_emissions.rs @ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Final

from taonet.economy.rule_sets import SPLITS, FlowSplit
from taonet.economy.subnet_emission import Subnet
from taonet.economy.tao_flow import next_average
from taonet.frame.storage import BoundMap, BoundOptionMap
from taonet.pallets.rule_sets import RuleSets
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.fixed_point import I64F64, U64F64
from taonet.primitives.units import NetUid

_NO_FLOW: Final = (0, I64F64(0))


class EmissionShares:
    """Answers with shares; a rule that follows flows also moves their averages on."""

    def __init__(self, storage: Storage, system: System) -> None:
        self._flows = storage.flows
        self._system = system
        self._rules = RuleSets(system)

    def of(self, netuids: Sequence[NetUid], subnets: Sequence[Subnet]) -> list[U64F64]:
        """The shares in the current block of the subnets that are emitted to."""
        split = SPLITS[self._rules.emission_split.value]
        if isinstance(split, FlowSplit):
            return self._by_flow(split, netuids)
        return split.shares(subnets)

    def _by_flow(self, split: FlowSplit, netuids: Sequence[NetUid]) -> list[U64F64]:
        flows = self._flows
        stakers = self._advance(flows.subnet_tao_flow, flows.subnet_ema_tao_flow, netuids)
        protocol: list[I64F64] = []
        if split.net:
            protocol = self._advance(
                flows.subnet_protocol_flow, flows.subnet_ema_protocol_flow, netuids
            )
        return split.shares(stakers, protocol, flows.tao_flow_cutoff, flows.flow_norm_exponent)

    def _advance(
        self,
        since_last_block: BoundMap[NetUid, int],
        averages: BoundOptionMap[NetUid, tuple[int, I64F64]],
        netuids: Sequence[NetUid],
    ) -> list[I64F64]:
        """The averages with what flowed since the last block, which is then forgotten."""
        number, factor = self._system.number, self._flows.flow_ema_smoothing_factor
        moved = []
        for netuid in netuids:
            _, before = averages[netuid] or _NO_FLOW
            after = next_average(before, since_last_block[netuid], factor)
            averages[netuid] = (number, after)
            del since_last_block[netuid]
            moved.append(after)
        return moved
