"""Found a subnet, register on it, stake and unstake, set weights and read the metagraph."""
# mypy: ignore-errors

import bittensor as bt
from session import ENDPOINT, alice, answer, as_root, done, new_wallet

owner, miner = new_wallet("owner"), new_wallet("miner")
owner_hotkey = owner.hotkey.ss58_address
miner_coldkey, miner_hotkey = miner.coldkeypub.ss58_address, miner.hotkey.ss58_address


def found(chain):
    """Found a subnet and open it for trade; its number."""
    # A local network's tempo is shorter than the time before an epoch in which nothing may change.
    as_root(chain, bt.calls.AdminUtils.sudo_set_admin_freeze_window(window=0))
    as_root(chain, bt.calls.AdminUtils.sudo_set_network_rate_limit(rate_limit=0))
    known = {subnet.netuid for subnet in chain.subnets.all()}
    for wallet, amount in ((owner, 5000), (miner, 1000)):
        transfer = bt.Transfer(dest_ss58=wallet.coldkeypub.ss58_address, amount_tao=bt.tao(amount))
        done(chain.execute(transfer, alice()))
    founded = chain.execute(bt.RegisterSubnet(), owner)
    done(founded)
    (netuid,) = {subnet.netuid for subnet in chain.subnets.all()} - known
    started = done(chain.execute(bt.StartCall(netuid=netuid), owner))
    return {"netuid": netuid, "founded": founded.data, "started": started}


def register(chain, netuid):
    """Register the miner: the client encrypts this transaction, always."""
    cost = chain.subnets.burn(netuid).rao
    before = chain.balances.get(miner_coldkey).rao
    registered = chain.execute(bt.BurnedRegister(netuid=netuid), miner)
    done(registered)
    return {
        "cost": cost,
        "paid": before - chain.balances.get(miner_coldkey).rao,
        "shielded": registered.data["shielded"],
        "uid": chain.neurons.uid(miner_hotkey, netuid),
    }


def stake(chain, netuid):
    """Stake on the owner's hotkey, and take some back."""
    position = {"hotkey_ss58": owner_hotkey, "netuid": netuid, "slippage_protection": False}
    done(chain.execute(bt.AddStake(amount_tao=bt.tao(5), **position), miner))
    staked = chain.staking.get(miner_coldkey, owner_hotkey, netuid).rao
    positions = chain.staking.positions(miner_coldkey)
    unstaked = done(
        chain.execute(bt.RemoveStake(amount_alpha=bt.alpha(1, netuid), **position), miner)
    )
    left = chain.staking.get(miner_coldkey, owner_hotkey, netuid).rao
    limited = bt.AddStakeLimit(
        hotkey_ss58=owner_hotkey,
        netuid=netuid,
        amount_tao=bt.tao(1),
        limit_price_rao=2 * 10**9,
        allow_partial=True,
    )
    done(chain.execute(limited, miner))
    return {
        "staked": staked,
        "unstaked": unstaked,
        "left": left,
        "limited": chain.staking.get(miner_coldkey, owner_hotkey, netuid).rao,
        "positions": [
            (found.netuid, found.hotkey, found.coldkey, found.stake.rao) for found in positions
        ],
    }


def judge(chain, netuid, uid):
    """Set plain weights, after the sudo key allowed them."""
    utilities = bt.calls.AdminUtils
    for call in (
        utilities.sudo_set_commit_reveal_weights_enabled(netuid=netuid, enabled=False),
        utilities.sudo_set_weights_set_rate_limit(netuid=netuid, weights_set_rate_limit=0),
    ):
        as_root(chain, call)
    done(chain.execute(bt.SetWeights(netuid=netuid, weights={0: 1.0, uid: 3.0}), owner))
    return chain.weights.weights(netuid)


def serve(chain, netuid):
    """Say where the miner answers."""
    axon = bt.ServeAxon(netuid=netuid, ip="192.0.2.7", port=8091)
    return done(chain.execute(axon, miner))


with bt.Subtensor(ENDPOINT) as chain:
    subnet = found(chain)
    registration = register(chain, subnet["netuid"])
# The client takes one nonce for the two that the encrypted transaction used: it must ask anew.
with bt.Subtensor(ENDPOINT) as chain:
    netuid = subnet["netuid"]
    staking = stake(chain, netuid)
    weights = judge(chain, netuid, registration["uid"])
    served = serve(chain, netuid)
    graph = chain.subnets.metagraph(netuid)
    answer(
        subnet=subnet,
        registration=registration,
        staking=staking,
        weights=weights,
        served=served,
        owner_hotkey=owner_hotkey,
        owner_coldkey=owner.coldkeypub.ss58_address,
        miner_coldkey=miner_coldkey,
        miner_hotkey=miner_hotkey,
        graph_owner=graph.owner_coldkey,
        metagraph=[(neuron.uid, neuron.hotkey, neuron.coldkey) for neuron in graph.neurons],
        axons=[str(neuron.axon) for neuron in graph.neurons],
    )
