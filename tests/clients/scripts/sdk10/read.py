"""Read the chain with the blocking `Subtensor`: block, balance, subnets, a metagraph."""
# mypy: ignore-errors

from session import ENDPOINT, GIVEN, answer, bt

chain = bt.Subtensor(network=ENDPOINT)
block = chain.block
graph = chain.metagraph(1)
full = chain.metagraph(1, lite=False)
subnet = chain.subnet(1)
hyperparameters = chain.get_subnet_hyperparameters(1)
answer(
    block=block,
    current=chain.get_current_block(),
    balance=chain.get_balance(GIVEN["address"]).rao,
    balance_then=chain.get_balance(GIVEN["address"], block=block).rao,
    existential_deposit=chain.get_existential_deposit().rao,
    metagraph={
        "n": int(graph.n),
        "hotkeys": list(graph.hotkeys),
        "coldkeys": list(graph.coldkeys),
        "block": int(graph.block),
        "stake": [float(stake) for stake in graph.S],
    },
    full=int(full.n),
    subnet={"netuid": subnet.netuid, "name": subnet.subnet_name, "tempo": subnet.tempo},
    price=float(subnet.price.tao),
    subnets=[found.netuid for found in chain.all_subnets()],
    infos=[found.netuid for found in chain.get_all_subnets_info()],
    neurons=[neuron.hotkey for neuron in chain.neurons_lite(1)],
    tempo=chain.tempo(1),
    hyperparameters={
        "tempo": hyperparameters.tempo,
        "max_validators": hyperparameters.max_validators,
    },
    exists=[chain.subnet_exists(1), chain.subnet_exists(999)],
    cost=chain.get_subnet_burn_cost().rao,
    burn=chain.recycle(1).rao,
    delegates=len(chain.get_delegates()),
    networks=[key for key, added in chain.query_map_subtensor("NetworksAdded") if added],
)
chain.close()
