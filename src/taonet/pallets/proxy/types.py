"""
The types of proxies, and which kinds there are.

Source: subtensor common/src/lib.rs and pallets/proxy/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.primitives.ids import H256, AccountId
from taonet.scale.types import U32, CLike, Struct, c_like


@c_like("subtensor_runtime_common::ProxyType")
class ProxyType(CLike):
    """What a proxy may do for the account that it acts for."""

    ANY = 0
    OWNER = 1
    NON_CRITICAL = 2
    NON_TRANSFER = 3
    SENATE = 4
    NON_FUNGIBLE = 5
    TRIUMVIRATE = 6
    GOVERNANCE = 7
    STAKING = 8
    REGISTRATION = 9
    TRANSFER = 10
    SMALL_TRANSFER = 11
    ROOT_WEIGHTS = 12
    CHILD_KEYS = 13
    SUDO_UNCHECKED_SET_CODE = 14
    SWAP_HOTKEY = 15
    SUBNET_LEASE_BENEFICIARY = 16
    ROOT_CLAIM = 17


DEPRECATED: Final = frozenset(
    {ProxyType.TRIUMVIRATE, ProxyType.SENATE, ProxyType.GOVERNANCE, ProxyType.ROOT_WEIGHTS}
)
"""Kinds of offices that are no more; their proxies may do nothing."""


@c_like("pallet_subtensor_proxy::DepositKind")
class DepositKind(CLike):
    """What a deposit is for."""

    PROXIES = 0
    ANNOUNCEMENTS = 1


class ProxyDefinition(
    Struct,
    path="pallet_subtensor_proxy::ProxyDefinition",
    parameters={"AccountId": AccountId, "ProxyType": ProxyType, "BlockNumber": U32},
):
    """A proxy: who, what it may do, and how many blocks after announcing it."""

    delegate: AccountId
    proxy_type: ProxyType
    delay: U32

    @property
    def rank(self) -> tuple[bytes, int, int]:
        """Its place among an account's proxies, which are kept in order."""
        return self.delegate, self.proxy_type, self.delay


class Announcement(
    Struct,
    path="pallet_subtensor_proxy::Announcement",
    parameters={"AccountId": AccountId, "Hash": H256, "BlockNumber": U32},
):
    """A call that a proxy is going to make for `real`, by its hash, announced at `height`."""

    real: AccountId
    call_hash: H256
    height: U32
