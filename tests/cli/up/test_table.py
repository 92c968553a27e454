"""The table stays readable, whatever the window's width and the amounts."""

from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from taonet.cli.up.survey import NetworkSurvey, NeuronSurvey, TrainingSurvey
from taonet.cli.up.table import amount, render, shortened, sparkline

HOTKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


def neuron(name: str, **said: Any) -> NeuronSurvey:
    plain = NeuronSurvey(
        name, "miner", 2, HOTKEY, "serving", None, "", 0.498, 0.0, 48_123.9, 48_123.9, {}
    )
    return replace(plain, **said)


NETWORK = NetworkSurvey(
    chain_url="ws://127.0.0.1:9944",
    gateway_url="http://127.0.0.1:8080/v1",
    api_key_file="/somewhere/far/away/on/a/disk/.taonet/network/gateway/api_key",
    block=291,
    netuid=2,
    subnet="text generation",
    tempo=20,
    next_epoch_block=303,
    price_tao=4.15,
    neurons=(
        neuron("validator", phase="judging", role="validator", incentive=0.0, dividends=1.0),
        neuron("miner-1"),
        neuron("miner-2", phase="loading", fraction=0.5),
        neuron("miner-3", figures={"cheat": "quantised"}),
    ),
    gateway={"phase": "serving"},
)


def shown(network: NetworkSurvey, width: int, notice: str = "") -> list[str]:
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(render(network, notice, width=width))
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_every_figure_is_whole(width: int) -> None:
    lines = shown(NETWORK, width)

    assert all(len(line) <= width for line in lines)
    (miner,) = [line for line in lines if "miner-1" in line]
    assert miner.split() == [
        "2", "miner-1", "serving", "0.498", "0.000", "48,123.9", "48,123.9", "5Grwva…utQY",
    ]  # fmt: skip
    (titles,) = [line for line in lines if line.startswith("uid")]
    assert titles.split()[:5] == ["uid", "name", "state", "incentive", "dividends"]


@pytest.mark.parametrize("width", [80, 120])
def test_it_says_where_everything_is_and_when_the_next_epoch_comes(width: int) -> None:
    text = "\n".join(shown(NETWORK, width))

    for said in ("ws://127.0.0.1:9944", "http://127.0.0.1:9944", "http://127.0.0.1:8080/v1"):
        assert said in text
    assert "291  next epoch at 303, in 12" in text
    assert "2 text generation  1 α = 4.150000 τ" in text
    assert "(quantised)" in text


def test_a_loading_model_has_a_bar_and_others_do_not() -> None:
    (loading,) = [line for line in shown(NETWORK, 80) if "miner-2" in line]

    assert loading.count("━") == 6
    assert sum("━" in line for line in shown(NETWORK, 80)) == 1


def test_a_chain_that_is_away_and_a_neuron_that_failed_are_told() -> None:
    away = replace(
        NETWORK,
        block=None,
        next_epoch_block=None,
        neurons=(neuron("miner-1", phase="failed", message="OSError: [Errno 98]"),),
        gateway={"phase": "serving", "message": "no miner available"},
    )
    text = "\n".join(shown(away, 120, "miner-1 keeps failing"))

    assert "the chain does not answer" in text
    assert "failed: OSError: [Errno 98]" in text
    assert "serving: no miner available" in text
    assert text.endswith("miner-1 keeps failing")


TRAINING = TrainingSurvey(
    netuid=3,
    window=12,
    losses=(6.9, 6.4, 5.9, 5.4),
    shares={"trainer-1": 0.75},
    release="llama:9",
    neurons=(
        neuron("training-validator", phase="judging", role="validator", figures={"window": 12}),
        neuron("trainer-1", figures={"window": 13, "loss": 5.3127}),
    ),
)


@pytest.mark.parametrize("width", [80, 120])
def test_training_shows_its_window_loss_release_and_each_share(width: int) -> None:
    lines = shown(replace(NETWORK, training=TRAINING), width)

    assert all(len(line) <= width for line in lines)
    assert "3  window 12  loss 5.400 █▆▃▁  serves llama:9" in "\n".join(lines)
    (trainer,) = [line for line in lines if "trainer-1" in line]
    assert trainer.split()[1:6] == ["trainer-1", "serving", "0.750", "13", "5.313"]


def test_training_that_has_not_begun_shows_no_figures() -> None:
    begun = replace(TRAINING, window=-1, losses=(), release=None, shares={}, netuid=None)
    (line,) = [each for each in shown(replace(NETWORK, training=begun), 80) if "training  " in each]

    assert line.strip("│ ").split() == ["training", "starting"]
    assert "training" not in "\n".join(shown(NETWORK, 80))


@pytest.mark.parametrize(
    ("numbers", "bars"), [((1.0,), "▁"), ((2.0, 2.0), "▁▁"), ((3.0, 2.0, 1.0), "█▅▁")]
)
def test_a_sparkline_goes_from_the_lowest_to_the_highest(
    numbers: tuple[float, ...], bars: str
) -> None:
    assert sparkline(numbers) == bars
    assert len(sparkline(numbers * 30)) == 16


@pytest.mark.parametrize(
    ("alpha", "text"),
    [
        (0.0, "0.000"),
        (1.23456, "1.235"),
        (999.9, "999.900"),
        (20_000.126, "20,000.1"),
        (1_234_567.8, "1,234,568"),
    ],
)
def test_an_amount_takes_little_room(alpha: float, text: str) -> None:
    assert amount(alpha) == text


def test_a_hotkey_is_shortened_unless_it_is_short() -> None:
    assert shortened(HOTKEY) == "5Grwva…utQY"
    assert shortened("") == ""
