"""OpenAI's own client against the gateway: answers, streams, parameters, errors."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest

from taonet.gateway.limits import CallerLimits
from taonet.gateway.quota import Key, hash_key, write_keys
from tests.gateway.miners import LOGPROB, MODEL, PROMPT_TOKENS, WORDS, hanging, honest
from tests.gateway.running import CHAT, Running, asking, running

ANSWER = "".join(WORDS)
TEXT: Any = {"model": MODEL, "prompt": "Paris is"}


async def test_a_chat_is_answered_with_usage_and_the_miners_name(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        raw = await it.client.chat.completions.with_raw_response.create(**CHAT)
        answer = raw.parse()
        hotkey = it.network.hotkey(honest)
    assert answer.choices[0].message.content == ANSWER
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].logprobs is None
    assert answer.object == "chat.completion"
    assert answer.model == MODEL
    assert answer.id.startswith("chatcmpl-")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (PROMPT_TOKENS, 6)
    assert answer.usage.total_tokens == PROMPT_TOKENS + 6
    assert answer.system_fingerprint == raw.headers["x-taonet-miner"] == hotkey
    assert raw.headers["x-request-id"] == answer.id
    assert raw.headers["x-ratelimit-remaining-requests"] == "599"


async def test_a_chat_streams(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        stream = await it.client.chat.completions.create(**CHAT, stream=True)
        hotkey = stream.response.headers["x-taonet-miner"]
        chunks = [chunk async for chunk in stream]
        assert hotkey == it.network.hotkey(honest)
    assert [chunk.choices[0].delta.content for chunk in chunks] == list(WORDS)
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", *[None] * 5]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [*[None] * 5, "stop"]
    assert {chunk.id for chunk in chunks} == {chunks[0].id}
    assert {chunk.system_fingerprint for chunk in chunks} == {hotkey}
    assert all(chunk.usage is None for chunk in chunks)


async def test_a_stream_counts_tokens_when_asked(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        stream = await it.client.chat.completions.create(
            **CHAT, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * 6
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 6
    assert chunks[-1].usage.prompt_tokens == PROMPT_TOKENS


async def test_a_chat_shows_log_probabilities_when_asked(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        answer = await it.client.chat.completions.create(**CHAT, logprobs=True)
        stream = await it.client.chat.completions.create(**CHAT, logprobs=True, stream=True)
        chunks = [chunk async for chunk in stream]
    shown = answer.choices[0].logprobs
    assert shown is not None
    assert shown.content is not None
    assert [token.token for token in shown.content] == list(WORDS)
    assert {token.logprob for token in shown.content} == {LOGPROB}
    assert bytes(shown.content[0].bytes or []) == WORDS[0].encode()
    streamed = [chunk.choices[0].logprobs for chunk in chunks]
    assert [one.content[0].token for one in streamed if one and one.content] == list(WORDS)


async def test_a_text_is_completed_and_streams(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        answer = await it.client.completions.create(**TEXT, logprobs=1)
        stream = await it.client.completions.create(
            **TEXT, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        asked = it.network.miners[0].queries[0]
    assert answer.choices[0].text == ANSWER
    assert answer.object == "text_completion"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 6
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.tokens == list(WORDS)
    assert logprobs.token_logprobs == [LOGPROB] * 6
    assert logprobs.text_offset is not None
    assert logprobs.text_offset[:2] == [len("Paris is"), len("Paris is") + len(WORDS[0])]
    assert "".join(chunk.choices[0].text for chunk in chunks if chunk.choices) == ANSWER
    assert chunks[-1].usage is not None
    assert asked["prompt"] == "Paris is"
    assert asked["messages"] == []


async def test_what_the_caller_sets_reaches_the_miner(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        await it.client.chat.completions.create(
            model=MODEL,
            messages=[
                {"role": "developer", "content": "Be short."},
                {"role": "user", "content": [{"type": "text", "text": "Where "}]},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "is Paris?"},
            ],
            max_completion_tokens=9,
            temperature=0.4,
            top_p=0.9,
            seed=11,
            stop=["\n"],
            user="somebody",
            n=1,
            frequency_penalty=0,
            response_format={"type": "text"},
        )
        asked = it.network.miners[0].queries[0]
    assert asked["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Where "},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "is Paris?"},
    ]
    assert asked["max_tokens"] == 9
    assert (asked["temperature"], asked["top_p"], asked["seed"]) == (0.4, 0.9, 11)
    assert asked["stop"] == ["\n"]


async def test_max_tokens_cuts_the_answer(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        answer = await it.client.chat.completions.create(**CHAT, max_tokens=2)
    assert answer.choices[0].message.content == "Paris is "
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 2


@pytest.mark.parametrize("stream", [True, False])
async def test_a_stop_sequence_over_two_tokens_ends_the_answer(
    tmp_path: Path, *, stream: bool
) -> None:
    async with running(tmp_path, [honest]) as it:
        if stream:
            chunks = [
                chunk
                async for chunk in await it.client.chat.completions.create(
                    **CHAT, stop=["e cap", "xyz"], stream=True
                )
            ]
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
            reason = chunks[-1].choices[0].finish_reason
        else:
            answer = await it.client.chat.completions.create(**CHAT, stop=["e cap", "xyz"])
            text, reason = answer.choices[0].message.content or "", answer.choices[0].finish_reason
        (standing,) = it.gateway.router.standings().values()
        assert standing.under_way == 0
        assert standing.success == 1.0
        assert it.receipts()[0].status == "ok"
    assert text == "Paris is th"
    assert reason == "stop"


async def test_models_are_those_that_miners_serve(tmp_path: Path) -> None:
    async with running(tmp_path, [honest, honest]) as it:
        models = await it.client.models.list()
        one = await it.client.models.retrieve(MODEL)
        with pytest.raises(openai.NotFoundError):
            await it.client.models.retrieve("large")
    assert [model.id for model in models.data] == [MODEL]
    assert one.id == MODEL


async def refused(it: Running, error: type[openai.APIStatusError], **body: Any) -> Any:
    """OpenAI's error object of a chat that is refused; nobody was asked."""
    with pytest.raises(error) as caught:
        await it.client.chat.completions.create(**{**CHAT, **body})
    assert it.network.miners[0].queries == []
    assert isinstance(caught.value.body, dict)
    return caught.value.body


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": "hi"}, "messages", "invalid_type"),
        ({"messages": [3]}, "messages[0]", "invalid_type"),
        ({"messages": [{"role": "wizard", "content": ""}]}, "messages[0].role", "invalid_value"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "invalid_type"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0].type",
            "unsupported_parameter",
        ),
        ({"messages": [{"role": "user", "content": "x" * 1001}]}, "messages", None),
        ({"messages": [{"role": "user", "content": "x"}] * 11}, "messages", "invalid_value"),
        ({"model": 3}, "model", "invalid_type"),
        ({"model": None}, "model", "missing_required_parameter"),
        ({"model": "m" * 300}, "model", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"max_tokens": 101}, "max_tokens", "invalid_value"),
        ({"max_tokens": True}, "max_tokens", "invalid_type"),
        ({"max_completion_tokens": 101}, "max_completion_tokens", "invalid_value"),
        ({"temperature": 2.1}, "temperature", "invalid_value"),
        ({"temperature": "hot"}, "temperature", "invalid_type"),
        ({"top_p": 0}, "top_p", "invalid_value"),
        ({"seed": 1.5}, "seed", "invalid_type"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "invalid_value"),
        ({"stop": [1]}, "stop", "invalid_type"),
        ({"stop": "x" * 257}, "stop", "invalid_value"),
        ({"stream": "yes"}, "stream", "invalid_type"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
        ({"logprobs": True, "top_logprobs": 3}, "top_logprobs", "unsupported_parameter"),
        ({"n": 2}, "n", "unsupported_parameter"),
        ({"frequency_penalty": 0.5}, "frequency_penalty", "unsupported_parameter"),
        ({"tools": [{"type": "function"}]}, "tools", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "unsupported_parameter"),
        ({"extra_body": {"temprature": 1}}, "temprature", "unknown_parameter"),
        ({"extra_body": {"prompt": "hi"}}, "prompt", "unknown_parameter"),
    ],
)
async def test_a_wrong_parameter_is_named(
    tmp_path: Path, body: dict[str, Any], param: str, code: str | None
) -> None:
    limits = CallerLimits(messages_max=10, prompt_characters_max=1000, tokens_max=100)
    async with running(tmp_path, [honest], caller_limits=limits) as it:
        error = await refused(it, openai.BadRequestError, **body)
        assert it.receipts() == []
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert error["code"] == (code or "context_length_exceeded")
    assert param.partition("[")[0] in error["message"]


