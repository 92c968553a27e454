"""
The miner's loop: serve, say on the chain where, admit who is registered.

What is on the chain is what is served: the address is published at the start and again whenever
the chain shows another one.
"""

import structlog

from taonet.neuron.admission import Admission
from taonet.neuron.axon import Axon
from taonet.neuron.chain import Chain, Endpoint, Metagraph
from taonet.neuron.errors import ChainError
from taonet.neuron.follower import follow
from taonet.neuron.status import StatusFile
from taonet.primitives.units import NetUid

REFRESH_S = 2.0
"""At most so often the metagraph is read."""
PUBLISH_BLOCKS = 10
"""Between two attempts to publish: the chain limits them, and a refusal is final for a while."""

log = structlog.get_logger("taonet.miner")


class MinerLoop:
    """Serves one axon for one hotkey."""

    def __init__(
        self,
        axon: Axon,
        *,
        chain: Chain,
        netuid: NetUid,
        admission: Admission,
        status: StatusFile | None = None,
    ) -> None:
        self._axon = axon
        self._chain = chain
        self._netuid = netuid
        self._admission = admission
        self._status = status
        self._published_at: int | None = None

    async def run(self, host: str, port: int, *, public_ip: str | None = None) -> None:
        """
        Serve on `host` and `port` until cancelled, known on the chain as `public_ip`.

        `public_ip` is `host` unless said otherwise. Raises `OSError` when the port is taken.
        """
        async with self._axon.listening(host, port) as bound:
            endpoint = Endpoint(public_ip or bound.ip, bound.port)
            async for metagraph in follow(self._chain, self._netuid, every_s=REFRESH_S):
                self._admission.update(metagraph)
                await self._publish(metagraph, endpoint)
                self._tell(metagraph, endpoint)

    async def _publish(self, metagraph: Metagraph, endpoint: Endpoint) -> None:
        own = metagraph.by_hotkey.get(self._chain.hotkey)
        if own is None or own.endpoint == endpoint:
            return
        last = self._published_at
        if last is not None and metagraph.block - last < PUBLISH_BLOCKS:
            return
        self._published_at = metagraph.block
        try:
            await self._chain.serve_axon(self._netuid, endpoint)
        except ChainError as error:
            log.warning("axon_not_published", reason=str(error))
            return
        log.info("axon_published", netuid=int(self._netuid), url=endpoint.url)

    def _tell(self, metagraph: Metagraph, endpoint: Endpoint) -> None:
        if self._status is None:
            return
        own = metagraph.by_hotkey.get(self._chain.hotkey)
        metrics = self._axon.metrics
        self._status.figures(
            block=metagraph.block,
            uid=int(own.uid) if own else None,
            published=bool(own and own.endpoint == endpoint),
            url=endpoint.url,
            answered=int(metrics.get("taonet_axon_requests_total", outcome="answered")),
            under_way=int(metrics.get("taonet_axon_under_way")),
        )
        self._status.phase("serving" if own else "registering")
