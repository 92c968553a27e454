"""
The proof: an honest miner and two cheats answer through real axons; the validator tells them apart.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from taonet.neuron.chain import Neuron
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.process import Address, Seat
from taonet.neuron.score import Standing
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.text_generation.catalogue import DEFAULT_MODEL
from taonet.subnets.text_generation.messages import subnet
from taonet.subnets.text_generation.process import Cheat, MinerConfig, miner
from taonet.subnets.text_generation.reference import Reference
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.text_generation.validator import DIFFERENCE_MAX, TextValidator
from tests.neuron.cast import ALICE, served

pytestmark = pytest.mark.model
CASTING: dict[str, Cheat | None] = {"honest": None, "quantised": "quantised", "canned": "canned"}
ROUNDS_MAX = 12


@asynccontextmanager
async def serving(cheat: Cheat | None) -> AsyncIterator[Neuron]:
    config = MinerConfig(Seat(), Address(), cheat=cheat)
    async with miner(config) as own, served(subnet, own) as (_, neuron):
        yield neuron


async def test_the_honest_miner_is_told_from_both_cheats(
    model_file: GgufFile, tokenizer: Tokenizer
) -> None:
    validator = TextValidator(Reference.load(model_file), tokenizer, DEFAULT_MODEL)
    evidence: dict[str, dict[str, float]] = {name: {} for name in CASTING}
    values: dict[str, list[float]] = {name: [] for name in CASTING}
    rng = Random(20)
    async with AsyncExitStack() as stack:
        dendrite = await stack.enter_async_context(Dendrite(ALICE))
        neurons = {
            name: await stack.enter_async_context(serving(cheat)) for name, cheat in CASTING.items()
        }
        for _ in range(ROUNDS_MAX):
            query = validator.sample(rng)
            replies = [await dendrite.ask(each, subnet, query) for each in neurons.values()]
            scores = await validator.score(query, replies)  # type: ignore[arg-type]
            for name, score in zip(CASTING, scores, strict=True):
                values[name].append(score.value)
                for part, amount in score.evidence.items():
                    evidence[name][part] = evidence[name].get(part, 0.0) + amount
            if min(each["claimed"] for each in evidence.values()) >= 160:
                break
    verdicts = {
        name: validator.judge(
            Standing(name, 1, sum(values[name]) / len(values[name]), len(values[name]), each)
        )
        for name, each in evidence.items()
    }
    differences = {name: verdict.parts["mean_difference"] for name, verdict in verdicts.items()}
    assert differences["honest"] < DIFFERENCE_MAX / 2
    assert differences["quantised"] > DIFFERENCE_MAX * 2
    assert differences["canned"] > DIFFERENCE_MAX * 2
    assert verdicts["honest"].value > 0.3
    assert verdicts["honest"].parts["verified"] == 1.0
    assert abs(verdicts["honest"].parts["surprise"]) < 4.0
    assert verdicts["quantised"].value == 0.0
    assert verdicts["canned"].value == 0.0
    assert verdicts["quantised"].note == "the log-probabilities are not the model's"


def test_the_reference_is_a_probability(model_file: GgufFile, tokenizer: Tokenizer) -> None:
    reference = Reference.load(model_file)
    prompt = tokenizer.encode("The capital of France is")
    (paris,) = tokenizer.encode(" Paris")
    (rome,) = tokenizer.encode(" Rome")
    said = {token: reference.score(prompt, [token], 1.0) for token in (paris, rome)}
    assert -1.5 < said[paris].logprobs[0] < 0.0
    assert said[rome].logprobs[0] < said[paris].logprobs[0] - 2.0
    # Cold sampling is less surprising than hot sampling, and as surprising as its best token.
    cold = reference.score(prompt, [paris], 0.0)
    assert 0.0 < cold.surprise[0] < said[paris].surprise[0]


def test_the_model_file_is_read_as_the_gguf_package_reads_it(model: Path) -> None:
    import gguf
    import numpy as np

    ours, theirs = GgufFile.open(model), gguf.GGUFReader(model)
    assert {tensor.name for tensor in theirs.tensors} == set(ours.tensors)
    for tensor in theirs.tensors[::37]:
        assert np.array_equal(
            ours.numbers(tensor.name), gguf.dequantize(tensor.data, tensor.tensor_type)
        )
    for key in ("llama.rope.freq_base", "general.name", "tokenizer.ggml.merges"):
        assert ours.facts[key] == theirs.fields[key].contents()
