"""The same acts with `AsyncSubtensor`: block, balance, transfer, metagraph, register, stake."""
# mypy: ignore-errors

import asyncio

from session import ENDPOINT, answer, bt, done, wallet_of


async def act():
    """Found a subnet, register on it and stake, each on the chain's own word."""
    async with bt.AsyncSubtensor(network=ENDPOINT) as chain:
        alice, person = wallet_of("alice", "//Alice"), wallet_of("person")
        coldkey, hotkey = person.coldkeypub.ss58_address, person.hotkey.ss58_address
        block = await chain.get_current_block()
        await chain.wait_for_block(block + 1)
        transferred = done(await chain.transfer(alice, coldkey, bt.Balance.from_tao(10_000)))
        limit = await chain.compose_call(
            "AdminUtils", "sudo_set_network_rate_limit", {"rate_limit": 0}
        )
        sudo = await chain.compose_call("Sudo", "sudo", {"call": limit})
        done(await chain.sign_and_send_extrinsic(sudo, alice))
        known = {found.netuid for found in await chain.all_subnets()}
        founded = done(await chain.register_subnet(person))
        (netuid,) = {found.netuid for found in await chain.all_subnets()} - known
        started = done(await chain.start_call(person, netuid))
        miner = wallet_of("miner")
        miner_hotkey = miner.hotkey.ss58_address
        done(await chain.transfer(alice, miner.coldkeypub.ss58_address, bt.Balance.from_tao(50)))
        registered = done(await chain.burned_register(miner, netuid))
        staked = done(await chain.add_stake(person, netuid, hotkey, bt.Balance.from_tao(2)))
        graph = await chain.metagraph(netuid)
        balances = await asyncio.gather(
            *(chain.get_balance(w.coldkeypub.ss58_address) for w in (alice, person))
        )
        answer(
            block=block,
            later=await chain.block,
            netuid=netuid,
            coldkey=coldkey,
            hotkey=hotkey,
            miner_hotkey=miner_hotkey,
            balances=[balance.rao for balance in balances],
            stake=(await chain.get_stake(coldkey, hotkey, netuid)).rao,
            uid=await chain.get_uid_for_hotkey_on_subnet(miner_hotkey, netuid),
            hotkeys=list(graph.hotkeys),
            transactions={
                "transferred": transferred,
                "founded": founded,
                "started": started,
                "registered": registered,
                "staked": staked,
            },
        )


asyncio.run(act())
