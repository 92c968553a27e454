"""Follow new and finalized heads with the asynchronous client, sending a transfer meanwhile."""
# mypy: ignore-errors

import asyncio

import bittensor as bt
from session import ENDPOINT, GIVEN, alice, answer, done, new_wallet


async def heads(chain, *, finalized):
    """The first few heads of a subscription."""
    seen = []
    async for header in chain.blocks(finalized=finalized):
        seen.append((header.number, header.parent_hash))
        if len(seen) == GIVEN["heads"]:
            break
    return seen


async def follow():
    """Follow and send at once."""
    async with bt.Subtensor(ENDPOINT) as chain:
        transfer = bt.Transfer(
            dest_ss58=new_wallet("receiver").coldkeypub.ss58_address, amount_tao=bt.tao(1)
        )
        new, finalized, result = await asyncio.gather(
            heads(chain, finalized=False),
            heads(chain, finalized=True),
            chain.execute(transfer, alice()),
        )
        awaited = await chain.wait_for_block(timeout=30)
        epoch = await chain.wait_for_epoch(1, timeout=60)
    answer(
        new=new, finalized=finalized, awaited=awaited.number, epoch=epoch.__dict__, **done(result)
    )


asyncio.run(follow())
