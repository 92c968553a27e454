"""What root sets for the whole network."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, StorageValue, identity
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.primitives.units import MechId, Rao
from taonet.scale.types import u8, u16, u32, u64


class GlobalParameters(Pallet, prefix="SubtensorModule"):
    """What root sets for the whole network."""

    min_activity_cutoff = StorageValue(
        u16, default=360, doc="Smallest activity cutoff that may be set, in blocks."
    )
    admin_freeze_window = StorageValue(
        u16, default=10, doc="Blocks before an epoch in which owners cannot change parameters."
    )
    owner_hyperparam_rate_limit = StorageValue(
        u16,
        default=2,
        doc="Tempos that must pass between two changes of one parameter by an owner.",
    )
    dissolve_network_schedule_duration = StorageValue(
        u32,
        default=initially(Constants.initial_dissolve_network_schedule_duration),
        doc="Blocks before a scheduled dissolution of a network.",
    )
    tao_weight = StorageValue(
        u64,
        default=initially(Constants.initial_tao_weight),
        doc="Weight of root stake against alpha, over 2**64 - 1.",
    )
    ck_burn = StorageValue(
        u64, default=0, doc="Share of childkey take that is burned, over 2**64 - 1.", name="CKBurn"
    )
    subnet_limit = StorageValue(u16, default=128, doc="Largest number of subnets.")
    network_immunity_period = StorageValue(
        u64,
        default=initially(Constants.initial_network_immunity_period),
        doc="Blocks after its creation in which a subnet is not pruned.",
    )
    start_call_delay = StorageValue(
        u64,
        default=initially(Constants.initial_start_call_delay),
        doc="Blocks that must pass before a new subnet is started.",
    )
    network_min_lock_cost = StorageValue(
        Rao,
        default=initially(Constants.initial_network_min_lock_cost),
        doc="Smallest price of a subnet.",
    )
    network_last_lock_cost = StorageValue(
        Rao,
        default=initially(Constants.initial_network_min_lock_cost),
        doc="What the last subnet cost.",
    )
    network_lock_reduction_interval = StorageValue(
        u64,
        default=initially(Constants.initial_network_lock_reduction_interval),
        doc="Blocks in which the price of a subnet falls from twice to once the last one.",
    )
    subnet_owner_cut = StorageValue(
        u16,
        default=initially(Constants.initial_subnet_owner_cut),
        doc="Share of a subnet's emission that its owner receives, over 65535.",
    )
    network_rate_limit = StorageValue(
        u64,
        default=initially(Constants.initial_network_rate_limit),
        doc="Blocks that must pass between two creations of subnets.",
    )
    nominator_min_required_stake = StorageValue(
        u64, default=0, doc="Smallest stake of a nominator, in millionths of the smallest stake."
    )
    weights_version_key_rate_limit = StorageValue(
        u64, default=5, doc="Tempos that must pass between two changes of a version key."
    )
    max_epochs_per_block = StorageValue(
        u8,
        default=initially(Constants.initial_max_epochs_per_block),
        doc="Epochs that one block may run; others wait.",
    )
    tx_rate_limit = StorageValue(
        u64,
        default=initially(Constants.initial_tx_rate_limit),
        doc="Blocks that must pass between two swaps of a hotkey.",
    )
    tx_delegate_take_rate_limit = StorageValue(
        u64,
        default=initially(Constants.initial_tx_delegate_take_rate_limit),
        doc="Blocks that must pass between two increases of a delegate's take.",
    )
    tx_childkey_take_rate_limit = StorageValue(
        u64,
        default=initially(Constants.initial_tx_child_key_take_rate_limit),
        doc="Blocks that must pass between two increases of a childkey take.",
    )
    stake_threshold = StorageValue(u64, default=0, doc="Stake that setting weights needs.")
    commit_reveal_weights_version = StorageValue(
        u16, default=4, doc="Version of timelocked commits that is accepted."
    )
    network_registration_start_block = StorageValue(
        u64, default=0, doc="Block from which subnets may be created."
    )
    tao_in_refund_deployment_block = StorageValue(
        u64, default=0, doc="Block from which a pruned subnet's owner is refunded by its pool."
    )
    max_mechanism_count = StorageValue(
        MechId, default=MechId(2), doc="Largest number of mechanisms of a subnet."
    )
    has_migration_run = StorageMap(
        identity(bytes), value=bool, default=False, doc="Which migrations have run."
    )
