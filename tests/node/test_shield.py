"""Encrypted transactions: sealed by the field's own library, opened into the blocks they are in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bittensor_core
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.node.config import NodeConfig
from taonet.node.executor import BlockExecutor, BlockInput, Dropped
from taonet.node.service import open_shield
from taonet.node.shield import KEY_FILE, KEYS_KEPT, CannotOpen, SecretDamaged, Shield
from taonet.node.store.chain import ChainStore
from taonet.node.store.memory_store import MemoryStore
from taonet.node.tx_pool import PoolRefused
from taonet.pallets.mev_shield import CIPHERTEXT_BYTES_MAX, PUBLIC_KEY_BYTES, EncryptedSubmitted
from taonet.pallets.system import ExtrinsicFailed, ExtrinsicSuccess
from taonet.primitives.hashing import twox_128
from taonet.runtime.extrinsic import encode_bare
from taonet.runtime.genesis import localnet_genesis
from taonet.runtime.pallets import CALLS
from taonet.runtime.shielded_transaction import parse_shielded
from taonet.scale.codec import MalformedScale
from tests.node.small_chain import ALICE, BOB, CONFIG, POOR, Account, SmallChain

SECRET = bytes(range(32))
AMOUNT = 10**9
PERIOD = 8


class ShieldedChain(SmallChain):
    """A chain whose keys follow from a known secret; each of its authorities had a turn."""

    def __init__(
        self, shield: Shield | None = None, values: MemoryStore | None = None, blocks: int = 3
    ) -> None:
        super().__init__(values, shield=shield or Shield(SECRET))
        self.executed: list[Any] = []
        execute = self.executor.execute

        def remember(block: BlockInput) -> Any:
            self.executed.append(execute(block))
            return self.executed[-1]

        self.executor.execute = remember  # type: ignore[method-assign]
        for _ in range(blocks):
            self.block()

    @property
    def offered(self) -> bytes | None:
        """The key that wallets read."""
        return self.executor.runtime.mev_shield.next_key

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """The carriers of the last block whose load is not in it."""
        found: tuple[Dropped, ...] = self.executed[-1].dropped
        return found

    def seal(self, plaintext: bytes, key: bytes | None = None) -> bytes:
        """What a wallet makes of a signed transaction."""
        recipient = key or self.offered
        assert recipient is not None
        return bytes(bittensor_core.encrypt_mlkem768(recipient, plaintext, include_key_hash=True))

    def carry(self, ciphertext: bytes, who: Account = ALICE, nonce: int = 0) -> bytes:
        """A signed carrier."""
        call = Call(*CALLS["MevShield", "submit_encrypted"], (ciphertext,))
        return self.sign(who, call, nonce=nonce, period=PERIOD)

    async def submit(self, *raws: bytes) -> tuple[bytes, ...]:
        """Submit, make a block; its extrinsics behind the time and the key."""
        for raw in raws:
            await self.chain.submit(raw)
        extrinsics: tuple[bytes, ...] = self.block().extrinsics
        self.executor.runtime.try_state()
        return extrinsics[2:]

    def outcome(self, index: int) -> Any:
        """How an extrinsic of the last block ended."""
        reported = [d.event for d in self.executor.runtime.state.events if d.extrinsic == index]
        return reported[-1]


@pytest.fixture
def small() -> ShieldedChain:
    return ShieldedChain()


def test_a_key_of_every_block_is_announced_and_offered(small: ShieldedChain) -> None:
    shield = small.chain.shield
    for _ in range(5):
        block = small.block()
        number = block.header.number
        assert small.offered == shield.public_key(number - 1)
        announced = small.executor.decode(block.extrinsics[1]).call
        assert (announced.pallet, announced.spec.name) == ("MevShield", "announce_next_key")
        assert announced.arguments == (shield.public_key(number),)
        assert len(shield.public_key(number)) == PUBLIC_KEY_BYTES
    assert len({shield.public_key(number) for number in range(1, 8)}) == 7


async def test_what_is_carried_stands_behind_its_carrier(small: ShieldedChain) -> None:
    before = small.free(BOB)
    inner = small.transfer(ALICE, AMOUNT, nonce=1, period=PERIOD)
    carrier = small.carry(small.seal(inner))
    after = small.transfer(BOB, 1)

    included = await small.submit(carrier, after)

    assert included == (carrier, inner, after)
    assert small.free(BOB) > before + AMOUNT // 2
    assert isinstance(small.outcome(2), ExtrinsicSuccess)
    assert isinstance(small.outcome(3), ExtrinsicSuccess)
    assert any(isinstance(d.event, EncryptedSubmitted) for d in small.executor.runtime.state.events)
    assert small.chain.account_next_index(ALICE.id) == 2
    assert small.dropped == ()


async def test_the_carried_transaction_may_be_anothers(small: ShieldedChain) -> None:
    """Whoever carries pays for the carrying alone."""
    inner = small.transfer(ALICE, AMOUNT, nonce=0, period=PERIOD)
    included = await small.submit(small.carry(small.seal(inner), BOB))
    assert included[1:] == (inner,)


async def test_a_carried_call_that_is_refused_says_so_in_its_own_receipt(
    small: ShieldedChain,
) -> None:
    inner = small.transfer(ALICE, 10**18, nonce=1, period=PERIOD)
    included = await small.submit(small.carry(small.seal(inner)))
    assert included[1:] == (inner,)
    assert isinstance(small.outcome(3), ExtrinsicFailed)
    assert small.dropped == ()


async def test_a_key_is_good_for_as_long_as_a_carrier_may_live(small: ShieldedChain) -> None:
    ciphertext = small.seal(small.transfer(ALICE, AMOUNT, nonce=1))
    for _ in range(PERIOD + 2):
        small.block()
    assert len(await small.submit(small.carry(ciphertext))) == 2


async def test_a_key_of_long_ago_opens_nothing(small: ShieldedChain) -> None:
    ciphertext = small.seal(small.transfer(ALICE, AMOUNT, nonce=1))
    for _ in range(KEYS_KEPT + 2):
        small.block()
    assert len(await small.submit(small.carry(ciphertext))) == 1
    assert "no key of the last" in small.dropped[0].reason


def bare(small: ShieldedChain, pallet: str, name: str, *arguments: Any) -> bytes:
    """An extrinsic that nobody signed."""
    call = Call(*CALLS[pallet, name], arguments)
    return encode_bare(small.executor.runtime.codecs.of(RUNTIME_CALL).encode(call))


def _other_key(small: ShieldedChain) -> bytes:
    return small.seal(small.transfer(ALICE, 1, nonce=1), Shield(bytes(32)).public_key(1))


def _tampered(small: ShieldedChain) -> bytes:
    ciphertext = small.seal(small.transfer(ALICE, 1, nonce=1))
    return ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])


def _encapsulation(length: int) -> Callable[[ShieldedChain], bytes]:
    def make(small: ShieldedChain) -> bytes:
        assert small.offered is not None
        head = twox_128(small.offered) + length.to_bytes(2, "little")
        return head + bytes(length) + bytes(24) + bytes(40)

    return make


def _nothing_sealed(small: ShieldedChain) -> bytes:
    return _encapsulation(1088)(small)[: 16 + 2 + 1088 + 24]


BAD: dict[str, tuple[Callable[[ShieldedChain], bytes], str]] = {
    "another's key": (_other_key, "encrypted to no key"),
    "tampered with": (_tampered, "not authentic"),
    "no encapsulation": (_encapsulation(0), "wrong length"),
    "a long encapsulation": (_encapsulation(1089), "wrong length"),
    "a made-up encapsulation": (_encapsulation(1088), "not authentic"),
    "nothing sealed": (_nothing_sealed, "not authentic"),
    "nothing inside": (lambda small: small.seal(b""), "cut off"),
    "garbage inside": (lambda small: small.seal(bytes(range(256))), "length prefix"),
    "left-over bytes": (
        lambda small: small.seal(small.transfer(ALICE, 1, nonce=1) + b"\0"),
        "length prefix",
    ),
    "a bad signature": (
        lambda small: small.seal(small.transfer(ALICE, 1, nonce=1, genesis=bytes(32))),
        "bad signature",
    ),
    "a nonce of the past": (
        lambda small: small.seal(small.transfer(ALICE, 1, nonce=0)),
        "outdated",
    ),
    "a nonce of the future": (
        lambda small: small.seal(small.transfer(ALICE, 1, nonce=2)),
        "future",
    ),
    "a pauper": (lambda small: small.seal(small.transfer(POOR, 1)), "pay some fees"),
    "the time": (lambda small: small.seal(bare(small, "Timestamp", "set", 1)), "mandatory"),
    "a key": (
        lambda small: small.seal(bare(small, "MevShield", "announce_next_key", None)),
        "mandatory",
    ),
    "an unsigned call": (
        lambda small: small.seal(bare(small, "System", "remark", b"")),
        "unsigned",
    ),
}


@pytest.mark.parametrize("case", BAD)
async def test_nothing_that_is_carried_harms_the_block(small: ShieldedChain, case: str) -> None:
    make, reason = BAD[case]
    carrier = small.carry(make(small))
    honest = small.transfer(BOB, 5)

    assert await small.submit(carrier, honest) == (carrier, honest)

    assert [dropped.carrier.raw for dropped in small.dropped] == [carrier]
    assert reason in small.dropped[0].reason
    assert small.chain.account_next_index(ALICE.id) == 1, "the carrier paid and stands"
    assert small.executor.trie.root() == small.executor.head.state_root


async def test_a_carrier_in_a_carrier_stays_closed(small: ShieldedChain) -> None:
    innermost = small.transfer(ALICE, AMOUNT, nonce=2)
    nested = small.carry(small.seal(innermost), nonce=1)
    carrier = small.carry(small.seal(nested))
    assert await small.submit(carrier) == (carrier, nested)
    assert small.dropped == ()
    assert small.chain.account_next_index(ALICE.id) == 2


async def test_a_blob_that_is_sent_again_is_carried_in_vain(small: ShieldedChain) -> None:
    ciphertext = small.seal(small.transfer(ALICE, AMOUNT, nonce=1))
    assert len(await small.submit(small.carry(ciphertext))) == 2
    before = small.free(BOB)

    assert len(await small.submit(small.carry(ciphertext, BOB))) == 1

    assert "outdated" in small.dropped[0].reason
    assert small.free(BOB) < before


async def test_the_largest_blob_is_taken_and_a_larger_one_is_no_extrinsic(
    small: ShieldedChain,
) -> None:
    overhead = len(small.seal(b""))
    largest = small.seal(bytes(CIPHERTEXT_BYTES_MAX - overhead))
    assert len(largest) == CIPHERTEXT_BYTES_MAX
    carrier = small.carry(largest)
    assert await small.submit(carrier) == (carrier,)

    longer = largest + b"\0"
    # The field's codec does not know the limit; ours does.
    raw = carrier.replace(largest, longer)
    with pytest.raises((MalformedScale, PoolRefused)):
        await small.chain.submit(raw)


async def test_the_pool_refuses_what_cannot_be_a_carrier(small: ShieldedChain) -> None:
    with pytest.raises(PoolRefused, match="Custom error: 23"):
        await small.chain.submit(small.carry(bytes(30)))
    call = Call(*CALLS["MevShield", "submit_encrypted"], (small.seal(b"inner"),))
    for period in (None, 16):
        with pytest.raises(PoolRefused, match="Transaction is outdated"):
            await small.chain.submit(small.sign(ALICE, call, period=period))


async def test_a_carrier_that_is_left_out_reveals_nothing(small: ShieldedChain) -> None:
    """Another's transaction inside must not run without the carrier that hides it."""
    inner = small.transfer(BOB, 1)
    carrier = small.carry(small.seal(inner))
    block = BlockInput(
        small.executor.runtime.timestamp.now + 250,
        small.executor.runtime.aura.current_slot._0 + 1,
        [small.executor.decode(raw) for raw in (small.transfer(ALICE, 1), carrier)],
        opener=lambda data: small.chain.shield.open(data, small.executor.head.number + 1),
    )
    executed = small.executor.execute(block)
    assert len(executed.extrinsics) == 2, "the time and what took the carrier's nonce"
    assert [refused.extrinsic.raw for refused in executed.refused] == [carrier]


