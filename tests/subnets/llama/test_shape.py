"""Shapes, presets and new weights."""

import hashlib
from typing import Any

import numpy as np
import pytest

from taonet.subnets.llama.shape import PRESETS, InvalidShape, Shape, preset


@pytest.mark.parametrize(
    ("name", "millions"), [("nano", 0.68), ("micro", 4.0), ("small", 10.1), ("smollm2-135m", 134.5)]
)
def test_a_preset_has_the_parameters_that_it_is_named_for(name: str, millions: float) -> None:
    assert preset(name).parameters / 1e6 == pytest.approx(millions, rel=0.01)


def test_a_shape_is_what_its_config_says() -> None:
    assert Shape.of(PRESETS["micro"].config()) == PRESETS["micro"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"width": 130}, "a width of 130 does not make 4 heads of an even width"),
        ({"heads_kv": 3}, "4 heads are not a multiple of 3 heads of keys"),
        ({"layers": 0}, "layers lies within 1 and 256, not 0"),
        ({"layers": 10**9}, "layers lies within 1 and 256, not 1000000000"),
        ({"width": 128.0}, "width is a whole number, not 128.0"),
        ({"epsilon": float("nan")}, "epsilon is a number over 0, not nan"),
        ({"depth": 3}, "a shape has no depth"),
    ],
)
def test_numbers_that_make_no_llama_are_named(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidShape) as refused:
        Shape.of(PRESETS["nano"].config() | change)
    assert str(refused.value) == complaint


def test_a_config_that_lacks_a_number_says_which() -> None:
    config = PRESETS["nano"].config()
    del config["width"]
    with pytest.raises(InvalidShape, match="'width'"):
        Shape.of(config)
    with pytest.raises(InvalidShape, match="no preset 'giant'"):
        preset("giant")


def test_new_weights_are_the_same_bytes_everywhere() -> None:
    weights = PRESETS["nano"].initial(7)
    digest = hashlib.sha256(b"".join(array.tobytes() for array in weights.values())).hexdigest()
    assert digest == "e4c14d6cd9c36f0c93263b97e739458da82e4722e7c47011d6b190b2d281ff04"
    assert not np.array_equal(weights["attn_q"], PRESETS["nano"].initial(8)["attn_q"])
    PRESETS["nano"].check(weights)
    assert float(weights["attn_q"].std()) == pytest.approx(0.02, rel=0.02)
    assert float(weights["attn_output"].std()) == pytest.approx(0.02 / 6**0.5, rel=0.02)
    assert abs(float(weights["embedding"].mean())) < 1e-4


def test_weights_that_do_not_fit_are_named() -> None:
    shape = PRESETS["nano"]
    weights = shape.initial(1)
    with pytest.raises(InvalidShape, match="norm is float64"):
        shape.check(weights | {"norm": np.ones(128)})
    with pytest.raises(InvalidShape, match="norm holds numbers that are not finite"):
        shape.check(weights | {"norm": np.full(128, np.nan, np.float32)})
    with pytest.raises(InvalidShape, match="missing or foreign"):
        shape.check({"norm": weights["norm"]})
