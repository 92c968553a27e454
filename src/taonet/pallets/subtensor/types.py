"""
The values that SubtensorModule stores and reports: structs and enums with the names that they
have in metadata.

Source: subtensor pallets/subtensor/src/lib.rs, staking/lock.rs, subnets/leasing.rs,
utils/rate_limiting.rs and primitives/share-pool @ 14bc6f9.
"""

from typing import Annotated

from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId, FixedBytes
from taonet.primitives.units import Alpha, NetUid, Rao, Unit
from taonet.scale.types import (
    U8,
    U16,
    U32,
    U64,
    U128,
    CLike,
    SetType,
    Struct,
    TaggedUnion,
    Type,
    boolean,
    bounded_bytes,
    c_like,
    i16,
    i64,
    pair,
    type_of,
    u64,
    u64f64,
    vec,
)

CERTIFICATE_KEY_LIMIT = 64
"""The longest public key of a TLS certificate, in bytes."""

TIMELOCKED_COMMIT_LIMIT = 5000
"""The longest ciphertext of a timelocked commit, in bytes."""

I16 = Annotated[int, i16]

Flag = Annotated[bool, boolean]
"""A yes or no that a call takes."""

child_proportions: Type[tuple[tuple[int, AccountId], ...]] = vec(pair(u64, AccountId))
Children = Annotated[tuple[tuple[int, AccountId], ...], child_proportions]
"""Related hotkeys and each one's share of a parent's stake; 2**64 - 1 is all of it."""


class H160(FixedBytes):
    """An Ethereum address."""

    length = 20
    __slots__ = ()


class MechanismIndex(Unit):
    """
    A subnet's mechanism as one key: the subnet plus 4096 times the mechanism. SCALE `u16`.

    The main mechanism of a subnet has the subnet's own number.
    """

    bits = 16


class AxonInfo(Struct, path="pallet_subtensor::pallet::AxonInfo"):
    """Where a neuron answers."""

    block: U64
    version: U32
    ip: U128
    port: U16
    ip_type: U8
    protocol: U8
    placeholder1: U8
    placeholder2: U8


class PrometheusInfo(Struct, path="pallet_subtensor::pallet::PrometheusInfo"):
    """Where a neuron shows its metrics."""

    block: U64
    version: U32
    ip: U128
    port: U16
    ip_type: U8


class NeuronCertificate(Struct, path="pallet_subtensor::pallet::NeuronCertificate"):
    """The public key of a neuron's TLS certificate."""

    public_key: Annotated[bytes, bounded_bytes(CERTIFICATE_KEY_LIMIT)]
    algorithm: U8


class ChainIdentityV2(Struct, path="pallet_subtensor::pallet::ChainIdentityV2"):
    """Who stands behind a coldkey, in its own words."""

    name: bytes
    url: bytes
    github_repo: bytes
    image: bytes
    discord: bytes
    description: bytes
    additional: bytes


class SubnetIdentityV3(Struct, path="pallet_subtensor::pallet::SubnetIdentityV3"):
    """What a subnet is, in its owner's words."""

    subnet_name: bytes
    github_repo: bytes
    subnet_contact: bytes
    subnet_url: bytes
    discord: bytes
    description: bytes
    logo_url: bytes
    additional: bytes


@c_like("pallet_subtensor::pallet::RecycleOrBurnEnum")
class RecycleOrBurn(CLike):
    """What becomes of the miner emission that a subnet's owner would earn."""

    BURN = 0
    RECYCLE = 1


class RootClaimType(TaggedUnion, path="pallet_subtensor::pallet::RootClaimTypeEnum"):
    """How a coldkey's root dividends are paid."""


class Swap(RootClaimType, index=0):
    """As TAO: the alpha is sold."""


class Keep(RootClaimType, index=1):
    """As alpha."""


class KeepSubnets(RootClaimType, index=2):
    """As alpha of the named subnets, as TAO of all others."""

    subnets: Annotated[tuple[NetUid, ...], SetType(type_of(NetUid))]


