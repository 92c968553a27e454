"""What callers see of miners that hang, flood, lie and die; and what it costs."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import openai
import orjson
import pytest
from aiohttp import web
from openai.types.chat import ChatCompletionChunk

from taonet.gateway.breaker import FAILURES_IN_A_ROW, Circuit
from taonet.gateway.limits import CallerLimits
from taonet.gateway.router import Standing
from tests.gateway.miners import (
    VERBOSE_CHARACTERS,
    WORDS,
    Behaviour,
    babbling,
    boasting,
    bulging,
    dying,
    endless,
    flooding,
    hanging,
    honest,
    overwhelmed,
    refusing,
    stalling,
    teasing,
    verbose,
)
from tests.gateway.running import CHAT, IMPATIENT, PATIENT, Running, asking, limits_for, running

ANSWER = "".join(WORDS)


def standing(it: Running, behaviour: Behaviour) -> Standing:
    """What the gateway thinks of the miner with that behaviour."""
    hotkey = it.network.hotkey(behaviour)
    (found,) = [s for c, s in it.gateway.router.standings().items() if c.hotkey == hotkey]
    return found


async def collect(stream: openai.AsyncStream[ChatCompletionChunk]) -> list[ChatCompletionChunk]:
    """Everything that a stream yields."""
    return [chunk async for chunk in stream]


async def ask_until(it: Running, condition: Callable[[], bool]) -> list[str | None]:
    """Asks until the condition holds, at most 40 times; what was answered."""
    answers = []
    for _ in range(40):
        answer = await it.client.chat.completions.create(**CHAT)
        answers.append(answer.choices[0].message.content)
        if condition():
            return answers
    raise AssertionError("the condition didn't come to hold")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (hanging, "timed_out"),
        (teasing, "timed_out"),
        (stalling, "timed_out"),
        (refusing, "refused"),
        (dying, "unreachable"),
        (flooding, "misbehaved"),
        (bulging, "misbehaved"),
        (babbling, "misbehaved"),
        (boasting, "misbehaved"),
        (endless, "misbehaved"),
    ],
)
async def test_a_bad_miner_is_replaced_and_blamed(
    tmp_path: Path, behaviour: Behaviour, reason: str
) -> None:
    """An answer that isn't streamed comes whole from the good miner, wherever the bad one fails."""
    async with running(tmp_path, [behaviour, honest], miner_limits=limits_for(behaviour)) as it:
        answers = await ask_until(it, lambda: bool(standing(it, behaviour).failures))
        last = it.receipts()[-1]
        assert set(answers) == {ANSWER}
        assert standing(it, behaviour).failures == {reason: 1}
        assert standing(it, honest).failures == {}
        assert standing(it, behaviour).under_way == standing(it, honest).under_way == 0
        assert (last.status, last.attempts) == ("ok", 2)
        assert last.miner == it.network.hotkey(honest)
        assert last.completion_tokens == len(WORDS)


@pytest.mark.parametrize("behaviour", [hanging, teasing, refusing, babbling, bulging])
async def test_a_stream_moves_on_before_its_first_text(
    tmp_path: Path, behaviour: Behaviour
) -> None:
    async with running(tmp_path, [behaviour, honest], miner_limits=limits_for(behaviour)) as it:
        for _ in range(40):
            stream = await it.client.chat.completions.create(**CHAT, stream=True)
            chunks = await collect(stream)
            assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ANSWER
            assert chunks[0].system_fingerprint == it.network.hotkey(honest)
            if it.network.asked(behaviour):
                break
        assert it.network.asked(behaviour) == 1


@pytest.mark.parametrize("behaviour", [dying, stalling, flooding, endless])
async def test_a_stream_that_breaks_says_so(tmp_path: Path, behaviour: Behaviour) -> None:
    """After the first text nothing can be hidden: the client's own error class is raised."""
    limits = replace(CallerLimits(), tokens_default=5)
    async with running(
        tmp_path, [behaviour], caller_limits=limits, miner_limits=limits_for(behaviour)
    ) as it:
        stream = await it.client.chat.completions.create(**CHAT, stream=True)
        with pytest.raises(openai.APIError) as caught:
            await collect(stream)
    receipt = it.receipts()[0]
    assert caught.value.code == "miner_failed"
    assert receipt.status == "miner_failed"
    assert receipt.prompt_tokens == 0
    assert receipt.ttft_ms is not None


