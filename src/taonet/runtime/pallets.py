"""
Which classes the runtime is made of, and where each pallet stands on the wire.

A pallet of several classes is joined by `merge`; indices are the real chain's.

Source: subtensor runtime/src/lib.rs `construct_runtime!` @ 14bc6f9.
"""

from dataclasses import replace
from typing import Final

from taonet.frame.call import EXTRINSIC_NAME, RUNTIME_CALL_NAME, CallCodec
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.pallet import CallSpec, Event, Pallet, PalletSpec, merge
from taonet.pallets.admin_utils import ADMIN_UTILS_CLASSES, ADMIN_UTILS_INDEX
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.aura import Aura
from taonet.pallets.balances import Balances
from taonet.pallets.base_fee import BASE_FEE_INDEX, BaseFee
from taonet.pallets.commitments import Commitments
from taonet.pallets.crowdloan import CROWDLOAN_CLASSES, CROWDLOAN_INDEX
from taonet.pallets.drand import DRAND_CLASSES, DRAND_INDEX
from taonet.pallets.ethereum import ETHEREUM_INDEX, Ethereum
from taonet.pallets.evm import EVM_CLASSES, EVM_INDEX
from taonet.pallets.evm_chain_id import EVM_CHAIN_ID_INDEX, EvmChainId
from taonet.pallets.fine_tuning import FINE_TUNING_CLASSES, FINE_TUNING_INDEX
from taonet.pallets.grandpa import Grandpa
from taonet.pallets.limit_orders import LIMIT_ORDERS_INDEX
from taonet.pallets.limit_orders.calls import LIMIT_ORDERS_CLASSES
from taonet.pallets.mev_shield import MEV_SHIELD_INDEX, MevShield
from taonet.pallets.model_releases import MODEL_RELEASES_INDEX, ModelReleases
from taonet.pallets.multisig import MULTISIG_INDEX, Multisig
from taonet.pallets.preimage import PREIMAGE_INDEX, Preimage
from taonet.pallets.proxy import PROXY_CLASSES, PROXY_INDEX
from taonet.pallets.randomness_collective_flip import RandomnessCollectiveFlip
from taonet.pallets.rule_sets import RULE_SETS_INDEX, RuleSets
from taonet.pallets.safe_mode import SAFE_MODE_INDEX, SafeMode
from taonet.pallets.scheduler import SCHEDULER_CLASSES, SCHEDULER_INDEX
from taonet.pallets.subtensor.guard_weights import guard_weight
from taonet.pallets.subtensor.module import CLASSES as SUBTENSOR_CLASSES
from taonet.pallets.subtensor.module import PALLET_INDEX as SUBTENSOR_INDEX
from taonet.pallets.sudo import Sudo
from taonet.pallets.swap import Swap
from taonet.pallets.system import System
from taonet.pallets.timestamp import Timestamp
from taonet.pallets.transaction_payment import TransactionPayment
from taonet.pallets.utility import Utility
from taonet.runtime.event_codec import EventCodec
from taonet.scale.codec import Codecs, codec
from taonet.scale.types import byte_vec

PALLETS: Final[dict[int, tuple[type[Pallet], ...]]] = {
    0: (System,),
    1: (RandomnessCollectiveFlip,),
    2: (Timestamp,),
    3: (Aura,),
    4: (Grandpa,),
    5: (Balances,),
    6: (TransactionPayment,),
    SUBTENSOR_INDEX: SUBTENSOR_CLASSES,
    11: (Utility,),
    12: (Sudo,),
    MULTISIG_INDEX: (Multisig,),
    PREIMAGE_INDEX: (Preimage,),
    SCHEDULER_INDEX: SCHEDULER_CLASSES,
    PROXY_INDEX: PROXY_CLASSES,
    18: (Commitments,),
    ADMIN_UTILS_INDEX: ADMIN_UTILS_CLASSES,
    SAFE_MODE_INDEX: (SafeMode,),
    ETHEREUM_INDEX: (Ethereum,),
    EVM_INDEX: EVM_CLASSES,
    EVM_CHAIN_ID_INDEX: (EvmChainId,),
    BASE_FEE_INDEX: (BaseFee,),
    DRAND_INDEX: DRAND_CLASSES,
    CROWDLOAN_INDEX: CROWDLOAN_CLASSES,
    28: (Swap,),
    MEV_SHIELD_INDEX: (MevShield,),
    31: (AlphaAssets,),
    LIMIT_ORDERS_INDEX: LIMIT_ORDERS_CLASSES,
    RULE_SETS_INDEX: (RuleSets,),
    MODEL_RELEASES_INDEX: (ModelReleases,),
    FINE_TUNING_INDEX: FINE_TUNING_CLASSES,
}


def _guarded(spec: PalletSpec) -> PalletSpec:
    """The pallet, its calls with what their guards weigh."""
    calls = (replace(call, guard_weight=guard_weight(spec.name, call.name)) for call in spec.calls)
    return replace(spec, calls=tuple(calls))


SPECS: Final[tuple[PalletSpec, ...]] = tuple(
    _guarded(merge(index, classes)) for index, classes in sorted(PALLETS.items())
)

CALL_OWNERS: Final[dict[tuple[int, int], type[Pallet]]] = {
    (index, call.index): cls
    for index, classes in PALLETS.items()
    for cls in classes
    for call in cls.calls
}
"""The class that has the method of a call, by pallet and call index."""

CALLS: Final[dict[tuple[str, str], tuple[CallSpec, str, int]]] = {
    (spec.name, call.name): (call, spec.name, spec.index) for spec in SPECS for call in spec.calls
}
"""A call's declaration by the names of its pallet and itself, ready for `Call(*…, arguments)`."""

ERROR_PALLETS: Final[dict[type[ModuleError], int]] = {
    error: spec.index for spec in SPECS for error in spec.errors
}

EVENT_PALLETS: Final[dict[type[Event], int]] = {
    event: spec.index for spec in SPECS for event in spec.events
}


def _runtime_codecs() -> Codecs:
    calls, events = CallCodec(SPECS), EventCodec(EVENT_PALLETS)
    codecs = Codecs(
        {
            RUNTIME_CALL_NAME: calls.codec,
            "RuntimeEvent": events.codec,
            EXTRINSIC_NAME: codec(byte_vec),
        }
    )
    calls.bind(codecs)
    events.bind(codecs)
    return codecs


CODECS: Final = _runtime_codecs()
"""Codecs that know this runtime's calls and events; compiled once a process."""