class SafeFloatStruct(Struct, path="share_pool::SafeFloat"):
    """`mantissa * 10**exponent`; `taonet.economy.safe_float` computes with it."""

    mantissa: U128
    exponent: Annotated[int, i64]


class LockState(Struct, path="pallet_subtensor::staking::lock::LockState"):
    """A lock of alpha as it stood at the block `last_update`."""

    locked_mass: Alpha
    conviction: Annotated[U64F64, u64f64]
    last_update: U64


class Percent(Struct, path="sp_arithmetic::per_things::Percent"):
    """A share in whole percent."""

    _0: U8


class SubnetLease(Struct, path="pallet_subtensor::subnets::leasing::SubnetLease"):
    """A subnet that the contributors of a crowdloan own until `end_block`, or for good."""

    beneficiary: AccountId
    coldkey: AccountId
    hotkey: AccountId
    emissions_share: Percent
    end_block: U32 | None
    netuid: NetUid
    cost: Rao


@c_like("pallet_subtensor::utils::rate_limiting::Hyperparameter")
class Hyperparameter(CLike):
    """Which parameter an owner changed; each has a rate limit of its own."""

    UNKNOWN = 0
    SERVING_RATE_LIMIT = 1
    MAX_DIFFICULTY = 2
    ADJUSTMENT_ALPHA = 3
    MAX_WEIGHT_LIMIT = 4
    IMMUNITY_PERIOD = 5
    MIN_ALLOWED_WEIGHTS = 6
    KAPPA = 7
    RHO = 8
    ACTIVITY_CUTOFF = 9
    POW_REGISTRATION_ALLOWED = 10
    MIN_BURN = 11
    MAX_BURN = 12
    BONDS_MOVING_AVERAGE = 13
    BONDS_PENALTY = 14
    COMMIT_REVEAL_ENABLED = 15
    LIQUID_ALPHA_ENABLED = 16
    ALPHA_VALUES = 17
    WEIGHT_COMMIT_INTERVAL = 18
    TRANSFER_ENABLED = 19
    ALPHA_SIGMOID_STEEPNESS = 20
    YUMA3_ENABLED = 21
    BONDS_RESET_ENABLED = 22
    IMMUNE_NEURON_LIMIT = 23
    RECYCLE_OR_BURN = 24
    MAX_ALLOWED_UIDS = 25
    BURN_HALF_LIFE = 26
    BURN_INCREASE_MULT = 27
    SUBNET_EMISSION_ENABLED = 28
    MIN_CHILDKEY_TAKE = 29
    ACTIVITY_CUTOFF_FACTOR_MILLI = 30
    TRIGGER_EPOCH = 31


class RateLimitKey(TaggedUnion, path="pallet_subtensor::RateLimitKey"):
    """What a rate limit is kept for."""


class SetSubnetOwnerHotkey(RateLimitKey, index=0, name="SetSNOwnerHotkey"):
    """Changes of a subnet's owner hotkey."""

    _0: NetUid


class OwnerHyperparameterUpdate(RateLimitKey, index=1, name="OwnerHyperparamUpdate"):
    """Changes of one parameter of a subnet by its owner."""

    _0: NetUid
    _1: Hyperparameter


class NetworkLastRegistered(RateLimitKey, index=2):
    """Creations of subnets."""


class LastTransaction(RateLimitKey, index=3, name="LastTxBlock"):
    """An account's transactions."""

    _0: AccountId


class LastChildkeyTake(RateLimitKey, index=4, name="LastTxBlockChildKeyTake"):
    """A hotkey's changes of its childkey take."""

    _0: AccountId


class LastDelegateTake(RateLimitKey, index=5, name="LastTxBlockDelegateTake"):
    """A hotkey's changes of its delegate take."""

    _0: AccountId


class LastAddStakeBurn(RateLimitKey, index=6, name="AddStakeBurn"):
    """Purchases of a subnet's alpha that burn it."""

    _0: NetUid
