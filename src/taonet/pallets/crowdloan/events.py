"""
What happened to crowdloans.

Source: names, indices and fields of subtensor pallets/crowdloan/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.pallet import Event
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U32


class Created(Event, index=0):
    """A crowdloan was created."""

    crowdloan_id: U32
    creator: AccountId
    end: U32
    cap: Rao


class Contributed(Event, index=1):
    """A contribution was made to an active crowdloan."""

    crowdloan_id: U32
    contributor: AccountId
    amount: Rao


class Withdrew(Event, index=2):
    """A contribution was withdrawn from a crowdloan."""

    crowdloan_id: U32
    contributor: AccountId
    amount: Rao


class PartiallyRefunded(Event, index=3):
    """Some contributors were refunded; the others wait for the next refund."""

    crowdloan_id: U32


class AllRefunded(Event, index=4):
    """Every contributor but the creator was refunded."""

    crowdloan_id: U32


class Finalized(Event, index=5):
    """A crowdloan was finalized: its funds were transferred, or its call was dispatched."""

    crowdloan_id: U32


class Dissolved(Event, index=6):
    """A crowdloan was dissolved."""

    crowdloan_id: U32


class MinContributionUpdated(Event, index=7):
    """The smallest contribution was changed."""

    crowdloan_id: U32
    new_min_contribution: Rao


class EndUpdated(Event, index=8):
    """The end was changed."""

    crowdloan_id: U32
    new_end: U32


class CapUpdated(Event, index=9):
    """The cap was changed."""

    crowdloan_id: U32
    new_cap: Rao


class MaxContributionUpdated(Event, index=10):
    """The most that one contributor may give was changed; None lifts the limit."""

    crowdloan_id: U32
    new_max_contribution: Rao | None
