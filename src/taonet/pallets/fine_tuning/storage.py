"""What jobs there are, who works on them and how that was judged; no behaviour."""

from typing import Annotated, Final

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, identity, twox_64_concat
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import (
    U16,
    U32,
    CLike,
    Struct,
    bounded_bytes,
    byte_array,
    c_like,
    option,
    u32,
    vec,
)

BASE_MODEL_BYTES_MAX: Final = 128
SUBMISSIONS_MAX: Final = 64
"""Miners that may work on one job."""
WINNERS_MAX: Final = 3

HashBytes = Annotated[bytes, byte_array(32)]
BaseModel = Annotated[bytes, bounded_bytes(BASE_MODEL_BYTES_MAX)]


@c_like("taonet_fine_tuning::Metric")
class Metric(CLike):
    """What an adapter is judged by, on the hidden test."""

    HELD_OUT_LOSS = 0
    EXACT_MATCH = 1
    PREFERENCE_ACCURACY = 2


class Windows(Struct, path="taonet_fine_tuning::Windows"):
    """How many blocks each part of a job takes, one after the other."""

    training: U32
    revealing: U32
    judging: U32


class Limits(Struct, path="taonet_fine_tuning::Limits"):
    """What an adapter may be: the rank of its matrices and the bytes of its file."""

    rank: U16
    file_bytes: U32


class Terms(Struct, path="taonet_fine_tuning::Terms"):
    """
    What a job asks for. `base_model` names a catalogue's entry or a release; `dataset` is the
    SHA-256 of what miners train on, `hidden_test` that of the encrypted test, and `test_key` the
    BLAKE2b-256 of its key.
    """

    base_model: BaseModel
    dataset: HashBytes
    hidden_test: HashBytes
    test_key: HashBytes
    metric: Metric
    limits: Limits


class Winner(Struct, path="taonet_fine_tuning::Winner"):
    """A miner that was paid, and for which adapter; `gain` is in millionths."""

    hotkey: AccountId
    adapter: HashBytes
    gain: U32
    reward: Rao


class Job(Struct, path="taonet_fine_tuning::Job"):
    """
    A job. Adapters are committed to before block `commit_until`, shown before `reveal_until`,
    judged before `judge_until`. `key` opens the hidden test once it is known. Of a settled job,
    `winners` are those who were paid, best first.
    """

    netuid: NetUid
    poster: AccountId
    terms: Terms
    budget: Rao
    commit_until: U32
    reveal_until: U32
    judge_until: U32
    key: Annotated[bytes | None, option(byte_array(32))]
    settled: bool
    winners: Annotated[tuple[Winner, ...], vec(Winner, WINNERS_MAX)]


class Submission(Struct, path="taonet_fine_tuning::Submission"):
    """
    A miner's work: the hash that it committed to, its place among all commitments of the job, the
    block of that, and the SHA-256 of the adapter once it is shown.
    """

    commitment: HashBytes
    order: U32
    block: U32
    adapter: Annotated[bytes | None, option(byte_array(32))]


class Verdict(Struct, path="taonet_fine_tuning::Verdict"):
    """How much better than the base model a miner's adapter is, in millionths; 0 for no better."""

    hotkey: AccountId
    gain: U32


class FineTuningStorage(Pallet, prefix="FineTuning"):
    """Jobs by number, and what belongs to those that are not settled yet."""

    jobs = OptionMap(twox_64_concat(u32), value=Job, doc="Jobs by number; old settled ones go.")
    next_job = StorageValue(u32, default=0, doc="Number of the next job.")
    open_jobs = StorageMap(
        identity(NetUid),
        value=vec(u32),
        default=(),
        doc="Numbers of a subnet's jobs that are not settled, in ascending order.",
    )
    commitments_made = StorageMap(
        twox_64_concat(u32), value=u32, default=0, doc="How many commitments a job has seen."
    )
    submissions = OptionMap(
        twox_64_concat(u32),
        identity(AccountId),
        value=Submission,
        doc="What miners committed to, by job and hotkey.",
    )
    verdicts = OptionMap(
        twox_64_concat(u32),
        identity(AccountId),
        value=vec(Verdict, SUBMISSIONS_MAX),
        doc="What validators found, by job and hotkey.",
    )
