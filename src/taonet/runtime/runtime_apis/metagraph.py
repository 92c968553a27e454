"""
Metagraphs: everything about a subnet and its neurons in one answer, whole or in part.

Source: subtensor pallets/subtensor/src/rpc_info/metagraph.rs @ 14bc6f9.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from types import new_class
from typing import Annotated, Any, Final, get_type_hints

from taonet.pallets.subtensor.mechanisms import MAIN
from taonet.pallets.subtensor.types import AxonInfo, ChainIdentityV2, SubnetIdentityV3
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.neuron_columns import NeuronColumns
from taonet.runtime.runtime_apis.subnet_readings import READINGS, exists
from taonet.runtime.runtime_apis.view_types import (
    OF_ACCOUNTS,
    AlphaByAccount,
    Booleans,
    CompactAlpha,
    CompactNetUid,
    CompactRao,
    CompactText,
    CompactU16s,
    CompactU64s,
    CompactU128,
    MovingPrice,
    RaoByAccount,
)
from taonet.scale.types import (
    CompactU16,
    CompactU64,
    Composite,
    Struct,
    TaggedUnion,
    compact,
    option,
    pair,
    type_of,
    u8,
    u16,
    vec,
)

Indexes = Annotated[tuple[int, ...], vec(u16)]
"""Numbers of metagraph fields; a client may repeat them."""


class Metagraph(
    Struct,
    path="pallet_subtensor::rpc_info::metagraph::Metagraph",
    parameters=OF_ACCOUNTS,
):
    """A subnet, its parameters, its pool, and its neurons in columns by uid."""

    netuid: CompactNetUid
    name: CompactText
    symbol: CompactText
    identity: SubnetIdentityV3 | None
    network_registered_at: CompactU64
    owner_hotkey: AccountId
    owner_coldkey: AccountId
    block: CompactU64
    tempo: CompactU16
    last_step: CompactU64
    blocks_since_last_step: CompactU64
    subnet_emission: CompactU64
    alpha_in: CompactAlpha
    alpha_out: CompactAlpha
    tao_in: CompactRao
    alpha_out_emission: CompactAlpha
    alpha_in_emission: CompactAlpha
    tao_in_emission: CompactRao
    pending_alpha_emission: CompactAlpha
    pending_root_emission: CompactRao
    subnet_volume: CompactU128
    moving_price: MovingPrice
    rho: CompactU16
    kappa: CompactU16
    min_allowed_weights: CompactU16
    max_weights_limit: CompactU16
    weights_version: CompactU64
    weights_rate_limit: CompactU64
    activity_cutoff: CompactU64
    max_validators: CompactU16
    num_uids: CompactU16
    max_uids: CompactU16
    burn: CompactRao
    difficulty: CompactU64
    registration_allowed: bool
    pow_registration_allowed: bool
    immunity_period: CompactU16
    min_difficulty: CompactU64
    max_difficulty: CompactU64
    min_burn: CompactRao
    max_burn: CompactRao
    adjustment_alpha: CompactU64
    adjustment_interval: CompactU16
    target_regs_per_interval: CompactU16
    max_regs_per_block: CompactU16
    serving_rate_limit: CompactU64
    commit_reveal_weights_enabled: bool
    commit_reveal_period: CompactU64
    liquid_alpha_enabled: bool
    alpha_high: CompactU16
    alpha_low: CompactU16
    bonds_moving_avg: CompactU64
    hotkeys: tuple[AccountId, ...]
    coldkeys: tuple[AccountId, ...]
    identities: tuple[ChainIdentityV2 | None, ...]
    axons: tuple[AxonInfo, ...]
    active: Booleans
    validator_permit: Booleans
    pruning_score: CompactU16s
    last_update: CompactU64s
    emission: CompactU64s
    dividends: CompactU16s
    incentives: CompactU16s
    consensus: CompactU16s
    trust: CompactU16s
    rank: CompactU16s
    block_at_registration: CompactU64s
    alpha_stake: CompactU64s
    tao_stake: CompactU64s
    total_stake: CompactU64s
    tao_dividends_per_hotkey: RaoByAccount
    alpha_dividends_per_hotkey: AlphaByAccount


class KnownIdentity(TaggedUnion, path="Option", parameters={"T": SubnetIdentityV3}):
    """An identity that was asked for: an option of its own, since None says that it was not."""


class NoIdentity(KnownIdentity, index=0, name="None"):
    """The subnet says nothing of itself."""


class SomeIdentity(KnownIdentity, index=1, name="Some"):
    """What the subnet says of itself."""

    _0: SubnetIdentityV3


METAGRAPH_FIELDS: Final = tuple(field.name for field in fields(Metagraph))
SELECTIVE_FIELDS: Final = (*METAGRAPH_FIELDS, "validators", "commitments")
"""By the number that clients ask for them by."""


def _selective_class() -> type[Struct]:
    """The metagraph of which every field but the first may be absent, and two fields more."""
    hints = get_type_hints(Metagraph, include_extras=True)
    types = {name: type_of(hint) for name, hint in hints.items() if name in METAGRAPH_FIELDS}
    types["identity"] = type_of(KnownIdentity)
    types["validators"] = vec(compact(u16))
    types["commitments"] = vec(pair(AccountId, vec(compact(u8))))
    optional = SELECTIVE_FIELDS[1:]
    body = {
        "__module__": __name__,
        "__doc__": "Those columns and values of a metagraph that were asked for.",
        "__annotations__": {
            "netuid": hints["netuid"],
            **{name: Annotated[Any, option(types[name])] for name in optional},
        },
        **dict.fromkeys(optional),
    }
    path = "pallet_subtensor::rpc_info::metagraph::SelectiveMetagraph"
    options = {"path": path, "parameters": OF_ACCOUNTS}
    return new_class("SelectiveMetagraph", (Struct,), options, lambda ns: ns.update(body))


_SELECTIVE: Final = _selective_class()

SelectiveMetagraph = Annotated[Struct, Composite(_SELECTIVE)]
"""A metagraph in part; what was not asked for is None."""


class _MetagraphReader:
    """Any field of one subnet's metagraph, by name."""

    def __init__(self, runtime: Runtime, netuid: NetUid, mechanism: MechId) -> None:
        self._runtime = runtime
        self._netuid = netuid
        self._columns = NeuronColumns(runtime, netuid, mechanism)

    def field(self, name: str) -> Any:
        """The field `name`."""
        if name == "netuid":
            # Metagraphs of further mechanisms show their storage index.
            return NetUid(int(self._columns.index))
        if name in READINGS:
            return READINGS[name](self._runtime, self._netuid)
        return getattr(self._columns, name)


