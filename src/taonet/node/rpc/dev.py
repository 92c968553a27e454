"""
`dev_*`, `engine_*`, `taonet_*`: control over a developer's chain, in Chopsticks' and Substrate's
words where they have them.

These methods are there only on a node that was started for development and is served on loopback.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from taonet.node.config import Sealing
from taonet.node.dev.backend import DevBackend
from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import InvalidParams, RpcError
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import (
    BlockHash,
    Count,
    Flag,
    Hex,
    Json,
    Kind,
    Text,
    parse_count,
    parse_hash,
    parse_hex,
    parse_integer,
)
from taonet.primitives.units import NetUid

EMPTY_POOL_CODE = 12_000
BLOCK_NOT_FOUND_CODE = 13_000
"""Substrate's codes of manual seal."""

BUILD_MODES = {
    "Batch": Sealing.INTERVAL,
    "Instant": Sealing.INSTANT,
    "Manual": Sealing.MANUAL,
}
"""Chopsticks' names. Its batches gather what comes within moments; ours what comes in a slot."""


def parse_head(value: Any) -> bytes | int:
    """A block by hash or number; a negative number counts back from the head."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.startswith("0x") and len(value) <= 18:
        return parse_integer(value)
    return parse_hash(value)


def parse_time_ms(value: Any) -> int:
    """Milliseconds since 1970, or a date and time; without an offset it is UTC."""
    if not isinstance(value, str) or value.startswith("0x"):
        return parse_integer(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            "milliseconds since 1970 or a date like 2026-11-30T12:00:00Z are expected"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment.year < 1970:
        raise ValueError("a date from 1970 on is expected")
    return round(moment.timestamp() * 1000)


def parse_storage_changes(value: Any) -> Mapping[bytes, bytes | None]:
    """`[[key, value or null], …]`, raw."""
    if not isinstance(value, list):
        raise ValueError("a list of [key, value] is expected, both in hexadecimal digits")
    changes: dict[bytes, bytes | None] = {}
    for entry in value:
        if not isinstance(entry, list) or len(entry) != 2:
            raise ValueError("each change is [key, value], with null for value to remove the key")
        key, new = entry
        changes[parse_hex(key)] = None if new is None else parse_hex(new)
    return changes


def parse_sealing(value: Any) -> Sealing:
    """manual, instant or interval."""
    try:
        return Sealing(value)
    except ValueError:
        raise ValueError(
            f"one of {', '.join(each.value for each in Sealing)} is expected"
        ) from None


Head = Annotated[bytes | int, Kind(parse_head, ("hash", "number", "block", "hash_or_number", "to"))]
TimeMs = Annotated[int, Kind(parse_time_ms, ("time", "date", "timestamp"))]
StorageChanges = Annotated[
    Mapping[bytes, bytes | None], Kind(parse_storage_changes, ("values", "storage"))
]
SealingMode = Annotated[Sealing, Kind(parse_sealing, ("sealing",))]


class DevMethods:
    """What Chopsticks and moonwall call, and what is ours."""

    def __init__(self, backend: ChainBackend, dev: DevBackend, limits: RpcLimits) -> None:
        self._backend = backend
        self._dev = dev
        self._limits = limits

    @method("dev_newBlock")
    async def new_block(self, count: Json = None, to: Count | None = None) -> str:
        """
        Make `count` blocks, or as many as it takes to reach number `to`; the last one's hash.
        The two may come in one object, as Chopsticks takes them.
        """
        if isinstance(count, dict):
            unknown = sorted(set(count) - {"count", "to"})
            if unknown:
                raise InvalidParams(f"{unknown[0]}: only count and to are taken")
            count, to = count.get("count"), _number_or_none(count.get("to"))
        number = 1 if count is None else _number_or_none(count)
        assert number is not None
        if to is not None:
            number = to - self._head_number()
        if number < 1:
            raise InvalidParams(f"one block at least is made, not {number}")
        if number > self._limits.dev_blocks_max:
            raise InvalidParams(f"dev_blocks_max is {self._limits.dev_blocks_max}, not {number}")
        return _hex(await self._dev.new_block(number))

    @method("dev_setStorage")
    async def set_storage(self, changes: StorageChanges) -> str:
        """Write raw storage; the hash of the head at which it can be read."""
        return _hex(await self._dev.set_storage(changes))

    @method("dev_timeTravel")
    async def time_travel(self, time_ms: TimeMs) -> int:
        """The next block's time; in ms since 1970."""
        return await self._dev.time_travel(time_ms)

    @method("dev_setHead", "taonet_revert")
    async def set_head(self, head: Head) -> None:
        """Take back every block above one."""
        await self._dev.revert(self._block(head))

    @method("dev_setBlockBuildMode")
    async def set_build_mode(self, mode: Text) -> None:
        """When blocks are made, in Chopsticks' words."""
        if mode not in BUILD_MODES:
            raise InvalidParams(f"mode: one of {', '.join(BUILD_MODES)} is expected")
        await self._dev.set_sealing(BUILD_MODES[mode])

    @method("engine_createBlock")
    async def create_block(
        self,
        *,
        create_empty: Flag = False,
        finalize: Flag = True,
        parent_hash: BlockHash | None = None,
    ) -> Mapping[str, Any]:
        """Make a block, as Substrate's manual seal; every block is final."""
        del finalize
        if parent_hash is not None and parent_hash != self._backend.best():
            raise RpcError(
                BLOCK_NOT_FOUND_CODE,
                f"Block hash: {_hex(parent_hash)} is not the head; revert to it with dev_setHead",
            )
        if not create_empty and not self._backend.pending():
            raise RpcError(
                EMPTY_POOL_CODE,
                "Transaction pool is empty, set create_empty to true, "
                "if you want to create empty blocks",
            )
        block_hash = await self._dev.new_block(1)
        aux = dict.fromkeys(
            (
                "header_only",
                "clear_justification_requests",
                "needs_justification",
                "bad_justification",
            ),
            False,
        )
        return {"hash": _hex(block_hash), "aux": {**aux, "is_new_best": True}}

    @method("engine_finalizeBlock")
    def finalize_block(self, hash: BlockHash, justification: Json = None) -> bool:
        """Nothing to do, but the block has to be there."""
        del justification
        if self._backend.header(hash) is None:
            raise RpcError(BLOCK_NOT_FOUND_CODE, f"Block hash: {_hex(hash)} not found")
        return True

    @method("taonet_stepToEpoch")
    async def step_to_epoch(self, netuid: Count) -> str:
        """Make blocks until the subnet's next epoch has run; the hash of the block it ran in."""
        if netuid >> NetUid.bits:
            raise InvalidParams(f"netuid: at most {(1 << NetUid.bits) - 1} is expected")
        return _hex(await self._dev.step_to_epoch(NetUid(netuid)))

    @method("taonet_sealing")
    def sealing(self) -> Mapping[str, Any]:
        """When blocks are made, and whether that is paused."""
        return {"mode": self._dev.sealing().value, "paused": self._dev.paused()}

    @method("taonet_setSealing")
    async def set_sealing(self, mode: SealingMode, interval_ms: Count | None = None) -> None:
        """When blocks are made: manual, instant, or every `interval_ms` (the declared slot)."""
        if interval_ms is not None and (mode is not Sealing.INTERVAL or interval_ms < 1):
            raise InvalidParams("interval_ms: from 1, and only with the mode interval")
        await self._dev.set_sealing(mode, interval_ms)

    @method("taonet_pause")
    async def pause(self) -> None:
        """Stop making blocks but those that are asked for."""
        await self._dev.pause()

    @method("taonet_resume")
    async def resume(self) -> None:
        """Undo a pause."""
        await self._dev.resume()

    @method("taonet_dump")
    async def dump(self) -> str:
        """The head with its whole state, for `taonet_load`."""
        return _hex(await self._dev.dump())

    @method("taonet_load")
    async def load(self, snapshot: Hex) -> str:
        """Replace the whole chain by a dump; the head's hash."""
        return _hex(await self._dev.load(snapshot))

    def _head_number(self) -> int:
        header = self._backend.header(self._backend.best())
        assert header is not None
        return header.number

    def _block(self, head: bytes | int) -> bytes:
        if isinstance(head, bytes):
            found = head if self._backend.header(head) is not None else None
        else:
            number = head if head >= 0 else self._head_number() + head
            found = self._backend.hash_of(number) if number >= 0 else None
        if found is None:
            shown = _hex(head) if isinstance(head, bytes) else str(head)
            raise InvalidParams(f"head: there is no block {shown}")
        return found


def _number_or_none(value: Any) -> int | None:
    try:
        return None if value is None else parse_count(value)
    except ValueError as error:
        raise InvalidParams(f"count, to: {error}") from None


def _hex(raw: bytes) -> str:
    return f"0x{raw.hex()}"
