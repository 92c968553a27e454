"""
A process that verifies signatures: batches come on stdin, verdicts go to stdout.

A frame is its length in four bytes, little-endian, and that many bytes: of a batch, a marshalled
list of (scheme, signature, message, signer), of verdicts, a byte each, 1 for a good signature. The
process ends with its input, and so with the node, however that ended.
"""

import marshal
import signal
import struct
import sys
from typing import BinaryIO, Final

from taonet.primitives.signature import is_signature

LENGTH: Final = struct.Struct("<I")

SignedMessage = tuple[int, bytes, bytes, bytes]
"""Scheme, signature, message and signer."""


def encode_batch(batch: list[SignedMessage]) -> bytes:
    """The frame of a batch."""
    body = marshal.dumps(batch)
    return LENGTH.pack(len(body)) + body


def serve(requests: BinaryIO, verdicts: BinaryIO) -> None:
    """Answer batch after batch until there are no more."""
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        # Written by the node that started this process, so that it can be trusted.
        batch = marshal.loads(requests.read(length))  # noqa: S302
        answer = bytes([is_signature(*signed) for signed in batch])
        verdicts.write(LENGTH.pack(len(answer)) + answer)
        verdicts.flush()


if __name__ == "__main__":
    # A terminal's interrupt reaches every process; the node ends this one when it is done with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
