"""A node's chain in a test: real blocks in a store, transactions signed by the field's SDK."""

from typing import Any

import bittensor_core

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.multi_address import AddressId
from taonet.node.chain import Chain
from taonet.node.clock import ManualClock
from taonet.node.config import NodeConfig, Sealing
from taonet.node.engines.embedded import EmbeddedEngine
from taonet.node.executor import BlockExecutor
from taonet.node.shield import Shield
from taonet.node.store.chain import ChainStore
from taonet.node.store.key_value import KeyValueStore
from taonet.node.store.memory_store import MemoryStore
from taonet.primitives.ids import AccountId
from taonet.runtime.composition import metadata_v15
from taonet.runtime.genesis import localnet_genesis
from taonet.runtime.pallets import CALLS
from taonet.runtime.version import SPEC_VERSION, TRANSACTION_VERSION

CONFIG = NodeConfig(
    runtime=RuntimeConfig(timing=Timing.FAST), sealing=Sealing.MANUAL, ports=(), dev=True
)


class Account:
    """A development key."""

    def __init__(self, name: str) -> None:
        self.pair = bittensor_core.Keypair.create_from_uri(f"//{name}")
        self.id = AccountId(self.pair.public_key)


ALICE, BOB, POOR = Account("Alice"), Account("Bob"), Account("Nobody knows me")


class SmallChain:
    """A chain with a hand-moved clock; `block` makes one."""

    def __init__(
        self,
        values: KeyValueStore | None = None,
        config: NodeConfig = CONFIG,
        shield: Shield | None = None,
    ) -> None:
        self.store = ChainStore.open(values or MemoryStore(), keep_blocks=config.keep_blocks)
        self.executor = BlockExecutor.open(
            self.store, lambda: localnet_genesis(config.runtime), config.runtime
        )
        self.chain = Chain(self.executor, config, shield)
        self.clock = ManualClock()
        self.engine = EmbeddedEngine(self.chain, config, self.clock)
        self._sdk = bittensor_core.Runtime(
            metadata_v15(config.runtime), SPEC_VERSION, TRANSACTION_VERSION
        )

    def block(self) -> Any:
        """Make a block, a slot later."""
        self.clock.advance(250)
        return self.engine.new_block()

    def free(self, account: Account) -> int:
        """An account's free balance at the head."""
        return int(self.executor.runtime.balances.free(account.id))

    def transfer(self, who: Account, amount: int, *, nonce: int = 0, **options: Any) -> bytes:
        """A signed transfer to Bob."""
        return self.sign(
            who,
            Call(*CALLS["Balances", "transfer_keep_alive"], (AddressId(BOB.id), amount)),
            nonce=nonce,
            **options,
        )

    def sign(
        self,
        who: Account,
        call: Call,
        *,
        nonce: int = 0,
        tip: int = 0,
        genesis: bytes | None = None,
        period: int | None = None,
    ) -> bytes:
        """A signed extrinsic: immortal, or of `period` blocks from the head on."""
        data = self.executor.runtime.codecs.of(RUNTIME_CALL).encode(call)
        genesis = genesis or self.executor.genesis_hash
        era: Any = "00"
        birth = genesis
        if period is not None:
            era, birth = {"period": period, "current": self.executor.head.number}, self.chain.best()
        signed = {"era": era, "nonce": nonce, "tip": tip, "tip_asset_id": None}
        payload = self._sdk.signature_payload(
            data, genesis_hash=genesis, era_block_hash=birth, metadata_hash=None, **signed
        )
        raw, _ = self._sdk.encode_signed_extrinsic(
            data,
            public_key=who.id,
            signature=who.pair.sign(payload),
            signature_version=bittensor_core.CRYPTO_SR25519,
            metadata_hash_enabled=False,
            **signed,
        )
        return bytes(raw)
