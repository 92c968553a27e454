"""Pallets that hold money of their own: accounts without a key, derived from a pallet's id."""

from typing import Annotated

from taonet.primitives.ids import AccountId
from taonet.scale.types import Struct, byte_array

ACCOUNT_PREFIX = b"modl"


class PalletId(Struct, path="frame_support::PalletId"):
    """Eight bytes that name a pallet."""

    _0: Annotated[bytes, byte_array(8)]

    def account(self, sub: bytes = b"") -> AccountId:
        """
        The pallet's account, or one of its sub-accounts, `sub` being an encoded value.

        Source: sp_runtime::traits::AccountIdConversion: prefix, id and sub, filled up with zeros.
        """
        return AccountId((ACCOUNT_PREFIX + self._0 + sub).ljust(AccountId.length, b"\0"))
