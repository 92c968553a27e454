"""
The constants of SubtensorModule: what storage starts from, and bounds that nobody can change.

Source: subtensor runtime/src/lib.rs @ 14bc6f9 (values, those of fast networks included).
"""

from typing import TypeVar

from taonet.frame.pallet import Constant, Pallet
from taonet.frame.storage import FromConfig
from taonet.pallets.pallet_id import PalletId
from taonet.pallets.subtensor.types import Percent
from taonet.primitives.units import Rao
from taonet.scale.types import i16, u8, u16, u32, u64

V = TypeVar("V")

SUBTENSOR_INDEX = 7
"""The module's place in the runtime, which its errors carry."""


class Constants(Pallet, prefix="SubtensorModule"):
    """`Constants.initial_tempo` is a declaration; on an instance it is the value."""

    initial_issuance = Constant(Rao, Rao(0), doc="TAO issued before the first block.")
    initial_min_allowed_weights = Constant(
        u16, 1024, doc="Smallest number of weights in a new subnet."
    )
    initial_emission_value = Constant(u16, 0, doc="Emission of a new neuron.")
    initial_tempo = Constant(
        u16, lambda config: config.pick(360, 10), doc="Tempo of a new subnet, in blocks."
    )
    initial_difficulty = Constant(u64, 10_000_000, doc="Registration difficulty of a new subnet.")
    initial_max_difficulty = Constant(
        u64, (2**64 - 1) // 4, doc="Largest registration difficulty of a new subnet."
    )
    initial_min_difficulty = Constant(
        u64, 10_000_000, doc="Smallest registration difficulty of a new subnet."
    )
    initial_rao_recycled_for_registration = Constant(
        Rao,
        Rao(0),
        doc="TAO recycled for registrations in a new subnet.",
        name="InitialRAORecycledForRegistration",
    )
    initial_burn = Constant(Rao, Rao(100_000_000), doc="Registration price of a new subnet.")
    initial_max_burn = Constant(
        Rao, Rao(100_000_000_000), doc="Largest registration price of a new subnet."
    )
    initial_min_burn = Constant(
        Rao, Rao(500_000), doc="Smallest registration price of a new subnet."
    )
    initial_min_stake = Constant(
        Rao, Rao(2_000_000), doc="Smallest amount that can be staked, fee aside."
    )
    min_burn_upper_bound = Constant(
        Rao, Rao(1_000_000_000), doc="Largest value of a smallest registration price."
    )
    max_burn_lower_bound = Constant(
        Rao, Rao(100_000_000), doc="Smallest value of a largest registration price."
    )
    min_tempo = Constant(
        u16,
        360,
        doc="Smallest tempo that an owner may set; also the rate limit on doing so, in blocks.",
    )
    max_tempo = Constant(u16, 50_400, doc="Largest tempo that an owner may set, in blocks.")
    min_activity_cutoff_factor_milli = Constant(
        u32, 1_000, doc="Smallest activity-cutoff factor, in thousandths of a tempo."
    )
    max_activity_cutoff_factor_milli = Constant(
        u32, 50_000, doc="Largest activity-cutoff factor, in thousandths of a tempo."
    )
    initial_adjustment_interval = Constant(
        u16, 100, doc="Adjustment interval of a new subnet, in blocks."
    )
    initial_bonds_moving_average = Constant(
        u64, 900_000, doc="Moving average of bonds in a new subnet, in millionths."
    )
    initial_bonds_penalty = Constant(u16, 65_535, doc="Bonds penalty of a new subnet, over 65535.")
    initial_bonds_reset_on = Constant(bool, value=False, doc="Whether a new subnet resets bonds.")
    initial_target_registrations_per_interval = Constant(
        u16, 2, doc="Target of registrations an interval in a new subnet."
    )
    initial_rho = Constant(u16, 10, doc="Rho of a new subnet.")
    initial_alpha_sigmoid_steepness = Constant(
        i16, 1000, doc="Steepness of the liquid-alpha sigmoid of a new subnet, in thousandths."
    )
    initial_kappa = Constant(u16, 32_767, doc="Kappa of a new subnet, over 65535.")
    initial_min_allowed_uids = Constant(u16, 64, doc="Smallest limit on neurons of a new subnet.")
    initial_max_allowed_uids = Constant(u16, 256, doc="Largest number of neurons of a new subnet.")
    initial_validator_prune_len = Constant(u64, 1, doc="Validator prune length of a new subnet.")
    initial_scaling_law_power = Constant(u16, 50, doc="Scaling law power of a new subnet.")
    initial_immunity_period = Constant(
        u16, 4096, doc="Immunity period of a new subnet's neurons, in blocks."
    )
    initial_activity_cutoff = Constant(u16, 5000, doc="Activity cutoff of a new subnet, in blocks.")
    initial_max_registrations_per_block = Constant(
        u16, 1, doc="Largest number of registrations a block in a new subnet."
    )
    initial_pruning_score = Constant(u16, 65_535, doc="Pruning score of a new neuron.")
    initial_max_allowed_validators = Constant(
        u16, 128, doc="Largest number of validators of a new subnet."
    )
    initial_default_delegate_take = Constant(u16, 11_796, doc="Take of a new delegate, over 65535.")
    initial_min_delegate_take = Constant(
        u16, 0, doc="Smallest take of a delegate at first, over 65535."
    )
    initial_default_child_key_take = Constant(u16, 0, doc="Take of a new child, over 65535.")
    initial_min_child_key_take = Constant(
        u16, 0, doc="Smallest take of a child at first, over 65535."
    )
    initial_max_child_key_take = Constant(
        u16, 11_796, doc="Largest take of a child at first, over 65535."
    )
    initial_weights_version_key = Constant(u64, 0, doc="Weights version key of a new subnet.")
    initial_serving_rate_limit = Constant(
        u64, 50, doc="Serving rate limit of a new subnet, in blocks."
    )
    initial_tx_rate_limit = Constant(u64, 1000, doc="Transaction rate limit at first, in blocks.")
    initial_tx_delegate_take_rate_limit = Constant(
        u64, 216_000, doc="Rate limit on increasing a delegate's take at first, in blocks."
    )
    initial_tx_child_key_take_rate_limit = Constant(
        u64,
        lambda config: config.pick(216_000, 5),
        doc="Rate limit on increasing a childkey take at first, in blocks.",
    )
    initial_adjustment_alpha = Constant(u64, 0, doc="Adjustment alpha of a new subnet.")
    initial_network_immunity_period = Constant(
        u64, 1_296_000, doc="Immunity period of subnets at first, in blocks."
    )
    initial_network_min_lock_cost = Constant(
        Rao, Rao(1_000_000_000_000), doc="Smallest price of a subnet at first."
    )
    initial_subnet_owner_cut = Constant(
        u16, 11_796, doc="Owners' share of their subnet's emission at first, over 65535."
    )
    initial_network_lock_reduction_interval = Constant(
        u64, 100_800, doc="Blocks in which a subnet's price falls, at first."
    )
    initial_network_rate_limit = Constant(
        u64, 7200, doc="Rate limit on creating subnets at first, in blocks."
    )
    key_swap_cost = Constant(
        Rao, Rao(100_000_000), doc="Price of swapping a hotkey on every subnet."
    )
    alpha_high = Constant(u16, 58_982, doc="Highest rate of liquid alpha, over 65535.")
    alpha_low = Constant(u16, 45_875, doc="Lowest rate of liquid alpha, over 65535.")
    liquid_alpha_on = Constant(bool, value=False, doc="Whether liquid alpha is on at first.")
    yuma3_on = Constant(bool, value=False, doc="Whether the third version of Yuma is on at first.")
    initial_coldkey_swap_announcement_delay = Constant(
        u32,
        lambda config: config.pick(36_000, 50),
        doc="Blocks from the announcement of a coldkey swap to the swap, at first.",
    )
    initial_coldkey_swap_reannouncement_delay = Constant(
        u32,
        lambda config: config.pick(7_200, 10),
        doc="Blocks before a coldkey swap can be announced anew, at first.",
    )
    initial_dissolve_network_schedule_duration = Constant(
        u32, 36_000, doc="Blocks before a scheduled dissolution of a network, at first."
    )
    initial_tao_weight = Constant(
        u64, 971_718_665_099_567_868, doc="Weight of root stake at first, over 2**64 - 1."
    )
    initial_ema_price_halving_period = Constant(
        u64, 201_600, doc="Blocks in which a moving price covers half the way, at first."
    )
    initial_start_call_delay = Constant(
        u64, 0, doc="Blocks before a new subnet can be started, at first."
    )
    key_swap_on_subnet_cost = Constant(
        Rao, Rao(1_000_000), doc="Price of swapping a hotkey on one subnet."
    )
    hotkey_swap_on_subnet_interval = Constant(
        u64,
        lambda config: config.pick(7_200, 1),
        doc="Blocks between two swaps of a hotkey on one subnet.",
    )
    lease_dividends_distribution_interval = Constant(
        u32, 100, doc="Blocks between two distributions of a lease's dividends."
    )
    max_immune_uids_percentage = Constant(
        Percent, Percent(80), doc="Largest share of immune neurons that trimming may leave."
    )
    subtensor_pallet_id = Constant(
        PalletId, PalletId(b"subtensr"), doc="What the accounts of subnets are derived from."
    )
    burn_account_id = Constant(
        PalletId, PalletId(b"burntnsr"), doc="What the account of burned TAO is derived from."
    )
    initial_max_epochs_per_block = Constant(
        u8, lambda config: config.pick(2, 32), doc="Epochs that one block may run, at first."
    )


def initially(constant: Constant[V]) -> FromConfig[V]:
    """The default of a storage item that starts from `constant`."""
    return FromConfig(constant.for_config)
