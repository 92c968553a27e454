"""The module as it stands on the wire, and that no index or name was mistyped."""

from taonet.frame.config import RuntimeConfig, Timing
from taonet.pallets.subtensor.constants import Constants
from taonet.pallets.subtensor.errors import ERRORS, SlippageTooHigh
from taonet.pallets.subtensor.events import EVENTS
from taonet.pallets.subtensor.module import subtensor_spec
from taonet.pallets.subtensor.storage.hyperparameters import Hyperparameters
from taonet.scale.types import fields_of

SPEC = subtensor_spec()


def test_the_classes_join_to_one_pallet() -> None:
    assert (SPEC.name, SPEC.index) == ("SubtensorModule", 7)
    assert len(SPEC.storage_items) >= 222
    assert len(SPEC.constants) >= 69


def test_errors_and_events_fill_their_indices() -> None:
    assert [error.index for error in SPEC.errors] == list(range(147))
    assert [event.index for event in SPEC.events] == list(range(137))
    assert (len(ERRORS), len(EVENTS)) == (147, 137)


def test_every_declaration_says_what_it_is() -> None:
    assert all(item.doc for item in SPEC.storage_items)
    assert all(declared.__doc__ for declared in (*SPEC.errors, *SPEC.events))
    assert all(call.doc for call in SPEC.calls)


def test_every_field_of_an_event_has_a_type() -> None:
    assert sum(len(fields_of(event)) for event in EVENTS) > len(EVENTS)


def test_old_clients_know_this_sentence() -> None:
    assert SlippageTooHigh.__doc__ == "Slippage is too high for the transaction."


def test_fast_networks_have_constants_of_their_own() -> None:
    real, fast = RuntimeConfig(), RuntimeConfig(timing=Timing.FAST)

    assert [Constants.initial_tempo.for_config(c) for c in (real, fast)] == [360, 10]
    assert [Hyperparameters.tempo.default_for(c) for c in (real, fast)] == [360, 10]
    assert [Constants.initial_max_epochs_per_block.for_config(c) for c in (real, fast)] == [2, 32]
