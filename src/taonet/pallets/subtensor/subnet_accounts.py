"""
The accounts that hold subnets' TAO: they have no key, and nobody may use them as a hotkey.

Source: subtensor pallets/subtensor/src/subnets/subnet.rs `get_subnet_account_id`,
`is_subnet_account_id` @ 14bc6f9.
"""

from functools import lru_cache

from taonet.pallets.pallet_id import ACCOUNT_PREFIX, PalletId
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid

SUBTENSOR_PALLET_ID = PalletId(b"subtensr")
BURN_PALLET_ID = PalletId(b"burntnsr")

_START = ACCOUNT_PREFIX + SUBTENSOR_PALLET_ID._0
_NETUID_END = len(_START) + 2


@lru_cache(maxsize=4096)
def subnet_account(netuid: NetUid) -> AccountId:
    """The account that holds the TAO of a subnet's pool."""
    return SUBTENSOR_PALLET_ID.account(int(netuid).to_bytes(2, "little"))


def burn_account() -> AccountId:
    """The account that burned TAO goes to."""
    return BURN_PALLET_ID.account()


def is_subnet_account(account: AccountId) -> bool:
    """Whether the account is some subnet's, existing or not."""
    return account.startswith(_START) and not any(account[_NETUID_END:])
