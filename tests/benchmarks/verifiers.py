"""
Transfers whose signatures two processes verify, beside the same two that do nothing else.

Everything is in a row from raw bytes to finished blocks: while the node's own process executes a
block, the others verify the next ones. Both ways take turns, and both are measured by the clock,
since three processes share the machine: what else it does weighs on the figures, less on their
ratio.
"""

import asyncio
from time import perf_counter, process_time

import uvloop

from taonet.node.verification_worker import SignedMessage
from taonet.node.verifiers import Verifiers, verifying
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic
from tests.benchmarks.transfers import signed_transfers
from tests.runtime.chain import Chain

PROCESSES = 2
BLOCKS = 4
CHUNK = 50
"""Transactions that arrive together."""
ROUNDS = 5


def _message(chain: Chain, extrinsic: Extrinsic) -> SignedMessage:
    assert extrinsic.signer is not None
    payload = chain.executive.payload_of(extrinsic, chain.head)
    return extrinsic.scheme, extrinsic.signature, payload, bytes(extrinsic.signer)


async def _limit_s(verifiers: Verifiers, chunks: list[list[SignedMessage]]) -> float:
    """Seconds to verify every signature, the payloads being at hand."""
    began = perf_counter()
    verdicts = await asyncio.gather(*map(verifiers.verify, chunks))
    assert all(map(all, verdicts))
    return perf_counter() - began


async def _receive(verifiers: Verifiers, chain: Chain, raws: list[bytes]) -> list[Extrinsic]:
    """What the pool does with a chunk that arrives."""
    extrinsics = [decode_extrinsic(chain.runtime.codecs, raw) for raw in raws]
    head = chain.head
    verdicts = await verifiers.verify([_message(chain, extrinsic) for extrinsic in extrinsics])
    assert all(verdicts)
    for extrinsic in extrinsics:
        chain.executive.validate_transaction(extrinsic, parent_hash=head, signature_checked=True)
    return extrinsics


async def _path_s(
    verifiers: Verifiers, chain: Chain, blocks: list[list[list[bytes]]]
) -> tuple[float, float]:
    """Seconds from raw bytes to finished blocks, by the clock and of this process's CPU."""
    began, began_cpu = perf_counter(), process_time()
    arriving = [
        [asyncio.ensure_future(_receive(verifiers, chain, chunk)) for chunk in chunks]
        for chunks in blocks
    ]
    for tasks in arriving:
        received = await asyncio.gather(*tasks)
        chain.begin()
        for extrinsics in received:
            for extrinsic in extrinsics:
                assert chain.executive.apply_extrinsic(extrinsic, signature_checked=True) is None
        chain.executive.finalize_block()
        chain.commit()
    return perf_counter() - began, process_time() - began_cpu


async def _measure() -> dict[str, float]:
    chain = Chain()
    shares, rates, limits, cpu_us = [], [], [], []
    async with verifying(PROCESSES) as verifiers:
        assert verifiers is not None
        for _ in range(ROUNDS):
            raws = signed_transfers(chain, BLOCKS)
            chunks = [
                [block[start : start + CHUNK] for start in range(0, len(block), CHUNK)]
                for block in raws
            ]
            messages = [
                [_message(chain, decode_extrinsic(chain.runtime.codecs, raw)) for raw in chunk]
                for block in chunks
                for chunk in block
            ]
            limit_s = await _limit_s(verifiers, messages)
            path_s, spent_s = await _path_s(verifiers, chain, chunks)
            count = sum(map(len, raws))
            shares.append(limit_s / path_s)
            limits.append(count / limit_s)
            rates.append(count / path_s)
            cpu_us.append(spent_s / count * 1e6)
    return {
        "transfers_per_s": max(rates),
        "verifications_per_s": max(limits),
        "share_of_verification_limit": sorted(shares)[len(shares) // 2],
        "share_of_verification_limit_max": max(shares),
        "own_process_us": min(cpu_us),
    }


def measure() -> dict[str, float]:
    """Transfers a second with two verifying processes, and their share of what these reach."""
    return uvloop.run(_measure())
