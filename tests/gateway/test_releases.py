"""What a training subnet has released is offered as a model of its own."""

from pathlib import Path

import openai
import pytest

from taonet.neuron.releases import Release
from tests.gateway.miners import MODEL, honest, lacking
from tests.gateway.running import CHAT, running

FIRST, SECOND = (Release(number, window, "", "", "", 6.0) for number, window in ((0, 3), (1, 7)))


async def test_a_release_is_a_model_beside_the_others(tmp_path: Path) -> None:
    async with running(tmp_path, [honest]) as it:
        it.network.view.release(FIRST)
        assert [model.id async for model in it.client.models.list()] == ["llama:3", MODEL]
        await it.client.chat.completions.create(**{**CHAT, "model": "llama:3"})
        assert it.network.miners[0].queries[-1]["model"] == "llama:3"
        assert len(it.gateway.router.miners()) == 1

        it.network.view.release(SECOND)
        assert [model.id async for model in it.client.models.list()] == ["llama:7", MODEL]
        it.network.view.release(None)
        assert [model.id async for model in it.client.models.list()] == [MODEL]
        with pytest.raises(openai.NotFoundError):
            await it.client.chat.completions.create(**{**CHAT, "model": "llama:7"})


async def test_who_does_not_serve_it_is_passed_over_without_blame(tmp_path: Path) -> None:
    async with running(tmp_path, [lacking, honest]) as it:
        it.network.view.release(FIRST)
        for _ in range(8):
            answer = await it.client.chat.completions.create(**{**CHAT, "model": "llama:3"})
            assert answer.system_fingerprint == it.network.hotkey(honest)
        standings = it.gateway.router.standings()
    assert it.network.asked(lacking) > 0
    assert [standing.failures for standing in standings.values()] == [{}, {}]


async def test_who_refuses_its_own_model_by_that_name_is_blamed(tmp_path: Path) -> None:
    async with running(tmp_path, [lacking, honest]) as it:
        view = it.network.view
        view._model = "other"
        view._list()
        while it.network.asked(lacking) == 0:
            await it.client.chat.completions.create(**{**CHAT, "model": "other"})
        standings = it.gateway.router.standings()
    failures = {one.hotkey: standing.failures for one, standing in standings.items()}
    assert failures[it.network.hotkey(lacking)] == {"refused": 1}
