"""The ledger."""

import asyncio
from dataclasses import replace
from pathlib import Path

from taonet.gateway.receipts import Receipt, Receipts

RECEIPT = Receipt(
    id="chatcmpl-1",
    time=100.0,
    key="ada",
    model="small",
    miner="5Miner",
    attempts=1,
    prompt_tokens=3,
    completion_tokens=4,
    ttft_ms=12.5,
    total_ms=20.0,
    status="ok",
)


def numbered(number: int) -> Receipt:
    """A receipt of its own time."""
    return replace(RECEIPT, id=f"chatcmpl-{number}", time=float(number))


def files(folder: Path) -> list[Path]:
    """What the ledger's folder holds."""
    return sorted(folder.iterdir())


async def test_a_receipt_is_on_disk_when_append_returns(tmp_path: Path) -> None:
    async with Receipts(tmp_path) as receipts:
        await receipts.append(RECEIPT)
        assert list(receipts.read()) == [RECEIPT]


async def test_receipts_survive_and_go_on_after_a_restart(tmp_path: Path) -> None:
    for number in range(3):
        async with Receipts(tmp_path) as receipts:
            await receipts.append(numbered(number))
    assert [receipt.id for receipt in Receipts(tmp_path).read()] == [
        "chatcmpl-0",
        "chatcmpl-1",
        "chatcmpl-2",
    ]
    assert len(files(tmp_path)) == 1


async def test_a_line_that_a_crash_cut_short_costs_only_itself(tmp_path: Path) -> None:
    async with Receipts(tmp_path) as receipts:
        await receipts.append(numbered(1))
        await receipts.append(numbered(2))
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    async with Receipts(tmp_path) as receipts:
        await receipts.append(numbered(3))
        assert list(receipts.read()) == [numbered(1), numbered(3)]


async def test_files_rotate_and_the_oldest_goes(tmp_path: Path) -> None:
    async with Receipts(tmp_path, file_bytes_max=600, files_max=3) as receipts:
        for number in range(40):
            await receipts.append(numbered(number))
        kept = [receipt.id for receipt in receipts.read()]
    assert len(files(tmp_path)) == 3
    assert all(path.stat().st_size <= 600 for path in files(tmp_path))
    assert kept == [f"chatcmpl-{number}" for number in range(40 - len(kept), 40)]
    assert len(kept) >= 5


async def test_receipts_that_come_together_are_all_kept(tmp_path: Path) -> None:
    async with Receipts(tmp_path) as receipts:
        await asyncio.gather(*(receipts.append(numbered(number)) for number in range(200)))
        kept = {receipt.id for receipt in receipts.read()}
    assert kept == {f"chatcmpl-{number}" for number in range(200)}


async def test_reading_begins_at_a_time(tmp_path: Path) -> None:
    async with Receipts(tmp_path) as receipts:
        for number in range(5):
            await receipts.append(numbered(number))
        assert list(receipts.read(since=3.0)) == [numbered(3), numbered(4)]


async def test_a_full_disk_is_counted_and_does_not_stop_the_gateway(tmp_path: Path) -> None:
    """The first rotation finds its folder gone: the line is lost, later ones go on."""
    folder = tmp_path / "ledger"
    async with Receipts(folder, file_bytes_max=1) as receipts:
        await receipts.append(numbered(1))
        folder.rename(tmp_path / "moved")
        await receipts.append(numbered(2))
        assert receipts.lost == 1
        (tmp_path / "moved").rename(folder)
        await receipts.append(numbered(3))
        assert list(receipts.read()) == [numbered(1), numbered(3)]