async def test_a_flood_costs_no_more_than_was_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path, [flooding]) as it:
        with pytest.raises(openai.InternalServerError):
            await it.client.chat.completions.create(**CHAT, max_tokens=5)
        assert standing(it, flooding).failures == {"misbehaved": 1}
        stream = await it.client.chat.completions.create(**CHAT, max_tokens=5, stream=True)
        with pytest.raises(openai.APIError):
            await collect(stream)
    assert [receipt.completion_tokens for receipt in it.receipts()] == [0, 5]


async def test_when_all_fail_the_caller_is_told(tmp_path: Path) -> None:
    async with running(
        tmp_path, [refusing, hanging, babbling, dying], miner_limits=IMPATIENT
    ) as it:
        with pytest.raises(openai.InternalServerError) as caught:
            await it.client.chat.completions.create(**CHAT)
        receipt = it.receipts()[0]
    assert caught.value.status_code == 502
    assert caught.value.code == "miners_failed"
    assert caught.value.response.headers["retry-after"] == "5"
    assert (receipt.status, receipt.attempts, receipt.tokens) == ("miners_failed", 3, 0)


async def test_a_request_that_everyone_refuses_blames_nobody(tmp_path: Path) -> None:
    """Else a caller could take every miner off the network with prompts that none can take."""
    async with running(tmp_path, [refusing]) as it:
        for _ in range(FAILURES_IN_A_ROW + 1):
            with pytest.raises(openai.InternalServerError) as caught:
                await it.client.chat.completions.create(**CHAT)
        assert standing(it, refusing).failures == {}
    assert "out of memory" in caught.value.message


async def test_a_prompt_that_no_model_can_read_is_the_callers_to_mend(tmp_path: Path) -> None:
    async with running(tmp_path, [overwhelmed]) as it:
        with pytest.raises(openai.BadRequestError) as caught:
            await it.client.chat.completions.create(**CHAT)
        assert standing(it, overwhelmed).failures == {}
        receipt = it.receipts()[-1]
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "messages")
    assert "9000 tokens" in caught.value.message
    assert (receipt.status, receipt.tokens) == ("context_length_exceeded", 0)


async def test_one_miners_word_is_not_enough_to_call_a_prompt_too_long(tmp_path: Path) -> None:
    async with running(tmp_path, [overwhelmed, refusing]) as it:
        with pytest.raises(openai.InternalServerError) as caught:
            await it.client.chat.completions.create(**CHAT)
    assert caught.value.code == "miners_failed"


async def test_a_caller_in_a_hurry_blames_nobody(tmp_path: Path) -> None:
    async with running(tmp_path, [hanging], miner_limits=PATIENT) as it:
        hurried = {"x-stainless-read-timeout": "0.05"}
        for _ in range(FAILURES_IN_A_ROW + 1):
            with pytest.raises(openai.InternalServerError) as caught:
                await it.client.chat.completions.create(**CHAT, extra_headers=hurried)
            assert caught.value.code == "deadline_exceeded"
            assert caught.value.status_code == 504
        assert standing(it, hanging).failures == {}
        assert standing(it, hanging).under_way == 0


