"""
How long a transaction may wait for its block.

A mortal one is born at a block whose hash is signed, and dies `period` blocks later.

Source: polkadot-sdk sp_runtime::generic::Era.
"""

from dataclasses import dataclass

from taonet.scale.codec import MalformedScale

PERIOD_MIN = 4


@dataclass(frozen=True)
class MortalEra:
    """`phase` is the birth's block number modulo `period`, a power of two."""

    period: int
    phase: int

    def birth(self, current: int) -> int:
        """The block it was born at, seen from block `current`."""
        return (max(current, self.phase) - self.phase) // self.period * self.period + self.phase

    def death(self, current: int) -> int:
        """The first block that may not hold it."""
        return self.birth(current) + self.period


def decode_era(data: bytes, offset: int) -> tuple[MortalEra | None, int]:
    """The era at `offset`, None for an immortal one, and the offset behind it."""
    first = data[offset]
    if first == 0:
        return None, offset + 1
    encoded = first | data[offset + 1] << 8
    period = 2 << (encoded & 15)
    phase = (encoded >> 4) * max(period >> 12, 1)
    if period < PERIOD_MIN or phase >= period:
        raise MalformedScale(f"an era of {period} blocks cannot have the phase {phase}")
    return MortalEra(period, phase), offset + 2


def encode_era(era: MortalEra | None) -> bytes:
    """One byte for an immortal era, two for a mortal one."""
    if era is None:
        return b"\x00"
    quantized = era.phase // max(era.period >> 12, 1)
    encoded = min(max(era.period.bit_length() - 2, 1), 15) | quantized << 4
    return encoded.to_bytes(2, "little")
