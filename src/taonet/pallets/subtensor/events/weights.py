"""
What neurons thought of each other: weights set, committed and revealed.

Source: names, indices and fields of subtensor pallets/subtensor/src/macros/events.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.dispatch_outcome import Failure
from taonet.frame.pallet import Event
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.scale.types import U64, compact, vec


class WeightsSet(Event, index=5):
    """A neuron set its weights."""

    _0: MechanismIndex
    _1: Uid


class CRV3WeightsCommitted(Event, index=84):
    """A hotkey committed weights by commit-reveal version 3."""

    _0: AccountId
    _1: MechanismIndex
    _2: H256


class WeightsCommitted(Event, index=85):
    """A hotkey committed the hash of its weights."""

    _0: AccountId
    _1: MechanismIndex
    _2: H256


class WeightsRevealed(Event, index=86):
    """A hotkey revealed committed weights."""

    _0: AccountId
    _1: MechanismIndex
    _2: H256


class WeightsBatchRevealed(Event, index=87):
    """A hotkey revealed several commits."""

    _0: AccountId
    _1: NetUid
    _2: tuple[H256, ...]


class BatchWeightsCompleted(Event, index=88):
    """A hotkey set or committed weights in several subnets."""

    _0: Annotated[tuple[NetUid, ...], vec(compact(NetUid))]
    _1: AccountId


class BatchCompletedWithErrors(Event, index=89):
    """Some items of a batch failed."""


class BatchWeightItemFailed(Event, index=90):
    """One item of a batch failed."""

    _0: NetUid
    _1: Failure


class CRV3WeightsRevealed(Event, index=99):
    """Weights of a commit of version 3 were revealed."""

    _0: NetUid
    _1: AccountId


class TimelockedWeightsCommitted(Event, index=107):
    """A hotkey committed weights that a drand round will reveal."""

    _0: AccountId
    _1: MechanismIndex
    _2: H256
    _3: U64


class TimelockedWeightsRevealed(Event, index=108):
    """Timelocked weights were revealed."""

    _0: MechanismIndex
    _1: AccountId
