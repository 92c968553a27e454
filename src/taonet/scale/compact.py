"""Compact integers, and the error of bytes that are not what they should be."""


class MalformedScale(ValueError):
    """Bytes that are not what their type says; the text says where and why."""


def encode_compact(value: int) -> bytes:
    """A non-negative integer below 2**536 in SCALE's compact form."""
    if value < 0:
        raise OverflowError(f"{value} is negative")
    if value < 64:
        return bytes((value << 2,))
    if value < 1 << 14:
        return (value << 2 | 1).to_bytes(2, "little")
    if value < 1 << 30:
        return (value << 2 | 2).to_bytes(4, "little")
    length = (value.bit_length() + 7) // 8
    if length > 67:
        raise OverflowError("a compact integer has at most 67 bytes")
    return bytes((length - 4 << 2 | 3,)) + value.to_bytes(length, "little")


def decode_compact(data: bytes, offset: int) -> tuple[int, int]:
    """The compact integer at `offset` and the offset behind it; long forms are refused."""
    first = data[offset]
    if not first & 3:
        return first >> 2, offset + 1
    mode = first & 3
    if mode == 3:
        return _decode_big_compact(data, offset, (first >> 2) + 4)
    length = 2 if mode == 1 else 4
    raw = data[offset : offset + length]
    if len(raw) < length:
        raise MalformedScale("a compact integer is cut off")
    value = int.from_bytes(raw, "little") >> 2
    if value < 1 << (6 if mode == 1 else 14):
        raise MalformedScale(f"the compact integer {value} is not in its shortest form")
    return value, offset + length


def _decode_big_compact(data: bytes, offset: int, length: int) -> tuple[int, int]:
    end = offset + 1 + length
    raw = data[offset + 1 : end]
    if len(raw) < length:
        raise MalformedScale("a compact integer is cut off")
    value = int.from_bytes(raw, "little")
    if value < 1 << 30 or raw[-1] == 0:
        raise MalformedScale(f"the compact integer {value} is not in its shortest form")
    return value, end