async def test_a_block_that_is_run_again_needs_no_secret(small: ShieldedChain) -> None:
    inner = small.transfer(ALICE, AMOUNT, nonce=1)
    await small.submit(small.carry(small.seal(inner)), small.transfer(BOB, 3))
    runtime = CONFIG.runtime
    store = ChainStore.open(MemoryStore(), keep_blocks=None)
    again = BlockExecutor.open(store, lambda: localnet_genesis(runtime), runtime)

    for executed in small.executed:
        time, announced, *transactions = map(again.decode, executed.extrinsics)
        (time_ms,), (key,) = time.call.arguments, announced.call.arguments
        block = BlockInput(time_ms, time_ms // 250, transactions, shield_key=key)
        repeated = again.execute(block)
        again.commit(repeated)
        assert repeated.extrinsics == executed.extrinsics
        assert repeated.header.hash == executed.header.hash


async def test_a_node_that_starts_again_opens_what_its_chain_offered(tmp_path: Path) -> None:
    values, config = MemoryStore(), NodeConfig(folder=tmp_path)
    small = ShieldedChain(open_shield(config), values)
    small.block()
    ciphertext = small.seal(small.transfer(ALICE, AMOUNT, nonce=1))

    again = ShieldedChain(open_shield(config), values, blocks=0)

    assert again.offered == small.offered
    assert len(await again.submit(again.carry(ciphertext))) == 2


async def test_a_chain_without_its_secret_offers_good_keys_when_each_authority_had_a_turn() -> None:
    values = MemoryStore()
    small = ShieldedChain(Shield(SECRET), values)
    lost = small.seal(small.transfer(ALICE, AMOUNT, nonce=1))

    again = ShieldedChain(Shield.generate(), values)
    assert len(await again.submit(again.carry(lost))) == 1
    good = again.seal(again.transfer(ALICE, AMOUNT, nonce=2))
    assert len(await again.submit(again.carry(good, nonce=1))) == 2


async def test_blocks_that_are_taken_back_leave_the_keys_good(small: ShieldedChain) -> None:
    small.block()
    kept = small.executor.head.number
    small.block()
    small.block()
    small.chain.revert_to(kept)
    inner = small.transfer(ALICE, AMOUNT, nonce=1)
    assert len(await small.submit(small.carry(small.seal(inner)))) == 2


def test_a_secret_is_for_its_owner_alone_and_made_once(tmp_path: Path) -> None:
    first = Shield.open_folder(tmp_path)
    second = Shield.open_folder(tmp_path)
    assert first.public_key(7) == second.public_key(7) != first.public_key(8)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_a_damaged_secret_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(SecretDamaged, match=r"holds 5 bytes, not 32: remove it"):
        Shield.open_folder(tmp_path)


def test_a_chain_in_memory_leaves_no_secret_behind() -> None:
    assert open_shield(NodeConfig()).public_key(1) != open_shield(NodeConfig()).public_key(1)


OPENER = Shield(SECRET)
HASH = twox_128(OPENER.public_key(1))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 2**16 - 1), st.binary(max_size=1300))
def test_any_bytes_open_or_cannot(head: bytes, length: int, rest: bytes) -> None:
    for ciphertext in (head, head + rest, HASH + length.to_bytes(2, "little") + rest):
        with pytest.raises(CannotOpen):
            OPENER.open(ciphertext, 2)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_what_wallets_seal_is_opened_unchanged(plaintext: bytes) -> None:
    ciphertext = bittensor_core.encrypt_mlkem768(
        OPENER.public_key(1), plaintext, include_key_hash=True
    )
    parts = parse_shielded(ciphertext)
    assert parts is not None
    assert parts.key_hash == HASH
    assert OPENER.open(ciphertext, 2) == plaintext
    with pytest.raises(CannotOpen):
        OPENER.open(ciphertext, 1)
