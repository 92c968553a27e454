"""
Subnets, their parameters, metagraphs and schedules, as clients ask for them.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs, runtime/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.dynamic_info import DynamicInfo, dynamic_info
from taonet.runtime.runtime_apis.metagraph import (
    Indexes,
    Metagraph,
    SelectiveMetagraph,
    metagraph,
    selective_metagraph,
)
from taonet.runtime.runtime_apis.subnet_hyperparameters import (
    HyperparamEntry,
    SubnetHyperparams,
    SubnetHyperparamsV2,
    fixed_hyperparameters,
    hyperparameters,
)
from taonet.runtime.runtime_apis.subnet_info import (
    SubnetInfo,
    SubnetInfov2,
    subnet_info,
    subnets_info,
)
from taonet.runtime.runtime_apis.subnet_pruning import subnet_to_prune
from taonet.runtime.runtime_apis.subnet_readings import exists, netuids
from taonet.runtime.runtime_apis.subnet_state import SubnetState, subnet_state
from taonet.scale.types import U64


class SubnetInfoRuntimeApi(RuntimeApi[Runtime], version=2):
    """Subnets, their parameters and their metagraphs."""

    @api
    def get_subnet_info(self, netuid: NetUid) -> SubnetInfo | None:
        """One subnet in short."""
        return subnet_info(SubnetInfo, self.runtime, netuid)

    @api
    def get_subnets_info(self) -> tuple[SubnetInfo | None, ...]:
        """All subnets in short."""
        return subnets_info(SubnetInfo, self.runtime)

    @api
    def get_subnet_info_v2(self, netuid: NetUid) -> SubnetInfov2 | None:
        """One subnet in short, with its identity."""
        return subnet_info(SubnetInfov2, self.runtime, netuid)

    @api
    def get_subnets_info_v2(self) -> tuple[SubnetInfov2 | None, ...]:
        """All subnets in short, with their identities."""
        return subnets_info(SubnetInfov2, self.runtime)

    @api
    def get_subnet_hyperparams(self, netuid: NetUid) -> SubnetHyperparams | None:
        """A subnet's first parameters; `get_subnet_hyperparams_v3` has all."""
        return fixed_hyperparameters(SubnetHyperparams, self.runtime, netuid)

    @api
    def get_subnet_hyperparams_v2(self, netuid: NetUid) -> SubnetHyperparamsV2 | None:
        """A subnet's parameters of a fixed list; `get_subnet_hyperparams_v3` has all."""
        return fixed_hyperparameters(SubnetHyperparamsV2, self.runtime, netuid)

    @api
    def get_subnet_hyperparams_v3(self, netuid: NetUid) -> tuple[HyperparamEntry, ...] | None:
        """A subnet's parameters by name."""
        return hyperparameters(self.runtime, netuid)

    @api
    def get_all_dynamic_info(self) -> tuple[DynamicInfo | None, ...]:
        """All subnets with their pools, root among them."""
        return tuple(dynamic_info(self.runtime, netuid) for netuid in netuids(self.runtime))

    @api
    def get_all_metagraphs(self) -> tuple[Metagraph | None, ...]:
        """All subnets' metagraphs."""
        return tuple(metagraph(self.runtime, netuid) for netuid in netuids(self.runtime))

    @api
    def get_metagraph(self, netuid: NetUid) -> Metagraph | None:
        """A subnet's metagraph."""
        return metagraph(self.runtime, netuid)

    @api
    def get_all_mechagraphs(self) -> tuple[Metagraph | None, ...]:
        """All metagraphs of all subnets' mechanisms."""
        counts = self.runtime.subtensor.networks.mechanism_count_current
        return tuple(
            metagraph(self.runtime, netuid, MechId(mechanism))
            for netuid in netuids(self.runtime)
            for mechanism in range(int(counts[netuid]))
        )

    @api
    def get_mechagraph(self, netuid: NetUid, mecid: MechId) -> Metagraph | None:
        """A subnet's metagraph by one of its mechanisms."""
        return metagraph(self.runtime, netuid, mecid)

    @api
    def get_dynamic_info(self, netuid: NetUid) -> DynamicInfo | None:
        """One subnet with its pool."""
        return dynamic_info(self.runtime, netuid)

    @api
    def get_subnet_state(self, netuid: NetUid) -> SubnetState | None:
        """A subnet's neurons in columns, and what they earned in all subnets."""
        return subnet_state(self.runtime, netuid)

    @api
    def get_selective_metagraph(
        self, netuid: NetUid, metagraph_indexes: Indexes
    ) -> SelectiveMetagraph | None:
        """Those parts of a subnet's metagraph that are asked for by number."""
        return selective_metagraph(self.runtime, netuid, metagraph_indexes)

    @api
    def get_coldkey_auto_stake_hotkey(self, coldkey: AccountId, netuid: NetUid) -> AccountId | None:
        """The hotkey that a coldkey's mining rewards are staked on."""
        return self.runtime.subtensor.accounts.auto_stake_destination[coldkey, netuid]

    @api
    def get_selective_mechagraph(
        self, netuid: NetUid, subid: MechId, metagraph_indexes: Indexes
    ) -> SelectiveMetagraph | None:
        """Those parts of a mechanism's metagraph that are asked for by number."""
        return selective_metagraph(self.runtime, netuid, metagraph_indexes, subid)

    @api
    def get_subnet_to_prune(self) -> NetUid | None:
        """The subnet that would give way to a new one."""
        return subnet_to_prune(self.runtime)

    @api
    def get_subnet_account_id(self, netuid: NetUid) -> AccountId | None:
        """The account that holds a subnet's TAO."""
        return subnet_account(netuid) if exists(self.runtime, netuid) else None

    @api
    def get_next_epoch_start_block(self, netuid: NetUid) -> U64 | None:
        """The block at which a subnet's next epoch is due; none for a tempo of 0."""
        schedule = self.runtime.subtensor.schedule
        return schedule.next_start(netuid, self.runtime.system.number)
