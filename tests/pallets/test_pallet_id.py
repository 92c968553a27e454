"""Accounts that derive from a pallet's id."""

from taonet.pallets.pallet_id import PalletId


def test_accounts_are_prefix_id_and_sub_filled_up_with_zeros() -> None:
    pallet_id = PalletId(b"subtensr")

    assert pallet_id.account() == b"modlsubtensr" + bytes(20)
    assert pallet_id.account(b"\x01\x00") == b"modlsubtensr\x01" + bytes(19)
