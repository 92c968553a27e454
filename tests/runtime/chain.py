"""A chain in a test: real genesis, real signatures, blocks through the executive."""

from typing import Any

import bittensor_core

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.overlay import DictState
from taonet.frame.pallet import Event
from taonet.frame.state import State
from taonet.pallets.aura import ENGINE_ID
from taonet.pallets.system import DigestItem, PreRuntime
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.composition import metadata_v15
from taonet.runtime.executive import Executive
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic
from taonet.runtime.genesis import GenesisPlan, localnet_genesis
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime
from taonet.runtime.version import SPEC_VERSION, TRANSACTION_VERSION
from taonet.scale.codec import codec

FAST = RuntimeConfig(timing=Timing.FAST)
SR25519, ED25519 = bittensor_core.CRYPTO_SR25519, bittensor_core.CRYPTO_ED25519
START_MS = 1_700_000_000_000
SLOT_MS = 250


def call_of(pallet: str, name: str, *arguments: Any) -> Call:
    """A call by its names on the wire."""
    return Call(*CALLS[pallet, name], arguments)


class Wallet:
    """A development key that signs as the field's own SDK does."""

    def __init__(self, name: str, scheme: int = SR25519) -> None:
        self.pair = bittensor_core.Keypair.create_from_uri(f"//{name}", crypto_type=scheme)
        self.scheme = scheme
        self.account = AccountId(self.pair.public_key)


ALICE, BOB, CHARLIE, DAVE = (Wallet(name) for name in ("Alice", "Bob", "Charlie", "Dave"))


class Chain:
    """Blocks on the local network's genesis, in memory; the state is checked after each."""

    def __init__(self, config: RuntimeConfig = FAST, plan: GenesisPlan | None = None) -> None:
        self.config = config
        self.sdk = bittensor_core.Runtime(metadata_v15(config), SPEC_VERSION, TRANSACTION_VERSION)
        self.entries = localnet_genesis(config, plan)
        self.runtime = Runtime(State(DictState(self.entries), config))
        self.executive = Executive(self.runtime)
        self.hashes = [blake2_256(b"genesis")]

    @property
    def head(self) -> bytes:
        """The head's hash: here of its number, since no root is computed."""
        return self.hashes[-1]

    def free(self, who: Wallet) -> int:
        """A wallet's free balance."""
        return int(self.runtime.balances.free(who.account))

    def sign(self, who: Wallet, call: Call, **options: Any) -> Extrinsic:
        """A signed extrinsic, of the account's next nonce unless `nonce` is given."""
        return decode_extrinsic(self.runtime.codecs, self.sign_raw(who, call, **options))

    def sign_raw(
        self,
        who: Wallet,
        call: Call,
        *,
        nonce: int | None = None,
        tip: int = 0,
        era: Any = "00",
        genesis: bytes | None = None,
        birth: bytes | None = None,
        metadata_hash: bytes | None = None,
    ) -> bytes:
        """The bytes of a signed extrinsic, made by the field's own codec."""
        if nonce is None:
            nonce = self.runtime.system.account[who.account].nonce
        data = self.runtime.codecs.of(RUNTIME_CALL).encode(call)
        signed = {"era": era, "nonce": nonce, "tip": tip, "tip_asset_id": None}
        genesis = self.hashes[0] if genesis is None else genesis
        payload = self.sdk.signature_payload(
            data,
            genesis_hash=genesis,
            era_block_hash=genesis if birth is None else birth,
            metadata_hash=metadata_hash,
            **signed,
        )
        raw, _ = self.sdk.encode_signed_extrinsic(
            data,
            public_key=who.account,
            signature=who.pair.sign(payload),
            signature_version=who.scheme,
            metadata_hash_enabled=metadata_hash is not None,
            **signed,
        )
        return bytes(raw)

    def validate(self, extrinsic: Extrinsic) -> Any:
        """What the pool would be told."""
        return self.executive.validate_transaction(extrinsic, parent_hash=self.head)

    def begin(self) -> None:
        """Start the next block and set its time."""
        number = len(self.hashes)
        time_ms = START_MS + number * SLOT_MS
        slot = (time_ms // SLOT_MS).to_bytes(8, "little")
        log = codec(DigestItem).encode(PreRuntime(ENGINE_ID, slot))
        self.executive.initialize_block(
            number=number, parent_hash=self.head, time_ms=time_ms, digest=(log,)
        )
        for raw in self.executive.inherents(time_ms):
            self.executive.apply_extrinsic(decode_extrinsic(self.runtime.codecs, raw))

    def end(self) -> None:
        """End the block and make its state the head's."""
        self.executive.finalize_block()
        self.runtime.try_state()
        self.commit()

    def commit(self) -> None:
        """Make the state of the block that ended the head's."""
        for key, value in self.runtime.state.overlay.changes().items():
            if value is None:
                self.entries.pop(key, None)
            else:
                self.entries[key] = value
        self.runtime.state.overlay.rebase(DictState(self.entries))
        self.hashes.append(blake2_256(len(self.hashes).to_bytes(4, "little")))

    def block(self, *extrinsics: Extrinsic) -> list[DispatchError | None]:
        """A whole block; what became of each extrinsic."""
        self.begin()
        outcomes = [self.executive.apply_extrinsic(extrinsic) for extrinsic in extrinsics]
        self.end()
        return outcomes

    def send(self, who: Wallet, call: Call, **options: Any) -> DispatchError | None:
        """One call in a block of its own."""
        return self.block(self.sign(who, call, **options))[0]

    def events(self, extrinsic: int = 1) -> list[Event]:
        """What an extrinsic of the last block reported; 0 is the time, 1 the first signed one."""
        deposited = self.runtime.state.events
        return [d.event for d in deposited if d.extrinsic == extrinsic]

    def fee(self) -> Rao:
        """What the last block's first signed extrinsic paid."""
        paid = [e for e in self.events() if type(e).__name__ == "TransactionFeePaid"]
        fee: Rao = paid[0].actual_fee  # type: ignore[attr-defined]
        return fee
