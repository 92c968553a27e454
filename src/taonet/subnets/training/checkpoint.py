"""
Checkpoints and the chain of records that leads from one to the next.

A record says what one window made of a checkpoint: whose payloads were averaged, and the hash of
the weights after it. It names the record before it, so that the newest one's hash, which is on
chain, stands for the whole history. Whoever has that hash and the blob store has the model: the
last whole checkpoint, and the payloads since.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from taonet.subnets.llama import safetensors_file
from taonet.subnets.llama.safetensors_file import SafetensorsInvalid
from taonet.subnets.llama.shape import Array, InvalidShape, Shape
from taonet.subnets.training.blob_store import BlobStore, checked, digest_of
from taonet.subnets.training.compression import Update
from taonet.subnets.training.outer_step import averaged
from taonet.subnets.training.payload import bytes_max, update_in
from taonet.subnets.training.run import Run

RECORD_BYTES_MAX = 1 << 16
RECORDS_MAX = 10_000
"""Followed back at most: whole checkpoints come far more often."""
HEADER_BYTES = 1 << 16
"""Of a whole checkpoint, beside its numbers."""


class HistoryInvalid(ValueError):
    """Records that are not a run's history; the text says which and why."""


@dataclass(frozen=True)
class Contribution:
    """A payload that was averaged: the miner's uid and the payload's hash."""

    uid: int
    payload: str


@dataclass(frozen=True)
class Record:
    """
    What a window made of the checkpoint before it.

    `previous` is the hash of the record before, empty for the first. `weights` is the hash of the
    weights after the window; with `full` these lie in the blob store under it. `contributions` come
    by uid. `loss` is the published loss of held-out pages, before the window's updates.
    """

    run: str
    window: int
    previous: str
    weights: str
    full: bool
    contributions: tuple[Contribution, ...]
    loss: float | None = None

    def encoded(self) -> bytes:
        """The blob; the same record always gives the same bytes."""
        return orjson.dumps(self)

    @property
    def hash(self) -> str:
        """The sha256 of the blob."""
        return digest_of(self.encoded())

    @classmethod
    def decoded(cls, raw: bytes) -> "Record":
        """The record in a blob; raises `HistoryInvalid`."""
        try:
            value: Any = orjson.loads(raw)
            given = tuple(Contribution(**each) for each in value.pop("contributions"))
            record = cls(**value, contributions=given)
            uids = [each.uid for each in given]
            lawful = uids == sorted(set(uids)) and type(record.window) is int
        except (orjson.JSONDecodeError, TypeError, AttributeError, KeyError) as error:
            raise HistoryInvalid(f"a record cannot be read: {error}") from error
        if not lawful or record.window < -1:
            raise HistoryInvalid(f"the record of window {record.window!r} is not in order")
        return record


@dataclass(frozen=True)
class Checkpoint:
    """The weights after a window, and the record that they come from."""

    record: Record
    weights: Mapping[str, Array]

    @property
    def window(self) -> int:
        """The next window, which starts from these weights."""
        return self.record.window + 1


def weights_hash(weights: Mapping[str, Array]) -> str:
    """The sha256 of the weights' file, which is the name of a checkpoint."""
    return hashlib.sha256(safetensors_file.encoded(weights)).hexdigest()


def beginning(run: Run) -> Checkpoint:
    """The run's first checkpoint, which nobody has to be sent."""
    weights = run.shape.initial(run.seed)
    record = Record(run.hash, -1, "", weights_hash(weights), full=False, contributions=())
    return Checkpoint(record, weights)


def advanced(
    run: Run,
    before: Checkpoint,
    updates: Mapping[int, tuple[str, Update]],
    loss: float | None = None,
    *,
    clipped: bool = True,
) -> Checkpoint:
    """The checkpoint after averaging `updates`: payload's hash and update by uid."""
    only = {uid: update for uid, (_, update) in updates.items()}
    weights = averaged(before.weights, only, run.pace, clipped=clipped)
    record = Record(
        run=run.hash,
        window=before.window,
        previous=before.record.hash,
        weights=weights_hash(weights),
        full=(before.window + 1) % run.full_every == 0,
        contributions=tuple(Contribution(uid, updates[uid][0]) for uid in sorted(updates)),
        loss=loss,
    )
    return Checkpoint(record, weights)


async def publish(store: BlobStore, checkpoint: Checkpoint) -> str:
    """Put the weights, if they are due, and then the record; its hash."""
    if checkpoint.record.full:
        await store.put(safetensors_file.encoded(checkpoint.weights))
    return await store.put(checkpoint.record.encoded())


async def caught_up(
    run: Run, store: BlobStore, head: str, known: Checkpoint | None = None
) -> Checkpoint:
    """
    The checkpoint of the record `head`, from the store alone.

    Goes back to `known`, a whole checkpoint or the run's beginning, and forward by the payloads;
    each hash is compared. Raises `BlobError`, `HistoryInvalid` or `PayloadInvalid`.
    """
    known = known or beginning(run)
    missing: list[Record] = []
    digest, record = head, None
    while digest != known.record.hash:
        record = await _record(run, store, digest, missing[-1] if missing else None)
        if record.full:
            break
        missing.append(record)
        if not record.previous:
            break
        digest = record.previous
        record = None
    if missing and not missing[-1].previous:
        raise HistoryInvalid(f"record {head} comes from another beginning")
    at = known if record is None else Checkpoint(record, await _whole(run.shape, store, record))
    for following in reversed(missing):
        at = await replayed(run, store, at, following)
    return at


async def replayed(run: Run, store: BlobStore, at: Checkpoint, record: Record) -> Checkpoint:
    """The checkpoint after `record`, computed from its payloads; raises as `caught_up`."""
    if record.previous != at.record.hash or record.window != at.window:
        raise HistoryInvalid(f"the record of window {record.window} does not follow {at.window}")
    updates: dict[int, Update] = {}
    for each in record.contributions:
        raw = await store.get(each.payload, bytes_max(run.shape))
        updates[each.uid] = update_in(raw, run.shape)
    weights = averaged(at.weights, updates, run.pace)
    if (found := weights_hash(weights)) != record.weights:
        raise HistoryInvalid(
            f"window {record.window} makes the weights {found}, not {record.weights}"
        )
    return Checkpoint(record, weights)


async def _record(run: Run, store: BlobStore, digest: str, after: Record | None) -> Record:
    record = Record.decoded(await store.get(checked(digest), RECORD_BYTES_MAX))
    if record.run != run.hash:
        raise HistoryInvalid(f"record {digest} is of the run {record.run}")
    if record.window > RECORDS_MAX * run.full_every:
        raise HistoryInvalid(f"no run has a window {record.window}")
    if after is not None and record.window != after.window - 1:
        raise HistoryInvalid(f"window {record.window} does not come before {after.window}")
    if len(record.contributions) > run.peers:
        raise HistoryInvalid(f"{len(record.contributions)} payloads are more than {run.peers}")
    return record


async def _whole(shape: Shape, store: BlobStore, record: Record) -> dict[str, Array]:
    raw = await store.get(record.weights, 4 * shape.parameters + HEADER_BYTES)
    try:
        weights, _ = safetensors_file.decoded(raw)
        shape.check(weights)
    except (SafetensorsInvalid, InvalidShape) as error:
        raise HistoryInvalid(f"the weights of window {record.window}: {error}") from error
    return {name: weights[name] for name in shape.arrays()}
