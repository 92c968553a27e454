"""Who works on which pages: drawn from the hash of a block that nobody knew before."""

import hashlib

_DRAW_BYTES = 8
_ROUNDS_MAX = 24


def assigned(block_hash: bytes, uid: int, count: int, pages: int) -> list[int]:
    """
    The `count` pages, of `pages`, that `uid` trains on in a window; all different.

    `block_hash` is that of the window's first block. Each of two miners draws alone, so that they
    share about `count` / `pages` of their pages.
    """
    return _drawn(b"assigned" + block_hash + uid.to_bytes(2, "little"), count, pages)


def evaluated(block_hash: bytes, count: int, pages: int) -> list[int]:
    """
    The `count` pages, of `pages`, on which every miner of a window is judged; all different.

    `block_hash` is that of a block after the last payload was committed to.
    """
    return _drawn(b"evaluated" + block_hash, count, pages)


def _drawn(seed: bytes, count: int, pages: int) -> list[int]:
    """Numbers below `pages` in the order in which SHAKE-256 of `seed` yields them."""
    if count > pages:
        raise ValueError(f"there are {pages} pages, not {count} different ones")
    found: dict[int, None] = {}
    for doubling in range(_ROUNDS_MAX):
        # SHAKE's output of another length begins with the same bytes.
        raw = hashlib.shake_256(seed).digest((count << doubling) * _DRAW_BYTES)
        for start in range(0, len(raw), _DRAW_BYTES):
            found.setdefault(int.from_bytes(raw[start : start + _DRAW_BYTES], "little") % pages)
            if len(found) == count:
                return list(found)
    raise AssertionError(f"no {count} of {pages} pages in {_ROUNDS_MAX} rounds")
