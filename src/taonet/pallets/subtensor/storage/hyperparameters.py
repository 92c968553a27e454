"""What each subnet may set for itself, or root for it."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, blake2_128_concat, identity, twox_64_concat
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.pallets.subtensor.types import RecycleOrBurn
from taonet.primitives.fixed_point import U16_MAX, U64F64
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import i16, pair, u16, u32, u64, u64f64


class Hyperparameters(Pallet, prefix="SubtensorModule"):
    """What each subnet may set for itself, or root for it."""

    tempo = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_tempo),
        doc="Blocks from one epoch to the next.",
    )
    rho = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_rho),
        doc="Steepness of the trust sigmoid; unused by the present epoch.",
    )
    alpha_sigmoid_steepness = StorageMap(
        identity(NetUid),
        value=i16,
        default=initially(Constants.initial_alpha_sigmoid_steepness),
        doc="Steepness of the liquid-alpha sigmoid, in thousandths.",
    )
    kappa = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_kappa),
        doc="Share of stake that makes a majority, over 65535.",
    )
    min_allowed_uids = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_min_allowed_uids),
        doc="Smallest number of neurons that the subnet may be limited to.",
    )
    max_allowed_uids = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_max_allowed_uids),
        doc="Largest number of neurons.",
    )
    immunity_period = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_immunity_period),
        doc="Blocks after its registration in which a neuron is not replaced.",
    )
    activity_cutoff = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_activity_cutoff),
        doc="Blocks without weights that make a validator inactive; replaced by the factor.",
    )
    activity_cutoff_factor_milli = StorageMap(
        identity(NetUid),
        value=u32,
        default=13_889,
        doc="Tempos without weights that make a validator inactive, in thousandths.",
    )
    max_weights_limit = StorageMap(
        identity(NetUid),
        value=u16,
        default=U16_MAX,
        doc="Largest weight after normalisation, over 65535.",
    )
    weights_version_key = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_weights_version_key),
        doc="Smallest version key that weights may carry.",
    )
    min_allowed_weights = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_min_allowed_weights),
        doc="Smallest number of weights a validator may set.",
    )
    max_allowed_validators = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_max_allowed_validators),
        doc="Largest number of neurons with a validator permit.",
    )
    adjustment_interval = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_adjustment_interval),
        doc="Blocks between two counts of registrations.",
    )
    adjustment_alpha = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_adjustment_alpha),
        doc="Weight of the previous value in an adjustment, over 2**64 - 1.",
    )
    target_registrations_per_interval = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_target_registrations_per_interval),
        doc="Registrations that an interval should have; it may have three times as many.",
    )
    max_registrations_per_block = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_max_registrations_per_block),
        doc="Registrations that a block may have.",
    )
    network_registration_allowed = StorageMap(
        identity(NetUid), value=bool, default=True, doc="Whether neurons may register."
    )
    network_pow_registration_allowed = StorageMap(
        identity(NetUid), value=bool, default=True, doc="Whether neurons may register by work."
    )
    min_difficulty = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_min_difficulty),
        doc="Smallest difficulty of registration by work.",
    )
    max_difficulty = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_max_difficulty),
        doc="Largest difficulty of registration by work.",
    )
    min_burn = StorageMap(
        identity(NetUid),
        value=Rao,
        default=initially(Constants.initial_min_burn),
        doc="Smallest registration price.",
    )
    max_burn = StorageMap(
        identity(NetUid),
        value=Rao,
        default=initially(Constants.initial_max_burn),
        doc="Largest registration price.",
    )
    burn_half_life = StorageMap(
        identity(NetUid),
        value=u16,
        default=360,
        doc="Blocks in which the registration price falls by half.",
    )
    burn_increase_mult = StorageMap(
        identity(NetUid),
        value=u64f64,
        default=U64F64(23_242_897_532_874_035_200),
        doc="Factor by which a registration raises the price.",
    )
    bonds_moving_average = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_bonds_moving_average),
        doc="Weight of the previous bonds in their moving average, in millionths.",
    )
    bonds_penalty = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_bonds_penalty),
        doc="How much weights out of consensus lose in bonds, over 65535.",
    )
    bonds_reset_on = StorageMap(
        identity(NetUid),
        value=bool,
        default=initially(Constants.initial_bonds_reset_on),
        doc="Whether a neuron's bonds are reset when it announces so.",
    )
    liquid_alpha_on = StorageMap(
        blake2_128_concat(NetUid),
        value=bool,
        default=False,
        doc="Whether bonds move at a rate that follows consensus.",
    )
    yuma3_on = StorageMap(
        blake2_128_concat(NetUid),
        value=bool,
        default=False,
        doc="Whether the third version of Yuma is in force.",
    )
    alpha_values = StorageMap(
        identity(NetUid),
        value=pair(u16, u16),
        default=(45_875, 58_982),
        doc="Lowest and highest rate of liquid alpha, over 65535.",
    )
    weights_set_rate_limit = StorageMap(
        identity(NetUid),
        value=u64,
        default=100,
        doc="Blocks that must pass between two sets of weights by one neuron.",
    )
    commit_reveal_weights_enabled = StorageMap(
        identity(NetUid),
        value=bool,
        default=True,
        doc="Whether weights must be committed before they are revealed.",
    )
    reveal_period_epochs = StorageMap(
        twox_64_concat(NetUid), value=u64, default=1, doc="Epochs from a commit to its reveal."
    )
    serving_rate_limit = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_serving_rate_limit),
        doc="Blocks that must pass between two announcements of an endpoint.",
    )
    validator_prune_len = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_validator_prune_len),
        doc="Kept for clients; unused.",
    )
    scaling_law_power = StorageMap(
        identity(NetUid),
        value=u16,
        default=initially(Constants.initial_scaling_law_power),
        doc="Kept for clients; unused.",
    )
    transfer_toggle = StorageMap(
        identity(NetUid),
        value=bool,
        default=True,
        doc="Whether stake may be transferred to another coldkey.",
    )
    recycle_or_burn = StorageMap(
        identity(NetUid),
        value=RecycleOrBurn,
        default=RecycleOrBurn.BURN,
        doc="What becomes of miner emission that the owner's neurons would earn.",
    )
    immune_owner_uids_limit = StorageMap(
        identity(NetUid),
        value=u16,
        default=1,
        doc="How many of the owner's neurons are immune for good.",
    )
    min_non_immune_uids = StorageMap(
        identity(NetUid),
        value=u16,
        default=10,
        doc="How many neurons without immunity there must be before an immune one is spared.",
    )
    owner_cut_enabled = StorageMap(
        identity(NetUid),
        value=bool,
        default=True,
        doc="Whether the owner receives a share of the emission.",
    )
    owner_cut_auto_lock_enabled = StorageMap(
        identity(NetUid),
        value=bool,
        default=False,
        doc="Whether the owner's share is locked as it comes.",
    )
    ema_price_halving_blocks = StorageMap(
        identity(NetUid),
        value=u64,
        default=initially(Constants.initial_ema_price_halving_period),
        doc="Blocks in which the moving price covers half the way to the price.",
        name="EMAPriceHalvingBlocks",
    )
    subnet_emission_enabled = StorageMap(
        identity(NetUid),
        value=bool,
        default=True,
        doc="Whether the subnet's pool receives emission.",
    )
    min_childkey_take_per_subnet = StorageMap(
        identity(NetUid),
        value=u16,
        default=0,
        doc="Smallest childkey take in the subnet, over 65535.",
    )
