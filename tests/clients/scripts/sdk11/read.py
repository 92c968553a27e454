"""Read the chain as a person who looks around: blocks, balances, subnets, prices, a metagraph."""
# mypy: ignore-errors

import bittensor as bt
from session import ENDPOINT, GIVEN, answer

with bt.Subtensor(ENDPOINT) as chain:
    block = chain.block
    snapshot = chain.at(block)
    subnets = chain.subnets.all()
    graph = chain.subnets.metagraph(1)
    info = chain.block_info(block)
    answer(
        block=block,
        finalized=chain.finalized_block,
        spec_version=chain.spec_version,
        block_time=chain.block_time(),
        is_fast_blocks=chain.is_fast_blocks(),
        timestamp=chain.timestamp(block).timestamp(),
        block_hash=info.hash,
        extrinsics=[str(extrinsic) for extrinsic in info.extrinsics],
        info_timestamp=info.timestamp.timestamp(),
        balance=chain.balances.get(GIVEN["address"]).rao,
        balance_then=snapshot.balances.get(GIVEN["address"]).rao,
        balances={
            address: balance.rao
            for address, balance in chain.balances.get_many(
                [GIVEN["address"], GIVEN["other"]]
            ).items()
        },
        existential_deposit=chain.balances.existential_deposit().rao,
        subnets={subnet.netuid: (subnet.tempo, subnet.neuron_count) for subnet in subnets},
        names=chain.subnets.subnet_names(),
        symbols=chain.token_symbols,
        price=chain.prices.alpha_price(1),
        prices=chain.prices.alpha_prices(),
        quote=chain.prices.quote_stake(1, 1.0).__dict__,
        hyperparameters=chain.subnets.subnet_hyperparameters(1),
        registration_cost=chain.subnets.subnet_registration_cost().rao,
        burn=chain.subnets.burn(1).rao,
        commit_reveal=chain.subnets.commit_reveal_enabled(1),
        epoch=chain.epochs.epoch_status(1),
        neurons=[
            {"uid": neuron.uid, "hotkey": neuron.hotkey, "coldkey": neuron.coldkey}
            for neuron in chain.neurons.all(1)
        ],
        neurons_full=len(chain.neurons.all(1, lite=False)),
        metagraph={
            "netuid": graph.netuid,
            "name": graph.name,
            "tempo": graph.tempo,
            "hotkeys": [neuron.hotkey for neuron in graph.neurons],
        },
        tempo=chain.query(bt.storage.SubtensorModule.Tempo, [1]),
        networks=sorted(
            key for key, added in chain.query_map(bt.storage.SubtensorModule.NetworksAdded) if added
        ),
        delegates=len(chain.delegation.delegates()),
        identity=chain.identity.identity(GIVEN["address"]),
    )
