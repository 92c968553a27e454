"""
Genesis of a local network: the accounts, authorities and subnets that clients expect there.

Source: subtensor node/src/chain_spec/localnet.rs and pallets/subtensor/src/macros/genesis.rs
@ 14bc6f9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import bittensor_core

from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.aura import AuraId
from taonet.pallets.base_fee import DEFAULT_WEI, ELASTICITY
from taonet.pallets.evm.types import U256, Permill
from taonet.pallets.grandpa import GrandpaId
from taonet.pallets.rule_sets import rules_of
from taonet.pallets.subtensor.genesis import RootOwner, subtensor_genesis
from taonet.pallets.system import LastRuntimeUpgradeInfo
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.ss58 import decode_ss58
from taonet.primitives.units import Rao, to_rao
from taonet.runtime.composition import metadata_v15
from taonet.runtime.runtime import Runtime
from taonet.runtime.version import SPEC_NAME, SPEC_VERSION

CODE_KEY = b":code"
"""Where the real chain keeps its Wasm; here a digest of the metadata, so that runtimes that differ
have genesis hashes that differ: clients cache metadata by them."""

ALITH = "5Fghzk1AJt88PeFEzuRfXzbPchiBbsVGTTXcdx599VdZzkTA"
BALTATHAR = "5GeqNhKWj1KG78VHzbmo3ZjZgUTrCuWeamdgiA114XHGdaEr"

RICH = ("Alice", "Bob", "Charlie")
ENDOWED = ("Dave", "Eve", "Ferdie", "One", "Two", "Three")
AUTHORITIES = ("One", "Two", "Three")
SUDO = "Alice"
EVM_CHAIN_ID = 42

_FIRST_PARENT = H256(bytes([69]) * 32)


def development_account(name: str) -> AccountId:
    """The sr25519 account of a well-known development key, such as `Alice`."""
    return AccountId(bittensor_core.Keypair.create_from_uri(f"//{name}").public_key)


def _grandpa_key(name: str) -> GrandpaId:
    pair = bittensor_core.Keypair.create_from_uri(
        f"//{name}", crypto_type=bittensor_core.CRYPTO_ED25519
    )
    return GrandpaId(pair.public_key)


def localnet_balances() -> dict[AccountId, Rao]:
    """Who holds what on the public local network."""
    balances = {development_account(name): to_rao(1_000_000) for name in RICH}
    balances |= {development_account(name): to_rao(2_000) for name in ENDOWED}
    return balances | {decode_ss58(address): to_rao(2_000) for address in (ALITH, BALTATHAR)}


@dataclass(frozen=True)
class GenesisPlan:
    """What differs between networks; every account holds at least the existential deposit."""

    balances: Mapping[AccountId, Rao] = field(default_factory=localnet_balances)
    sudo: AccountId | None = field(default_factory=lambda: development_account(SUDO))
    authorities: tuple[str, ...] = AUTHORITIES
    """Names of development keys; their slots decide who gets fees."""


def localnet_genesis(config: RuntimeConfig, plan: GenesisPlan | None = None) -> dict[bytes, bytes]:
    """The raw storage of block 0."""
    runtime = Runtime(State(EmptyState(), config))
    _write(runtime, plan or GenesisPlan())
    runtime.try_state()
    entries = {k: v for k, v in runtime.state.overlay.changes().items() if v is not None}
    return entries | {CODE_KEY: blake2_256(metadata_v15(config))}


def _write(runtime: Runtime, plan: GenesisPlan) -> None:
    system = runtime.system
    system.parent_hash = _FIRST_PARENT
    system.block_hash[0] = _FIRST_PARENT
    system.last_runtime_upgrade = LastRuntimeUpgradeInfo(SPEC_VERSION, SPEC_NAME)
    system.upgraded_to_u32_ref_count = True
    system.upgraded_to_triple_ref_count = True
    for account in sorted(plan.balances):
        runtime.balances.mint(account, plan.balances[account])
    runtime.aura.authorities = tuple(AuraId(development_account(n)) for n in plan.authorities)
    runtime.grandpa.authorities = tuple((_grandpa_key(n), 1) for n in plan.authorities)
    runtime.sudo.key = plan.sudo
    runtime.evm_chain_id.chain_id = EVM_CHAIN_ID
    runtime.base_fee.base_fee_per_gas = U256.of(DEFAULT_WEI)
    runtime.base_fee.elasticity = Permill(ELASTICITY)
    runtime.ethereum.store_block(0)
    runtime.rule_sets.present = rules_of(runtime.config)
    runtime.limit_orders.found()
    subtensor_genesis(
        runtime.subtensor, runtime.balances.total_issuance, _root_owner(runtime.config)
    )


def _root_owner(config: RuntimeConfig) -> RootOwner:
    """Fast networks give root to Alice."""
    if config.timing is not Timing.FAST:
        return RootOwner()
    return RootOwner(development_account("Alice"), development_account("Alice_hk"))
