"""The gateway's process: keys at first start, `status.json`, a chain that is away, shutdown."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import bittensor as bt
import openai
import pytest

from taonet.gateway.quota import InvalidKeyFile
from taonet.gateway.service import GatewayConfig, run_gateway, serving
from taonet.neuron.status import Status, StatusFile
from tests.gateway.miners import honest, network
from tests.gateway.running import CHAT, running


def read_status(folder: Path) -> Any:
    """The file, or nothing yet."""
    path = folder / "status.json"
    return json.loads(path.read_text()) if path.exists() else None


async def status_that(folder: Path, phase: str) -> Any:
    """The status once it says so."""
    async with asyncio.timeout(20):
        while True:
            status = await asyncio.to_thread(read_status, folder)
            if status and status["phase"] == phase:
                return status
            await asyncio.sleep(0.02)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(folder: Path) -> AsyncIterator[asyncio.Task[None]]:
    """`run_gateway` with a wallet of its own and a chain that doesn't answer."""
    bt.Wallet(name="ours", hotkey="gateway", path=str(folder / "wallets")).create_new_hotkey(
        suppress=True
    )
    config = GatewayConfig(
        state_folder=folder / "state",
        chain_url=f"ws://127.0.0.1:{closed_port()}",
        wallet_folder=folder / "wallets",
        wallet_name="ours",
        wallet_hotkey="gateway",
        port=0,
    )
    task = asyncio.create_task(run_gateway(config))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_without_a_chain_it_serves_says_503_and_stops_when_told(tmp_path: Path) -> None:
    async with process(tmp_path) as task:
        status = await status_that(tmp_path / "state", "serving")
        assert status["role"] == "gateway"
        assert status["figures"]["miners"] == 0
        assert status["message"] == "no miner available"
        key = (tmp_path / "state" / "api_key").read_text().strip()
        async with openai.AsyncOpenAI(
            base_url=status["figures"]["url"], api_key=key, max_retries=0
        ) as client:
            with pytest.raises(openai.InternalServerError) as caught:
                await client.chat.completions.create(**CHAT)
            assert caught.value.code == "no_miner_available"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert read_status(tmp_path / "state")["phase"] == "stopped"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(status["figures"]["url"])


async def test_the_first_start_makes_a_key_and_later_ones_keep_it(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as first:
        key = first.key
    async with running(tmp_path, [honest]) as second:
        await second.client.chat.completions.create(**CHAT)
        assert second.key == key
    assert stat.S_IMODE((tmp_path / "api_key").stat().st_mode) == 0o600
    assert key not in (tmp_path / "keys.json").read_text()


async def test_status_shows_what_was_served(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        await it.client.chat.completions.create(**CHAT)
        status = StatusFile(tmp_path / "status.json", Status("gateway", "text-generation", 1, "5H"))
        report = asyncio.create_task(it.gateway.report(status))
        written = await status_that(tmp_path, "serving")
        report.cancel()
        await asyncio.gather(report, return_exceptions=True)
    figures = written["figures"]
    assert (figures["requests"], figures["miners"], figures["miners_ready"]) == (1, 1, 1)
    assert figures["models"] == ["small"]
    assert figures["success"] == 1.0
    assert figures["ttft_ms_p50"] > 0


async def test_a_broken_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    async with network([honest]) as miners:
        with pytest.raises(InvalidKeyFile):
            async with serving(GatewayConfig(state_folder=tmp_path, port=0), miners.view):
                pass


async def test_a_taken_port_stops_the_start(tmp_path: Path) -> None:
    async with running(tmp_path / "a", [honest]) as it:
        port = int(it.gateway.url.rpartition(":")[2])
        config = GatewayConfig(state_folder=tmp_path / "b", port=port)
        with pytest.raises(OSError, match="address already in use"):
            async with serving(config, it.network.view):
                pass


async def test_health_and_metrics_need_no_key(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it, aiohttp.ClientSession() as session:
        await it.client.chat.completions.create(**CHAT)
        health = await (await session.get(f"{it.gateway.url}/health")).json()
        metrics = await (await session.get(f"{it.gateway.url}/metrics")).text()
    assert health == {"status": "ok", "miners": 1, "miners_ready": 1, "models": ["small"]}
    assert 'taonet_gateway_requests_total{status="ok"} 1' in metrics
    assert 'taonet_gateway_tokens_total{kind="completion"} 6' in metrics
    assert 'taonet_gateway_ttft_seconds_bucket{le="+Inf"} 1' in metrics
    assert "taonet_gateway_ttft_seconds_count 1" in metrics
    assert it.key not in metrics