async def test_failures_in_a_row_open_the_circuit_and_callers_wait(tmp_path: Path) -> None:
    async with running(tmp_path, [babbling]) as it:
        for _ in range(FAILURES_IN_A_ROW):
            with pytest.raises(openai.InternalServerError):
                await it.client.chat.completions.create(**CHAT)
        asked = it.network.asked(babbling)
        with pytest.raises(openai.InternalServerError) as caught:
            await it.client.chat.completions.create(**CHAT)
        assert it.network.asked(babbling) == asked == FAILURES_IN_A_ROW
        assert caught.value.status_code == 503
        assert caught.value.code == "no_miner_available"
        assert 1 <= int(caught.value.response.headers["retry-after"]) <= 5
        async with aiohttp.ClientSession() as session:
            health = await session.get(f"{it.gateway.url}/health")
            metrics = await (await session.get(f"{it.gateway.url}/metrics")).text()
            assert health.status == 503
            assert (await health.json())["miners_ready"] == 0
    hotkey = it.network.hotkey(babbling)
    assert f'taonet_gateway_miner_circuit{{hotkey="{hotkey}",model="small"}} 2' in metrics
    assert 'taonet_gateway_requests_total{status="miners_failed"} 3' in metrics
    assert 'taonet_gateway_errors_total{code="no_miner_available"} 1' in metrics


async def test_nobody_serving_is_a_503(tmp_path: Path) -> None:
    async with running(tmp_path, []) as it:
        with pytest.raises(openai.InternalServerError) as caught:
            await it.client.chat.completions.create(**CHAT)
    assert caught.value.status_code == 503
    assert caught.value.code == "no_miner_available"


async def test_a_caller_who_leaves_frees_the_miner_and_is_in_the_ledger(tmp_path: Path) -> None:
    left = asyncio.Event()

    async def waiting(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
        try:
            return await hanging(request, query)
        finally:
            left.set()

    async with running(tmp_path, [waiting], miner_limits=PATIENT) as it:
        async with asking(it):
            assert standing(it, waiting).under_way == 1
        await asyncio.wait_for(left.wait(), 10)
    assert standing(it, waiting).under_way == 0
    assert standing(it, waiting).failures == {}
    assert [(receipt.status, receipt.attempts) for receipt in it.receipts()] == [("cancelled", 1)]


async def test_a_miner_that_comes_back_is_found_by_one_probe(tmp_path: Path) -> None:
    async with running(tmp_path, [babbling]) as it:
        for _ in range(FAILURES_IN_A_ROW):
            with pytest.raises(openai.InternalServerError):
                await it.client.chat.completions.create(**CHAT)
        (candidate,) = it.gateway.router.candidates()
        assert it.gateway.router.circuit(candidate) is Circuit.OPEN
        standing(it, babbling).breaker.open_until = 0.0
        it.network.miners[0].behaviour = honest
        answer = await it.client.chat.completions.create(**CHAT)
        assert answer.choices[0].message.content == ANSWER
        assert it.gateway.router.circuit(candidate) is Circuit.CLOSED


def deaf_socket(port: int) -> socket.socket:
    """A connection that takes in next to nothing."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", port))
    return deaf


async def test_a_caller_who_does_not_read_is_let_go_without_blame(tmp_path: Path) -> None:
    """The answer is longer than the sockets hold, so the gateway waits for the caller to read."""
    left = asyncio.Event()

    async def watched(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
        try:
            return await verbose(request, query)
        finally:
            left.set()

    limits = CallerLimits(answer_s_max=1.0)
    generous = replace(PATIENT, characters_per_token_max=VERBOSE_CHARACTERS)
    body = orjson.dumps({**CHAT, "stream": True, "max_tokens": 2000})
    async with running(tmp_path, [watched], caller_limits=limits, miner_limits=generous) as it:
        deaf = deaf_socket(int(it.gateway.url.rpartition(":")[2]))
        head = f"Host: gateway\r\nAuthorization: Bearer {it.key}\r\nContent-Length: {len(body)}"
        deaf.sendall(f"POST /v1/chat/completions HTTP/1.1\r\n{head}\r\n\r\n".encode() + body)
        await asyncio.wait_for(left.wait(), 20)
    deaf.close()
    (receipt,) = it.receipts()
    assert receipt.status == "cancelled"
    assert receipt.completion_tokens < 2000
    assert standing(it, watched).failures == {}
    assert standing(it, watched).under_way == 0
