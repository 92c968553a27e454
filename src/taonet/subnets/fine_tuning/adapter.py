"""
Adapters as files that others read: PEFT's `adapter_config.json` and `adapter_model.safetensors`.

What comes from a miner is a stranger's: sizes are checked before anything is made of the bytes, and
every number after. Formats that run code when they are read are refused by name.

Source: huggingface/peft docs/source/developer_guides/checkpoint.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from taonet.subnets.fine_tuning.lora import DOWN, TARGETS, UP, Adapter, name
from taonet.subnets.llama import safetensors_file
from taonet.subnets.llama.hugging_face import halves, layer_name, neighbours
from taonet.subnets.llama.shape import Array, Shape

CONFIG_FILE: Final = "adapter_config.json"
WEIGHTS_FILE: Final = "adapter_model.safetensors"
CONFIG_BYTES_MAX: Final = 64 << 10
WEIGHT_MAX: Final = 1e4
"""A factor's largest number; honest ones stay below 10."""

_PREFIX = "base_model.model."
_FACTORS = {DOWN: "lora_A", UP: "lora_B"}
_ARCHIVE_START = b"PK\x03\x04"
_PICKLE_MARK, _PICKLE_PROTOCOLS = 0x80, range(2, 6)


class AdapterInvalid(ValueError):
    """Files that are no adapter for the model and the job; the text says why."""


@dataclass(frozen=True)
class AdapterFiles:
    """The contents of the two files."""

    config: bytes
    weights: bytes

    def write(self, folder: Path) -> None:
        """Put both into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CONFIG_FILE).write_bytes(self.config)
        (folder / WEIGHTS_FILE).write_bytes(self.weights)


def files_of(adapter: Adapter, shape: Shape, base_model: str) -> AdapterFiles:
    """The files that PEFT loads over the base model."""
    arrays: dict[str, Array] = {}
    for target in adapter.targets:
        down, up = (adapter.factors[name(target, factor)] for factor in (DOWN, UP))
        for layer in range(shape.layers):
            arrays[_array_name(target, layer, DOWN)] = down[layer]
            arrays[_array_name(target, layer, UP)] = halves(target, up[layer], shape)
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_model,
        "r": adapter.rank,
        "lora_alpha": adapter.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "target_modules": [_module(target) for target in adapter.targets],
    }
    return AdapterFiles(
        orjson.dumps(config, option=orjson.OPT_INDENT_2),
        safetensors_file.encoded(arrays, {"format": "pt"}),
    )


def adapter_of(files: AdapterFiles, shape: Shape, *, rank_max: int) -> Adapter:
    """The adapter in the files; raises `AdapterInvalid`."""
    rank, alpha, targets = _config(files.config, rank_max)
    if _is_pickle(files.weights):
        raise AdapterInvalid(f"{WEIGHTS_FILE} is a pickle; only safetensors are read")
    try:
        arrays, _ = safetensors_file.decoded(files.weights)
    except safetensors_file.SafetensorsInvalid as error:
        raise AdapterInvalid(f"{WEIGHTS_FILE}: {error}") from error
    expected = {
        _array_name(target, layer, factor)
        for target in targets
        for layer in range(shape.layers)
        for factor in (DOWN, UP)
    }
    if odd := set(arrays) ^ expected:
        raise AdapterInvalid(f"{WEIGHTS_FILE}: {min(odd)} is missing or foreign")
    factors: dict[str, Array] = {}
    for target in targets:
        _, outputs, inputs = shape.arrays()[target]
        sizes = {DOWN: (rank, inputs), UP: (outputs, rank)}
        for factor, size in sizes.items():
            layers = [
                _checked(arrays, _array_name(target, layer, factor), size)
                for layer in range(shape.layers)
            ]
            if factor == UP:
                layers = [neighbours(target, array, shape) for array in layers]
            factors[name(target, factor)] = np.stack(layers)
    return Adapter(rank, alpha, targets, factors)


def _is_pickle(raw: bytes) -> bool:
    """Whether the bytes begin as Python's pickles do, or as archives of them."""
    if raw.startswith(_ARCHIVE_START):
        return True
    # A safetensors file may begin with the same two bytes of its length, but then come zeros.
    begins = len(raw) > 1 and raw[0] == _PICKLE_MARK and raw[1] in _PICKLE_PROTOCOLS
    return begins and any(raw[2:8])


def _config(raw: bytes, rank_max: int) -> tuple[int, float, tuple[str, ...]]:
    """Rank, alpha and targets."""
    if len(raw) > CONFIG_BYTES_MAX:
        raise AdapterInvalid(f"{CONFIG_FILE} has over {CONFIG_BYTES_MAX} bytes")
    try:
        config = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise AdapterInvalid(f"{CONFIG_FILE} is not JSON: {error}") from error
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise AdapterInvalid(f"{CONFIG_FILE} describes no LoRA")
    for field, plain in (("bias", "none"), ("use_dora", False), ("use_rslora", False)):
        if config.get(field, plain) != plain:
            raise AdapterInvalid(f"{CONFIG_FILE}: `{field}` is not {plain!r}")
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if isinstance(rank, bool) or not isinstance(rank, int) or not 1 <= rank <= rank_max:
        raise AdapterInvalid(f"{CONFIG_FILE}: the rank is {rank!r}, not within 1 and {rank_max}")
    if not isinstance(alpha, int | float) or not 0 < alpha <= WEIGHT_MAX:
        raise AdapterInvalid(f"{CONFIG_FILE}: `lora_alpha` is {alpha!r}")
    return rank, float(alpha), _targets(config)


def _targets(config: Mapping[str, Any]) -> tuple[str, ...]:
    modules = config.get("target_modules")
    known = {_module(target): target for target in TARGETS}
    if not isinstance(modules, list) or not modules or not all(m in known for m in modules):
        raise AdapterInvalid(
            f"{CONFIG_FILE}: `target_modules` are some of {', '.join(known)}, not {modules!r}"
        )
    return tuple(target for target in TARGETS if _module(target) in modules)


def _checked(arrays: Mapping[str, Array], array_name: str, size: tuple[int, int]) -> Array:
    array = arrays[array_name]
    if array.shape != size:
        raise AdapterInvalid(f"{array_name} is {array.shape}, not {size}")
    if not np.isfinite(array).all():
        raise AdapterInvalid(f"{array_name} holds numbers that are not finite")
    if np.abs(array).max(initial=0.0) > WEIGHT_MAX:
        raise AdapterInvalid(f"{array_name} holds numbers over {WEIGHT_MAX:g}")
    return array


def _module(target: str) -> str:
    """What PEFT calls a target: the last part of its name."""
    return layer_name(target, 0).split(".")[-2]


def _array_name(target: str, layer: int, factor: str) -> str:
    whole = layer_name(target, layer).removesuffix(".weight")
    return f"{_PREFIX}{whole}.{_FACTORS[factor]}.weight"
