"""Transfer, found a subnet, register, stake, unstake and set weights with `Subtensor`."""
# mypy: ignore-errors

from session import ENDPOINT, answer, bt, done, wallet_of

chain = bt.Subtensor(network=ENDPOINT)
alice, owner, miner = wallet_of("alice", "//Alice"), wallet_of("owner"), wallet_of("miner")
owner_hotkey, miner_coldkey = owner.hotkey.ss58_address, miner.coldkeypub.ss58_address

fee = chain.get_transfer_fee(alice, miner_coldkey, bt.Balance.from_tao(1000))
before = chain.get_balance(alice.coldkeypub.ss58_address).rao
transferred = done(chain.transfer(alice, miner_coldkey, bt.Balance.from_tao(1000)))
after = chain.get_balance(alice.coldkeypub.ss58_address).rao
done(chain.transfer(alice, owner.coldkeypub.ss58_address, bt.Balance.from_tao(5000)))

known = {found.netuid for found in chain.all_subnets()}
founded = done(chain.register_subnet(owner))
(netuid,) = {found.netuid for found in chain.all_subnets()} - known
started = done(chain.start_call(owner, netuid))
registered = done(chain.burned_register(miner, netuid))
uid = chain.get_uid_for_hotkey_on_subnet(miner.hotkey.ss58_address, netuid)

staked = done(chain.add_stake(miner, netuid, owner_hotkey, bt.Balance.from_tao(5)))
stake = chain.get_stake(miner_coldkey, owner_hotkey, netuid).rao
unstaked = done(chain.unstake(miner, netuid, owner_hotkey, bt.Balance.from_tao(1).set_unit(netuid)))
stake_after = chain.get_stake(miner_coldkey, owner_hotkey, netuid).rao
answer(
    owner=owner.coldkeypub.ss58_address,
    owner_hotkey=owner_hotkey,
    miner_coldkey=miner_coldkey,
    miner_hotkey=miner.hotkey.ss58_address,
    quoted_fee=fee.rao,
    before=before,
    after=after,
    netuid=netuid,
    uid=uid,
    stake=stake,
    stake_after=stake_after,
    registered_on_chain=chain.is_hotkey_registered(miner.hotkey.ss58_address, netuid=netuid),
    hotkeys=list(chain.metagraph(netuid).hotkeys),
    transactions={
        "transferred": transferred,
        "founded": founded,
        "started": started,
        "registered": registered,
        "staked": staked,
        "unstaked": unstaked,
    },
)
chain.close()
