"""What adapters learn, and what validators say of them."""

from dataclasses import replace

import numpy as np
import pytest

from taonet.subnets.fine_tuning.dataset import Example
from taonet.subnets.fine_tuning.hidden_test import divided
from taonet.subnets.fine_tuning.judgement import (
    EXACT_MATCH,
    HELD_OUT_LOSS,
    METRICS,
    PREFERENCE,
    Judge,
    MetricUnfit,
    interval,
    likeness,
    originals,
)
from taonet.subnets.fine_tuning.lora import DOWN, UP, Adapter, Recipe, learnt, name
from taonet.subnets.fine_tuning.tokens import NothingFits, sequence_of, sequences_of
from tests.subnets.fine_tuning.model import SHAPE, examples, tokenizer, weights

PARTS = divided(examples(60), b"k" * 32)
RECIPE = Recipe(rank=4, epochs=6, rate=2e-2, targets=("attn_q", "attn_v", "ffn_down"))


@pytest.fixture(scope="module")
def taught() -> Adapter:
    """An adapter that learnt from what miners are shown."""
    sequences = sequences_of(tokenizer(), PARTS.train, SHAPE.context)
    return learnt(weights(), SHAPE, sequences, RECIPE)


def judge(metric: str) -> Judge:
    return Judge(weights(), SHAPE, tokenizer(), PARTS.test, metric)


def useless() -> Adapter:
    """An adapter that changes nothing."""
    return Adapter.initial(SHAPE, rank=4, alpha=16.0, targets=("attn_q",), seed=9)


@pytest.mark.parametrize("metric", METRICS)
def test_what_was_learnt_shows_on_the_hidden_test(taught: Adapter, metric: str) -> None:
    gain = judge(metric).gain(taught, seed=1)
    assert gain.tuned > gain.base
    assert gain.counted == pytest.approx(gain.tuned - gain.base)
    assert gain.lower <= gain.mean <= gain.upper


def test_it_answers_exactly(taught: Adapter) -> None:
    gain = judge(EXACT_MATCH).gain(taught, seed=1)
    assert (gain.base, gain.tuned) == (0.0, 1.0)


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_gained_counts_nothing(metric: str) -> None:
    gain = judge(metric).gain(useless(), seed=1)
    assert (gain.mean, gain.counted) == (0.0, 0.0)


def test_noise_is_worse_than_the_base() -> None:
    random = np.random.default_rng(3)
    start = useless()
    factors = {
        key: (5.0 * random.standard_normal(array.shape)).astype(np.float32)
        for key, array in start.factors.items()
    }
    gain = judge(HELD_OUT_LOSS).gain(replace(start, factors=factors), seed=1)
    assert gain.counted == 0.0


def test_learning_again_gives_the_same_adapter(taught: Adapter) -> None:
    sequences = sequences_of(tokenizer(), PARTS.train, SHAPE.context)
    again = learnt(weights(), SHAPE, sequences, RECIPE)
    assert all((again.factors[key] == array).all() for key, array in taught.factors.items())


def test_progress_is_told() -> None:
    told: list[tuple[int, int, float]] = []
    sequences = sequences_of(tokenizer(), PARTS.train[:10], SHAPE.context)
    learnt(weights(), SHAPE, sequences, replace(RECIPE, epochs=2), lambda *p: told.append(p))
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert {whole for _, whole, _ in told} == {4}
    assert told[-1][2] < told[0][2]


def test_an_exact_match_is_what_greedy_generation_says(taught: Adapter) -> None:
    """Token by token, as a server generates: the shortcut may not say otherwise."""
    import jax.numpy as jnp

    from taonet.subnets.fine_tuning.lora import merged
    from taonet.subnets.llama.forward import logits

    tuned = merged(weights(), taught.factors, taught.scale)
    example = PARTS.test[0]
    wanted = sequence_of(tokenizer(), example, example.answer)
    said = list(wanted.prompt)
    for _ in wanted.answer:
        said.append(int(jnp.argmax(logits(tuned, jnp.asarray(said), SHAPE)[-1])))
    assert tuple(said[len(wanted.prompt) :]) == wanted.answer


