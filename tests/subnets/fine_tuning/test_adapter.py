"""Adapters as files, and what strangers put into them."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from taonet.subnets.fine_tuning.adapter import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    AdapterFiles,
    AdapterInvalid,
    adapter_of,
    files_of,
)
from taonet.subnets.fine_tuning.lora import DOWN, TARGETS, UP, Adapter, name
from taonet.subnets.llama import safetensors_file
from taonet.subnets.llama.hugging_face import exported
from tests.subnets.fine_tuning.model import SHAPE, weights


def an_adapter(seed: int = 5) -> Adapter:
    start = Adapter.initial(SHAPE, rank=4, alpha=8.0, targets=TARGETS, seed=seed)
    random = np.random.default_rng(seed)
    factors = {
        key: random.standard_normal(array.shape).astype(np.float32)
        for key, array in start.factors.items()
    }
    return replace(start, factors=factors)


def files(**config: Any) -> AdapterFiles:
    """Good files, with changes to the config."""
    good = files_of(an_adapter(), SHAPE, "base")
    return replace(good, config=orjson.dumps(orjson.loads(good.config) | config))


def with_array(change: Any) -> AdapterFiles:
    """Good files, with a change to their arrays."""
    good = files_of(an_adapter(), SHAPE, "base")
    arrays, _ = safetensors_file.decoded(good.weights)
    change(arrays)
    return replace(good, weights=safetensors_file.encoded(arrays))


def read(of: AdapterFiles) -> Adapter:
    return adapter_of(of, SHAPE, rank_max=8)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    adapter = an_adapter()
    written = files_of(adapter, SHAPE, "base")
    again = read(written)
    assert (again.rank, again.alpha, again.targets) == (4, 8.0, TARGETS)
    assert all((again.factors[key] == array).all() for key, array in adapter.factors.items())
    written.write(tmp_path / "adapter")
    assert (tmp_path / "adapter" / CONFIG_FILE).read_bytes() == written.config
    assert (tmp_path / "adapter" / WEIGHTS_FILE).read_bytes() == written.weights


def test_others_add_the_same_to_the_same_matrix() -> None:
    """What PEFT computes, B A times alpha over r, in the layout of Hugging Face's weights."""
    adapter = an_adapter()
    arrays, _ = safetensors_file.decoded(files_of(adapter, SHAPE, "base").weights)
    whole = dict(weights())
    for target in TARGETS:
        up, down = adapter.factors[name(target, UP)], adapter.factors[name(target, DOWN)]
        whole[target] = whole[target] + adapter.scale * np.matmul(up, down)
    base, tuned = exported(weights(), SHAPE), exported(whole, SHAPE)
    for key in base:
        prefix = f"base_model.model.{key.removesuffix('.weight')}"
        if f"{prefix}.lora_A.weight" not in arrays:
            assert (base[key] == tuned[key]).all()
            continue
        product = arrays[f"{prefix}.lora_B.weight"] @ arrays[f"{prefix}.lora_A.weight"]
        assert np.allclose(base[key] + 2.0 * product, tuned[key], atol=1e-5)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"peft_type": "IA3"}, "no LoRA"),
        ({"r": 9}, "the rank is 9, not within 1 and 8"),
        ({"r": 0}, "the rank is 0"),
        ({"r": True}, "the rank is True"),
        ({"r": "4"}, "the rank is '4'"),
        ({"r": 2}, "is .*, not"),
        ({"lora_alpha": 0}, "`lora_alpha` is 0"),
        ({"lora_alpha": 1e9}, "`lora_alpha` is"),
        ({"lora_alpha": None}, "`lora_alpha` is None"),
        ({"bias": "all"}, "`bias` is not 'none'"),
        ({"use_dora": True}, "`use_dora` is not False"),
        ({"target_modules": []}, "`target_modules` are some of q_proj"),
        ({"target_modules": "all-linear"}, "`target_modules` are some of"),
        ({"target_modules": ["lm_head"]}, "`target_modules` are some of"),
        ({"target_modules": ["q_proj"]}, "is missing or foreign"),
    ],
)
def test_a_bad_config_is_refused(config: dict[str, Any], told: str) -> None:
    with pytest.raises(AdapterInvalid, match=told):
        read(files(**config))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b"\xff"])
def test_a_config_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(AdapterInvalid, match=CONFIG_FILE):
        read(replace(files(), config=raw))
    with pytest.raises(AdapterInvalid, match="has over 65536 bytes"):
        read(replace(files(), config=b" " * 65_537))


FIRST = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda arrays: arrays[FIRST].__setitem__((0, 0), np.nan), "not finite"),
        (lambda arrays: arrays[FIRST].__setitem__((0, 0), np.inf), "not finite"),
        (lambda arrays: arrays[FIRST].__setitem__((0, 0), 1e5), "numbers over 10000"),
        (lambda arrays: arrays.pop(FIRST), "missing or foreign"),
        (lambda arrays: arrays.update(extra=np.zeros(3, np.float32)), "missing or foreign"),
        (lambda arrays: arrays.update({FIRST: np.zeros((4, 4), np.float32)}), "is .*, not"),
    ],
)
def test_bad_numbers_are_refused(change: Any, told: str) -> None:
    with pytest.raises(AdapterInvalid, match=told):
        read(with_array(change))


@pytest.mark.parametrize("protocol", range(2, 6))
def test_pickles_are_refused_by_name(protocol: int) -> None:
    raw = pickle.dumps({"lora": [1.0]}, protocol)
    with pytest.raises(AdapterInvalid, match="is a pickle; only safetensors"):
        read(replace(files(), weights=raw))
    with pytest.raises(AdapterInvalid, match="is a pickle"):
        read(replace(files(), weights=b"PK\x03\x04" + raw))


@pytest.mark.parametrize("raw", [b"", b"\0" * 1_000_000, b"\xff" * 100, b"\x02\0\0\0\0\0\0\0{}x"])
def test_nonsense_is_refused(raw: bytes) -> None:
    with pytest.raises(AdapterInvalid, match=WEIGHTS_FILE):
        read(replace(files(), weights=raw))