def metagraph(runtime: Runtime, netuid: NetUid, mechanism: MechId = MAIN) -> Metagraph | None:
    """A subnet's metagraph by one of its mechanisms; None if either does not exist."""
    if not exists(runtime, netuid):
        return None
    if mechanism >= runtime.subtensor.networks.mechanism_count_current[netuid]:
        return None
    reader = _MetagraphReader(runtime, netuid, mechanism)
    build: Callable[..., Metagraph] = Metagraph
    return build(*(reader.field(name) for name in METAGRAPH_FIELDS))


def selective_metagraph(
    runtime: Runtime, netuid: NetUid, indexes: Sequence[int], mechanism: MechId = MAIN
) -> Struct | None:
    """
    The fields of a metagraph that `indexes` name; numbers that no field has are ignored. None if
    the subnet does not exist. The netuid is always there, where the real chain says 0 for a subnet
    of which field 0 was not asked for.

    A mechanism that does not exist has no incentives and no updates.
    """
    if not exists(runtime, netuid):
        return None
    reader = _MetagraphReader(runtime, netuid, mechanism)
    asked = {SELECTIVE_FIELDS[index] for index in indexes if 0 < index < len(SELECTIVE_FIELDS)}
    values = {name: reader.field(name) for name in asked}
    if "identity" in values:
        identity: SubnetIdentityV3 | None = values["identity"]
        values["identity"] = NoIdentity() if identity is None else SomeIdentity(identity)
    build: Callable[..., Struct] = _SELECTIVE
    return build(netuid=netuid, **values)