def test_a_gain_that_chance_may_have_brought_does_not_count() -> None:
    base = np.zeros(40)
    sure, lucky = base.copy(), base.copy()
    sure[:20] = 1.0
    lucky[0], lucky[1], lucky[2] = 1.0, 1.0, -1.0
    assert interval(base, sure, 1).counted == pytest.approx(0.5)
    found = interval(base, lucky, 1)
    assert found.mean > 0 >= found.lower
    assert found.counted == 0.0


def test_the_same_seed_gives_the_same_interval() -> None:
    random = np.random.default_rng(1)
    base, tuned = random.random(30), random.random(30)
    assert interval(base, tuned, 7) == interval(base, tuned, 7)
    assert interval(base, tuned, 7) != interval(base, tuned, 8)


def test_a_copy_in_disguise_is_known(taught: Adapter) -> None:
    """Other factors with the same product: one doubled and the other halved, ranks in reverse."""
    factors = {
        key: (array[:, ::-1] if key.endswith(DOWN) else array[:, :, ::-1])
        * np.float32(2.0 if key.endswith(DOWN) else 0.5)
        for key, array in taught.factors.items()
    }
    disguised = replace(taught, factors=factors)
    assert likeness(taught, disguised) == pytest.approx(1.0)
    other = learnt(
        weights(),
        SHAPE,
        sequences_of(tokenizer(), PARTS.train, SHAPE.context),
        replace(RECIPE, seed=5),
    )
    assert likeness(taught, other) < 0.95
    adapters = {"first": taught, "copy": disguised, "other": other}
    assert originals(adapters, ["first", "copy", "other"]) == {"first", "other"}
    assert originals(adapters, ["copy", "first", "other"]) == {"copy", "other"}


def test_likeness_is_that_of_the_whole_products(taught: Adapter) -> None:
    other = learnt(
        weights(),
        SHAPE,
        sequences_of(tokenizer(), PARTS.train, SHAPE.context),
        replace(RECIPE, seed=5, targets=("attn_q", "attn_output")),
    )
    flat = [
        np.concatenate(
            [
                np.matmul(each.factors[name(t, UP)], each.factors[name(t, DOWN)]).ravel()
                if t in each.targets
                else np.zeros(int(np.prod(SHAPE.arrays()[t])))
                for t in ("attn_q", "attn_v", "attn_output", "ffn_down")
            ]
        )
        for each in (taught, other)
    ]
    cosine = flat[0] @ flat[1] / np.linalg.norm(flat[0]) / np.linalg.norm(flat[1])
    assert likeness(taught, other) == pytest.approx(cosine, abs=1e-5)
    assert likeness(useless(), taught) == 0.0


def test_metrics_want_the_data_that_they_judge() -> None:
    plain = [replace(example, rejected=None) for example in PARTS.test]
    with pytest.raises(MetricUnfit, match="rejected"):
        Judge(weights(), SHAPE, tokenizer(), plain, PREFERENCE)
    with pytest.raises(MetricUnfit, match="no metric 'beauty'"):
        Judge(weights(), SHAPE, tokenizer(), plain, "beauty")


def test_what_is_too_long_is_left_out_and_nothing_left_is_an_error() -> None:
    long = Example((("user", "word " * 500),), "yes", "no")
    assert len(sequences_of(tokenizer(), [long, *PARTS.test], SHAPE.context)) == len(PARTS.test)
    with pytest.raises(NothingFits, match="at most 128 tokens"):
        sequences_of(tokenizer(), [long], SHAPE.context)
    with pytest.raises(MetricUnfit, match="at most 128 tokens"):
        Judge(weights(), SHAPE, tokenizer(), [long], PREFERENCE)
