"""What happened in the fine-tuning market."""

from typing import Annotated

from taonet.frame.pallet import Event
from taonet.pallets.fine_tuning.storage import WINNERS_MAX, HashBytes, Winner
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import U32, vec


class JobPosted(Event, index=0):
    """A job was posted, its budget put in escrow."""

    job: U32
    netuid: NetUid
    poster: AccountId
    budget: Rao


class AdapterCommitted(Event, index=1):
    """A miner committed to an adapter."""

    job: U32
    hotkey: AccountId


class AdapterRevealed(Event, index=2):
    """A miner showed which adapter it had committed to."""

    job: U32
    hotkey: AccountId
    adapter: HashBytes


class TestOpened(Event, index=3):
    """The hidden test's key became known."""

    job: U32
    key: HashBytes


class Judged(Event, index=4):
    """A validator said what it found."""

    job: U32
    validator: AccountId


class JobSettled(Event, index=5):
    """The budget was paid out: to the winners, best first, and the rest back to the poster."""

    job: U32
    winners: Annotated[tuple[Winner, ...], vec(Winner, WINNERS_MAX)]
    refund: Rao


class JobCancelled(Event, index=6):
    """A job was taken back before anybody worked on it, or ended with its subnet."""

    job: U32
    refund: Rao
