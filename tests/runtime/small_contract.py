"""
A contract in a test, put together by hand: one slot, `get()`, `set(uint256)`, and `fail()`.

`set` reports the value without a topic; `fail` reverts as Solidity's `require` does.
"""

from typing import Any

from taonet.pallets.subtensor.evm_keys import keccak_256

REASON = "no way"

ABI: list[dict[str, Any]] = [
    {
        "type": "function",
        "name": "get",
        "inputs": [],
        "outputs": [{"name": "", "type": "uint256"}],
        "stateMutability": "view",
    },
    {
        "type": "function",
        "name": "set",
        "inputs": [{"name": "value", "type": "uint256"}],
        "outputs": [],
        "stateMutability": "nonpayable",
    },
    {
        "type": "function",
        "name": "fail",
        "inputs": [],
        "outputs": [],
        "stateMutability": "view",
    },
]


def selector(signature: str) -> bytes:
    """The first four bytes of a method's input."""
    return keccak_256(signature.encode())[:4]


def word(value: int) -> bytes:
    """A value as Ethereum's encoding has it."""
    return value.to_bytes(32, "big")


def _push(data: bytes) -> bytes:
    return bytes([0x5F + len(data)]) + data


_GET = bytes.fromhex("5b5f545f5260205ff3")
_SET = bytes.fromhex("5b600435805f555f5260205fa000")
_FAIL = (
    b"\x5b"
    + _push(bytes.fromhex("08c379a0") + bytes(28))
    + bytes.fromhex("5f52")
    + bytes.fromhex("6020600452")
    + bytes([0x60, len(REASON), 0x60, 0x24, 0x52])
    + _push(REASON.encode().ljust(32, b"\0"))
    + bytes.fromhex("604452")
    + bytes.fromhex("60645ffd")
)
_METHODS = (("get()", _GET), ("set(uint256)", _SET), ("fail()", _FAIL))


def _runtime() -> bytes:
    head = bytes.fromhex("5f3560e01c")
    # Each test of the selector: DUP1 PUSH4 … EQ PUSH1 … JUMPI.
    start = len(head) + 10 * len(_METHODS) + 3
    tests, bodies = b"", b""
    for signature, body in _METHODS:
        target = start + len(bodies)
        tests += b"\x80" + _push(selector(signature)) + b"\x14" + bytes([0x60, target]) + b"\x57"
        bodies += body
    return head + tests + bytes.fromhex("5f5ffd") + bodies


CODE = _runtime()


def init_code(code: bytes = CODE) -> bytes:
    """What makes a contract of that code."""
    return bytes([0x60, len(code), 0x60, 10, 0x5F, 0x39, 0x60, len(code), 0x5F, 0xF3]) + code
