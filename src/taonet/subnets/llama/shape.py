"""
The numbers that make a Llama this Llama, the presets, and the weights that follow from them.

Weights are a plain dict of arrays in a fixed order. Those of a layer have one array for all layers,
stacked along the first axis, under llama.cpp's names. The channels of queries and keys are laid out
as in GGUF files too: the two of a pair that rotate together are neighbours.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

VOCABULARY_MAX = 1 << 20
LAYERS_MAX = 256
WIDTH_MAX = 32_768
FEED_FORWARD_MAX = 131_072
CONTEXT_MAX = 1 << 20
INITIAL_DEVIATION = 0.02
"""Standard deviation of a new weight; that of a projection back into the stream is smaller."""

LAYER_WEIGHTS = (
    "attn_norm",
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_norm",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)
NORMS = ("attn_norm", "ffn_norm", "norm")

Array = NDArray[np.float32]


class InvalidShape(ValueError):
    """Numbers that make no Llama; the text names the first that is wrong."""


@dataclass(frozen=True)
class Shape:
    """
    The numbers that make a Llama this Llama.

    `width` is of the residual stream, `feed_forward` of the gated layer between. Without `tied`
    the output has a matrix of its own. Raises `InvalidShape`.
    """

    vocabulary: int
    width: int
    layers: int
    heads: int
    heads_kv: int
    feed_forward: int
    context: int = 2048
    rope_base: float = 10_000.0
    epsilon: float = 1e-5
    tied: bool = True

    def __post_init__(self) -> None:
        bounds = {
            "vocabulary": (2, VOCABULARY_MAX),
            "width": (2, WIDTH_MAX),
            "layers": (1, LAYERS_MAX),
            "heads": (1, WIDTH_MAX),
            "heads_kv": (1, WIDTH_MAX),
            "feed_forward": (1, FEED_FORWARD_MAX),
            "context": (1, CONTEXT_MAX),
        }
        for name, (least, most) in bounds.items():
            number = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, int):
                raise InvalidShape(f"{name} is a whole number, not {number!r}")
            if not least <= number <= most:
                raise InvalidShape(f"{name} lies within {least} and {most}, not {number}")
        if self.width % self.heads or self.width // self.heads % 2:
            raise InvalidShape(
                f"a width of {self.width} does not make {self.heads} heads of an even width"
            )
        if self.heads % self.heads_kv:
            raise InvalidShape(
                f"{self.heads} heads are not a multiple of {self.heads_kv} heads of keys"
            )
        for name in ("rope_base", "epsilon"):
            number = getattr(self, name)
            if not (isinstance(number, int | float) and isfinite(number) and number > 0):
                raise InvalidShape(f"{name} is a number over 0, not {number!r}")

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Shape":
        """The shape that `config` describes by the names of the fields; raises `InvalidShape`."""
        known = set(cls.__dataclass_fields__)
        if unknown := set(config) - known:
            raise InvalidShape(f"a shape has no {', '.join(sorted(unknown))}")
        try:
            return cls(**config)
        except TypeError as error:
            raise InvalidShape(f"the shape lacks a number: {error}") from error

    def config(self) -> dict[str, Any]:
        """What `of` makes this shape from."""
        return asdict(self)

    @property
    def head_width(self) -> int:
        """Channels of one head."""
        return self.width // self.heads

    def arrays(self) -> dict[str, tuple[int, ...]]:
        """The shape of every array of weights, in the order that everything else follows."""
        keys = self.heads_kv * self.head_width
        layers, width, inner = self.layers, self.width, self.feed_forward
        arrays: dict[str, tuple[int, ...]] = {
            "embedding": (self.vocabulary, width),
            "attn_norm": (layers, width),
            "attn_q": (layers, width, width),
            "attn_k": (layers, keys, width),
            "attn_v": (layers, keys, width),
            "attn_output": (layers, width, width),
            "ffn_norm": (layers, width),
            "ffn_gate": (layers, inner, width),
            "ffn_up": (layers, inner, width),
            "ffn_down": (layers, width, inner),
            "norm": (width,),
        }
        if not self.tied:
            arrays["output"] = (self.vocabulary, width)
        return arrays

    @property
    def parameters(self) -> int:
        """How many numbers the weights are."""
        return sum(int(np.prod(shape)) for shape in self.arrays().values())

    def initial(self, seed: int) -> dict[str, Array]:
        """New weights. The same seed gives the same bytes on every machine and version."""
        bits = np.random.PCG64(seed)
        return {name: self._drawn(name, shape, bits) for name, shape in self.arrays().items()}

    def _drawn(self, name: str, shape: tuple[int, ...], bits: np.random.PCG64) -> Array:
        if name in NORMS:
            return np.ones(shape, np.float32)
        deviation = INITIAL_DEVIATION
        if name in ("attn_output", "ffn_down"):
            deviation /= (2 * self.layers) ** 0.5
        count = int(np.prod(shape))
        # Sums of four uniform numbers, in whole numbers: NumPy promises the same raw bits for
        # ever, but neither its normal distribution nor a library's logarithm.
        raw = bits.random_raw(count).view(np.uint16).reshape(count, 4).astype(np.int64)
        centred = (raw.sum(axis=1) - 2 * 65_535).astype(np.float32)
        # The variance of one uniform number below 65536 is 65536² / 12.
        scale = np.float32(deviation * (3.0**0.5) / 65_536)
        drawn: Array = (centred * scale).reshape(shape)
        return drawn

    def check(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Raise `InvalidShape` unless `weights` are finite float32 arrays of this shape."""
        arrays = self.arrays()
        if set(weights) != set(arrays):
            raise InvalidShape(f"weights are missing or foreign: {set(weights) ^ set(arrays)}")
        for name, shape in arrays.items():
            found = weights[name]
            if found.shape != shape or found.dtype != np.float32:
                raise InvalidShape(f"{name} is {found.dtype} {found.shape}, not float32 {shape}")
            if not np.isfinite(found).all():
                raise InvalidShape(f"{name} holds numbers that are not finite")


PRESETS = {
    "nano": Shape(1024, 128, layers=3, heads=4, heads_kv=2, feed_forward=352, context=512),
    "micro": Shape(4096, 256, layers=4, heads=8, heads_kv=4, feed_forward=704, context=1024),
    "small": Shape(4096, 384, layers=6, heads=6, heads_kv=2, feed_forward=896, context=1024),
    "smollm2-135m": Shape(
        49_152, 576, layers=30, heads=9, heads_kv=3, feed_forward=1536, rope_base=100_000.0
    ),
}
"""0.7, 4, 10 and 135 million parameters: for tests, for two cores, for more, and SmolLM2's."""


def preset(name: str) -> Shape:
    """The preset of that name; raises `InvalidShape`."""
    if name not in PRESETS:
        raise InvalidShape(f"there is no preset {name!r}, but {', '.join(PRESETS)}")
    return PRESETS[name]
