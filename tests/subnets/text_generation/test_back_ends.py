"""Both back-ends against llama.cpp's real server, and our tokens against its tokens."""

from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from taonet.subnets.text_generation.language_model import BackendFailed, Chunk, Request
from taonet.subnets.text_generation.llama_server import LlamaServer
from taonet.subnets.text_generation.messages import Turn
from taonet.subnets.text_generation.openai_server import OpenAIServer
from taonet.subnets.text_generation.tokenizer import Tokenizer

pytestmark = pytest.mark.model
TEXTS = (
    "Hello world 😀🎉 漢字 don't 12345 foo_bar  x\n\n  y",
    "a  b   c\t\td \n e½²Ⅷé e\u0301 'S 'LL can't",
    "١٢٣ привет мир  ___ !!! ?!? \r\n x",
    "def f(x):\n    return x**2  # done\n\n\nprint(f(3.14))",
    "",
    " ",
    "\u00a0\u3000 \u200b mixed\u2028spaces",
    "x" * 300,
)


async def collected(chunks: AsyncGenerator[Chunk, None]) -> list[Chunk]:
    return [chunk async for chunk in chunks]


async def test_our_tokens_are_llama_cpps(model: Path, tokenizer: Tokenizer) -> None:
    async with (
        LlamaServer.running(model, tokenizer, slots=1) as server,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {server._key}"}) as session,
    ):
        for text in TEXTS:
            body = {"content": text, "add_special": False, "parse_special": False}
            async with session.post(f"{server._url}/tokenize", json=body) as response:
                assert tokenizer.encode(text) == (await response.json())["tokens"]
            assert tokenizer.decode(tokenizer.encode(text)) == text
        turns = (Turn("system", "Be brief."), Turn("user", "Hi <|im_end|>"))
        plain = {
            "messages": [turn.to_plain() for turn in turns[:1]]
            + [{"role": "user", "content": "Hi"}]
        }
        async with session.post(f"{server._url}/apply-template", json=plain) as response:
            laid_out = (await response.json())["prompt"]
        body = {"content": laid_out, "add_special": False, "parse_special": True}
        async with session.post(f"{server._url}/tokenize", json=body) as response:
            expected = (await response.json())["tokens"]
        assert tokenizer.encode_chat((turns[0], Turn("user", "Hi"))) == expected
        # A special token in a caller's text stays text: four marks, as without it.
        tokens = tokenizer.encode_chat(turns)
        assert sum(tokens.count(mark) for mark in (1, 2)) == 5


async def test_both_back_ends_say_the_same_tokens(model: Path, tokenizer: Tokenizer) -> None:
    request = Request(
        prompt=tuple(tokenizer.encode_chat([Turn("user", "Name three rivers in Europe.")])),
        max_tokens=12,
        temperature=0.0,
        top_p=1.0,
        seed=1,
    )
    async with (
        LlamaServer.running(model, tokenizer, slots=1) as local,
        OpenAIServer.connected(f"{local._url}/v1", model="any", key=local._key) as remote,
        OpenAIServer.connected(f"{local._url}/v1", model="any", key="wrong") as stranger,
    ):
        ours = await collected(local.generate(request))
        theirs = await collected(remote.generate(request))
        with pytest.raises(BackendFailed, match="401"):
            await collected(stranger.generate(request))
    ids = [[token for chunk in chunks for token in chunk.token_ids] for chunks in (ours, theirs)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 12
    assert "".join(chunk.text for chunk in ours) == tokenizer.decode(ids[0])
    logprobs = [[each for chunk in chunks for each in chunk.logprobs] for chunks in (ours, theirs)]
    assert logprobs[0] == pytest.approx(logprobs[1], abs=0.05)
    assert [chunk.finish_reason for chunk in (ours[-1], theirs[-1])] == ["length", "length"]


async def test_tokens_that_end_within_a_character_are_found_again(
    model: Path, tokenizer: Tokenizer
) -> None:
    prompt = tokenizer.encode_chat([Turn("user", "Repeat: 😀🎉🚀漢字")]) + tokenizer.encode(
        "😀🎉🚀漢字 😀🎉🚀漢字 😀🎉🚀漢字"
    )
    request = Request(tuple(prompt), 24, 0.0, 1.0, 1)
    async with LlamaServer.running(model, tokenizer, slots=1) as server:
        chunks = await collected(server.generate(request))
    tokens = [token for chunk in chunks for token in chunk.token_ids]
    text = "".join(chunk.text for chunk in chunks)
    assert max(len(chunk.token_ids) for chunk in chunks) > 1
    assert tokenizer.decode(tokens) == text
    assert sum(len(chunk.logprobs) for chunk in chunks) == len(tokens)


async def test_a_file_that_is_no_model_is_named(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF nonsense")
    with pytest.raises(BackendFailed, match=r"broken\.gguf"):
        async with LlamaServer.running(path, tokenizer):
            pass
