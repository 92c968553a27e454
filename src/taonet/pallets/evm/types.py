"""
What EVM and Ethereum share on the wire, and the seam between addresses and accounts.

An Ethereum address owns the account whose id is the blake2-256 of `evm:` and itself. Ethereum's
tools count TAO in 18 decimals, the chain in 9: what is below a rao is cut off.

Source: frontier frame/evm/src/lib.rs `HashedAddressMapping`; subtensor runtime/src/lib.rs
`SubtensorEvmBalanceConverter` @ 14bc6f9.
"""

from typing import Annotated, Final, Self

from taonet.pallets.evm.machine.substate import LogEntry
from taonet.pallets.subtensor.types import H160
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId, FixedBytes
from taonet.scale.types import U32, U64, Array, Struct, u64

WEI_PER_RAO: Final = 10**9
RAO_MAX: Final = 2**64 - 1
PERMILL: Final = 1_000_000

_LIMB = 2**64 - 1


class U256(Struct, path="primitive_types::U256"):
    """A word of 256 bits, lowest 64 first."""

    _0: Annotated[tuple[int, ...], Array(u64, 4)]

    @classmethod
    def of(cls, value: int) -> Self:
        """Of an integer; raises `OverflowError` where it does not fit."""
        if not 0 <= value < 1 << 256:
            raise OverflowError(f"{value} is not an integer of 256 bits")
        return cls(tuple(value >> shift & _LIMB for shift in (0, 64, 128, 192)))

    def __int__(self) -> int:
        low, second, third, high = self._0
        return low | second << 64 | third << 128 | high << 192


class Permill(Struct, path="sp_arithmetic::per_things::Permill"):
    """Parts of a million."""

    _0: U32


class Bloom(FixedBytes):
    """Which addresses and topics logs may hold."""

    length = 256
    scale_path = ("ethbloom", "Bloom")
    __slots__ = ()


class Log(Struct, path="ethereum::log::Log"):
    """What a contract reported."""

    address: H160
    topics: tuple[H256, ...]
    data: bytes

    @classmethod
    def of(cls, entry: LogEntry) -> Self:
        """As the machine notes it."""
        return cls(H160(entry.address), tuple(map(H256, entry.topics)), entry.data)


class CodeMetadata(Struct, path="pallet_evm::CodeMetadata"):
    """A contract's code by its length and hash."""

    size: U64
    hash: H256


class TransactionSignature(Struct, path="ethereum::transaction::eip2930::TransactionSignature"):
    """A signature of secp256k1."""

    odd_y_parity: bool
    r: H256
    s: H256


class MalleableTransactionSignature(
    Struct, path="ethereum::transaction::eip2930::MalleableTransactionSignature"
):
    """A signature whose s may be in the upper half."""

    odd_y_parity: bool
    r: H256
    s: H256


class AuthorizationListItem(Struct, path="ethereum::transaction::eip7702::AuthorizationListItem"):
    """An account's leave to run another's code; not followed on this chain yet."""

    chain_id: U64
    address: H160
    nonce: U256
    signature: MalleableTransactionSignature


AccessItems = tuple[tuple[H160, tuple[H256, ...]], ...]
"""Addresses and slots that a call says it will touch."""


def mirror_account(address: bytes) -> AccountId:
    """The account that holds an Ethereum address's TAO."""
    return AccountId(blake2_256(b"evm:" + address))


def truncated_address(account: AccountId) -> H160:
    """The Ethereum address that an account may act for: the first 20 bytes of its key."""
    return H160(account[:20])


def to_rao(wei: int) -> int:
    """Wei as rao, rounded down; raises `OverflowError` beyond what the chain counts."""
    rao = wei // WEI_PER_RAO
    if rao > RAO_MAX:
        raise OverflowError(f"{wei} wei are more than there can be")
    return rao