async def test_an_unknown_model_is_not_found(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        error = await refused(it, openai.NotFoundError, model="large")
        assert [receipt.status for receipt in it.receipts()] == ["model_not_found"]
        assert it.receipts()[0].tokens == 0
    assert error["code"] == "model_not_found"


async def post(it: Running, data: bytes, path: str = "/v1/chat/completions") -> tuple[int, Any]:
    """Status and body of a bare request."""
    headers = {"Authorization": f"Bearer {it.key}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(it.gateway.url + path, data=data, headers=headers) as response,
    ):
        return response.status, await response.json()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000])
async def test_bad_json_is_a_bad_request(tmp_path: Path, data: bytes) -> None:
    async with running(tmp_path, [honest]) as it:
        status, body = await post(it, data)
    assert status == 400
    assert body["error"]["code"] == "invalid_json"


async def test_json_that_is_no_object_is_a_bad_request(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        status, body = await post(it, b"[1]")
    assert status == 400
    assert body["error"]["code"] == "invalid_type"


async def test_a_body_beyond_the_limit_is_refused_by_name(tmp_path: Path) -> None:
    async with running(tmp_path, [honest], caller_limits=CallerLimits(body_bytes_max=2000)) as it:
        status, body = await post(it, b"x" * 2001)
    assert status == 413
    assert "body_bytes_max" in body["error"]["message"]


async def test_an_unknown_path_has_openais_shape_too(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        status, body = await post(it, b"{}", "/v1/embeddings")
    assert status == 404
    assert body["error"]["code"] == "unknown_url"


async def test_a_wrong_key_is_an_authentication_error(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        stranger = it.client.with_options(api_key="tao-wrong")
        for call in (
            stranger.chat.completions.create(**CHAT),
            stranger.completions.create(**TEXT),
            stranger.models.list(),
        ):
            with pytest.raises(openai.AuthenticationError) as caught:
                await call
            assert caught.value.code == "invalid_api_key"
        assert it.network.miners[0].queries == []


async def test_any_key_will_do_where_configured(tmp_path: Path) -> None:
    async with running(tmp_path, [honest], allow_any_key=True) as it:
        await it.client.with_options(api_key="anything").chat.completions.create(**CHAT)
        assert it.receipts()[0].key == "anonymous"


async def test_a_used_up_minute_is_a_rate_limit_with_a_time(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", (Key("ada", hash_key("k"), requests_per_minute=1),))
    (tmp_path / "api_key").write_text("k")
    async with running(tmp_path, [honest]) as it:
        await it.client.chat.completions.create(**CHAT)
        with pytest.raises(openai.RateLimitError) as caught:
            await it.client.chat.completions.create(**CHAT)
        assert it.network.asked(honest) == 1
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.type == "requests"
    assert 55 <= int(caught.value.response.headers["retry-after"]) <= 60


async def test_used_up_tokens_are_a_rate_limit_and_stay_so_after_a_restart(tmp_path: Path) -> None:
    write_keys(tmp_path / "keys.json", (Key("ada", hash_key("k"), tokens_per_day=40),))
    (tmp_path / "api_key").write_text("k")
    async with running(tmp_path, [honest]) as it:
        await it.client.chat.completions.create(**CHAT, max_tokens=30)
        assert it.receipts()[0].tokens == PROMPT_TOKENS + 6
    async with running(tmp_path, [honest]) as it:
        with pytest.raises(openai.RateLimitError) as caught:
            await it.client.chat.completions.create(**CHAT, max_tokens=30)
        await it.client.chat.completions.create(**CHAT, max_tokens=20)
    assert caught.value.type == "tokens"
    assert "27 are left" in caught.value.message
    assert int(caught.value.response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("limits", "error", "name"),
    [
        ({"concurrent_requests_max": 1}, openai.InternalServerError, "overloaded"),
        (
            {"concurrent_requests_per_key_max": 1},
            openai.RateLimitError,
            "rate_limit_exceeded",
        ),
    ],
)
async def test_requests_at_once_are_limited(
    tmp_path: Path, limits: dict[str, int], error: type[openai.APIStatusError], name: str
) -> None:
    caller_limits = replace(CallerLimits(), **limits)
    async with running(tmp_path, [honest], caller_limits=caller_limits) as it:
        it.network.miners[0].behaviour = hanging
        with pytest.raises(error) as caught:
            async with asking(it):
                await it.client.chat.completions.create(**CHAT)
    assert caught.value.code == name
    assert caught.value.response.headers["retry-after"] == "1"


async def test_a_body_that_does_not_come_is_a_time_out(tmp_path: Path) -> None:
    limits = CallerLimits(body_read_s_max=0.1)
    async with running(tmp_path, [honest], caller_limits=limits) as it:
        port = int(it.gateway.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 10\r\n"
            b"Authorization: Bearer " + it.key.encode() + b"\r\n\r\n{"
        )
        head = await reader.readuntil(b"\r\n")
        writer.close()
        await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 408")
