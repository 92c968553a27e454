"""
A node as a process: the composition root that builds everything below and owns its tasks.

The order of starting is the order of what a client sees: the store, the chain with its genesis,
the RPC ports, then blocks. Stopping is the reverse; what was acknowledged is on disk already.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from taonet.node.chain import Chain
from taonet.node.clock import Clock, SystemClock
from taonet.node.config import NodeConfig
from taonet.node.dev.control import DevControl
from taonet.node.drand import PulseBringer
from taonet.node.engines.embedded import EmbeddedEngine
from taonet.node.executor import BlockExecutor
from taonet.node.rpc.server import RpcServer
from taonet.node.shield import Shield
from taonet.node.store.chain import ChainStore
from taonet.node.store.key_value import KeyValueStore
from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.store.memory_store import MemoryStore
from taonet.node.verifiers import verifying
from taonet.runtime.genesis import localnet_genesis

log = structlog.get_logger()


@dataclass(frozen=True)
class Node:
    """A running node."""

    config: NodeConfig
    chain: Chain
    engine: EmbeddedEngine
    server: RpcServer


def open_store(config: NodeConfig) -> ChainStore:
    """The chain's store: in its folder, or in memory."""
    if config.folder is None:
        values: KeyValueStore = MemoryStore()
    else:
        config.folder.mkdir(parents=True, exist_ok=True)
        values = LmdbStore.open(config.folder)
    return ChainStore.open(values, keep_blocks=config.keep_blocks)


def open_shield(config: NodeConfig) -> Shield:
    """The keys that the node offers: those of its folder, or new ones with a chain in memory."""
    return Shield.generate() if config.folder is None else Shield.open_folder(config.folder)


@asynccontextmanager
async def running(config: NodeConfig, clock: Clock | None = None) -> AsyncIterator[Node]:
    """A node that serves and makes blocks while the context is open."""
    store = open_store(config)
    try:
        executor = BlockExecutor.open(
            store, lambda: localnet_genesis(config.runtime), config.runtime
        )
        chain = Chain(executor, config, open_shield(config))
        clock = clock or SystemClock()
        engine = EmbeddedEngine(chain, config, clock)
        if config.dev:
            chain.dev = DevControl(chain, engine)
        server = RpcServer(chain, host=config.host, ports=config.ports)
        async with verifying(config.verifiers) as verifiers, server, asyncio.TaskGroup() as tasks:
            chain.verifiers = verifiers
            running_tasks = [tasks.create_task(engine.run())]
            if config.drand:
                bringer = PulseBringer(chain, config.drand, clock)
                running_tasks.append(tasks.create_task(bringer.run()))
            log.info("node_serves", host=config.host, ports=config.ports, head=executor.head.number)
            yield Node(config, chain, engine, server)
            for task in running_tasks:
                task.cancel()
    finally:
        store.close()
