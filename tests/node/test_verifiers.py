"""Signatures are verified in other processes, once, and none is lost when one of them dies."""

import asyncio
import os
import signal
from contextlib import suppress

import bittensor_core
import pytest

from taonet.node import verifiers as module
from taonet.node.tx_pool import PoolRefused
from taonet.node.verification_worker import SignedMessage
from taonet.node.verifiers import Verifiers, VerifiersBusy, verifying
from taonet.primitives.signature import ED25519, SR25519
from taonet.runtime import signature
from tests.node.small_chain import ALICE, SmallChain

WAIT_S = 20.0


def signed(message: bytes, scheme: int = SR25519) -> SignedMessage:
    curves = {SR25519: bittensor_core.CRYPTO_SR25519, ED25519: bittensor_core.CRYPTO_ED25519}
    pair = bittensor_core.Keypair.create_from_uri("//Alice", crypto_type=curves[scheme])
    return scheme, bytes(pair.sign(message)), message, bytes(pair.public_key)


def forged(message: bytes) -> SignedMessage:
    scheme, good, _, signer = signed(message)
    return scheme, good, message + b"?", signer


@pytest.fixture
def small() -> SmallChain:
    return SmallChain()


@pytest.fixture
def nothing_verified_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise AssertionError("a signature was verified in the node's own process")

    monkeypatch.setattr(signature, "is_signature", refuse)
    monkeypatch.setattr(module, "is_signature", refuse)


@pytest.mark.usefixtures("nothing_verified_here")
async def test_good_and_bad_signatures_are_told_apart() -> None:
    asked = [[signed(b"one"), forged(b"two")], [signed(b"three", ED25519)], [(9, b"", b"", b"")]]
    async with asyncio.timeout(WAIT_S), verifying(2) as verifiers:
        assert verifiers is not None
        verdicts = await asyncio.gather(*map(verifiers.verify, asked))
        assert verifiers.waiting == 0

    assert verdicts == [[True, False], [True], [False]]


async def test_without_processes_there_are_no_verifiers() -> None:
    async with verifying(0) as verifiers:
        assert verifiers is None


async def test_what_a_dead_process_had_is_verified_here_and_another_starts() -> None:
    async with asyncio.timeout(WAIT_S), verifying(1) as verifiers:
        assert verifiers is not None
        assert await verifiers.verify([signed(b"warm")]) == [True]
        (first,) = verifiers.pids
        os.kill(first, signal.SIGKILL)

        assert await verifiers.verify([signed(b"one"), forged(b"two")]) == [True, False]
        assert await verifiers.verify([signed(b"three")]) == [True]
        assert first not in verifiers.pids


async def test_a_process_that_never_answers_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STARTS_MAX", 1)
    async with asyncio.timeout(WAIT_S), verifying(1) as verifiers:
        assert verifiers is not None
        await verifiers.verify([signed(b"warm")])
        monkeypatch.setattr(module, "VERDICT_S_MAX", 0.01)
        for pid in verifiers.pids:
            os.kill(pid, signal.SIGSTOP)

        assert await verifiers.verify([signed(b"one"), forged(b"two")]) == [True, False]
        # No process is left: what comes now is verified here.
        assert await verifiers.verify([signed(b"three")]) == [True]


async def test_the_row_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    verifiers = Verifiers(1)
    waiting = asyncio.ensure_future(verifiers.verify([signed(b"one"), signed(b"two")]))
    await asyncio.sleep(0)

    with pytest.raises(VerifiersBusy, match="2 signatures wait, at most 2 may"):
        await verifiers.verify([signed(b"three")])
    verifiers.end()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_processes_end_with_the_node() -> None:
    async with asyncio.timeout(WAIT_S), verifying(2) as verifiers:
        assert verifiers is not None
        await verifiers.verify([signed(b"one")])
        pids = set(verifiers.pids)

    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.usefixtures("nothing_verified_here")
async def test_a_submitted_transaction_is_verified_apart_and_once(small: SmallChain) -> None:
    raw = small.transfer(ALICE, 5)
    async with asyncio.timeout(WAIT_S), verifying(1) as small.chain.verifiers:
        submitted = await small.chain.submit(raw)

        assert small.chain.pool.waiting(submitted) is not None
        assert small.block().extrinsics[-1] == raw


@pytest.mark.usefixtures("nothing_verified_here")
async def test_a_bad_signature_is_refused_as_without_verifiers(small: SmallChain) -> None:
    raw = bytearray(small.transfer(ALICE, 5))
    raw[60] ^= 1
    async with asyncio.timeout(WAIT_S), verifying(1) as small.chain.verifiers:
        with pytest.raises(PoolRefused) as apart:
            await small.chain.submit(bytes(raw))

    assert (apart.value.code, apart.value.data) == (1010, "Transaction has a bad signature")
    assert len(small.chain.pool) == 0


async def test_a_signature_for_another_head_is_looked_at_again(small: SmallChain) -> None:
    raw = small.transfer(ALICE, 5)
    payloads = [b"of the head it came at", b"of the next"]
    with suppress(StopIteration), pytest.MonkeyPatch.context() as patch:
        patch.setattr(small.chain, "_payload_of", lambda _: payloads.pop(0))
        async with asyncio.timeout(WAIT_S), verifying(1) as small.chain.verifiers:
            await small.chain.submit(raw)

    assert not payloads
    assert small.chain.pending() == [raw]
